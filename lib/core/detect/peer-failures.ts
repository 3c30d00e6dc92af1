import type { OutcomesByType } from './agent-outcomes.ts';
import { betaBinomialTail } from './beta-binomial.ts';
import { SortedValues } from './sorted-values.ts';

/** How an agent's failures compare with those of its pool peers on the same task types. */
export interface FailureExcess {
  /** Failed ÷ completed and failed tasks, 0..1; of the agent, and of peers that had done the same types as often. */
  ratio: number;
  peersRatio: number;
  failed: number;
  n: number;
  /** Chance of so many failures if the agent were like its peers. */
  p: number;
  peers: number;
}

/** Fewer peers, or fewer tasks of all of them together, are no measure. */
const MIN_PEERS = 3;
const MIN_PEER_TASKS = 20;
/** Agents are never taken to be more alike than this: correlation of the tasks of one agent. */
const LEAST_CORRELATION = 0.01;
const MOST_CORRELATION = 0.5;
/** A peer that fails this much more than the median one is no measure: by chance once in a hundred. */
const BAD_PEER_P = 0.01;
/** Where the median peer fails at nothing, this is taken for it when bad peers are looked for. */
const RARE = 0.02;

/**
 * How much more often than its peers each agent of a pool fails, the agent itself left out. The peers' ratio is pooled over
 * those that are near the median one, so that bad peers do not hide an agent; the ratios of peers vary by more than chance,
 * and by how much is estimated from them (beta-binomial). Timeouts are left out: they tell of slowness.
 * @param pool agent → what became of its tasks in the judged time
 * @param agents how many agents one that is asked for stands for
 */
export function failuresInPool(
  pool: ReadonlyMap<string, OutcomesByType>,
  agents = 1,
): (agent: string) => FailureExcess | null {
  const groups = new Map<string, Group>();
  for (const [agent, types] of pool) {
    for (const [taskType, { completed, failed }] of types) {
      if (completed + failed === 0) continue;
      const group = groups.get(taskType) ?? new Group();
      groups.set(taskType, group);
      group.members.set(agent, { failed, n: completed + failed });
    }
  }
  return (agent) => {
    let [n, failed, expected, correlated, peers] = [0, 0, 0, 0, 0];
    const others = { failed: 0, expected: 0 };
    for (const taskType of pool.get(agent)?.keys() ?? []) {
      const group = groups.get(taskType);
      const own = group?.members.get(agent);
      const measure = group?.without(agent);
      if (!own || !measure) continue;
      n += own.n;
      failed += own.failed;
      expected += own.n * measure.ratio;
      correlated += own.n * measure.correlation;
      peers = Math.max(peers, measure.peers);
      others.failed += measure.failed;
      others.expected += measure.n * measure.ratio;
    }
    if (n === 0) return null;
    const [peersRatio, correlation] = [expected / n, correlated / n / agents];
    // Peers that did little may have been lucky: of all failures, its part must be improbable, too (as Fisher's test).
    const part = expected / (expected + others.expected);
    const p = Math.max(
      betaBinomialTail(failed, n, peersRatio, correlation),
      betaBinomialTail(failed, failed + others.failed, part, correlation),
    );
    return { ratio: failed / n, peersRatio, failed, n, p, peers };
  };
}

interface Member {
  failed: number;
  n: number;
}

/** The peers that one is compared with, on one task type. */
interface Measure {
  ratio: number;
  correlation: number;
  peers: number;
  /** Of all of them together. */
  failed: number;
  n: number;
}

/** The agents that did one task type. */
class Group {
  readonly members = new Map<string, Member>();
  #normal: { of: ReadonlySet<string>; n: number; failed: number; correlation: number } | null = null;

  /** @returns null where too few peers are left to compare with */
  without(agent: string): Measure | null {
    this.#normal ??= this.#findNormal();
    const { of, correlation } = this.#normal;
    const own = of.has(agent) ? this.members.get(agent) : undefined;
    const [peers, n] = [of.size - (own ? 1 : 0), this.#normal.n - (own?.n ?? 0)];
    if (peers < MIN_PEERS || n < MIN_PEER_TASKS) return null;
    const failed = this.#normal.failed - (own?.failed ?? 0);
    // Half a failure more (Jeffreys): peers that failed at nothing so far may fail.
    return { ratio: (failed + 0.5) / (n + 1), correlation, peers, failed, n };
  }

  #findNormal() {
    const members = [...this.members];
    const median = new SortedValues(members.map(([, { failed, n }]) => failed / n)).median(null);
    const near = Math.min(0.99, Math.max(RARE, median));
    const isNormal = ({ failed, n }: Member) =>
      failed <= n * near || betaBinomialTail(failed, n, near, LEAST_CORRELATION) >= BAD_PEER_P;
    const normal = members.filter(([, member]) => isNormal(member));
    const n = normal.reduce((sum, [, member]) => sum + member.n, 0);
    const failed = normal.reduce((sum, [, member]) => sum + member.failed, 0);
    const correlation = correlationOf(
      normal.map(([, member]) => member),
      (failed + 0.5) / (n + 1),
    );
    return { of: new Set(normal.map(([agent]) => agent)), n, failed, correlation };
  }
}

/** How alike the tasks of one agent are, by the method of moments: 0 where agents differ by no more than chance. */
function correlationOf(members: readonly Member[], ratio: number): number {
  const variance = ratio * (1 - ratio);
  let [squares, tasks, pairs] = [0, 0, 0];
  for (const { failed, n } of members) {
    squares += (failed - n * ratio) ** 2 / variance;
    tasks += n;
    pairs += n * (n - 1);
  }
  const estimate = pairs === 0 ? 0 : (squares - tasks) / pairs;
  return Math.min(MOST_CORRELATION, Math.max(LEAST_CORRELATION, estimate));
}
