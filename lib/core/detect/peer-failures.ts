import type { TaskRow } from '../kpi/closed-tasks.ts';
import { normalTail } from './normal-tail.ts';

/** Tasks of one agent by task type. */
export type TaskOutcomes = Map<string, { bad: number; n: number }>;

/** How an agent's failures compare with those of its peers on the same task types. */
export interface PeerFailures {
  bad: number;
  n: number;
  /** How many would have gone badly if the agent were like its peers. */
  expected: number;
  /** Chance of at least so many bad ones then. */
  p: number;
  peers: number;
}

/** Fewer peers with tasks are no measure. */
const MIN_PEERS = 2;
/** Of a peer's kind of work at least this many tasks are needed to say how often it fails. */
const MIN_PEER_TASKS = 10;

/**
 * Compares each agent of a pool with all others together: expected failures are those that its mix of task types would have
 * had at the others' ratios. How much agents differ among each other without anything being wrong (overdispersion) widens
 * what counts as chance.
 * @param pool agent → outcomes
 * @returns by agent; absent for those whose peers did too little of what they do
 */
export function failuresAmongPeers(pool: ReadonlyMap<string, TaskOutcomes>): Map<string, PeerFailures> {
  const all: TaskOutcomes = new Map();
  for (const outcomes of pool.values()) for (const [type, { bad, n }] of outcomes) addOutcome(all, type, bad, n);
  const found = new Map<string, PeerFailures>();
  for (const [agent, own] of pool) {
    let [bad, n, expected] = [0, 0, 0];
    for (const [type, counts] of own) {
      const whole = all.get(type) ?? counts;
      const others = { bad: whole.bad - counts.bad, n: whole.n - counts.n };
      if (others.n < MIN_PEER_TASKS) continue;
      bad += counts.bad;
      n += counts.n;
      expected += (counts.n * (others.bad + 0.5)) / (others.n + 1);
    }
    if (n > 0 && pool.size - 1 >= MIN_PEERS) found.set(agent, { bad, n, expected, p: 1, peers: pool.size - 1 });
  }
  const spread = overdispersion(found.values());
  for (const one of found.values()) one.p = tailChance(one, spread);
  return found;
}

export function addOutcome(to: TaskOutcomes, type: string, bad: number, n: number): void {
  const sum = to.get(type) ?? { bad: 0, n: 0 };
  to.set(type, sum);
  sum.bad += bad;
  sum.n += n;
}

/** Failed and all of the tasks that ended in a row; what times out tells of an agent that is slow or hangs. */
export function outcomeOf({ counters }: Pick<TaskRow, 'counters'>): { bad: number; n: number } {
  return { bad: counters.failed, n: counters.failed + counters.timeout + counters.completed };
}

/** Median squared deviation over its variance, in the unit of what chance alone would make; at least 1. */
function overdispersion(all: Iterable<PeerFailures>): number {
  const squares = [...all]
    .map(({ bad, n, expected }) => (bad - expected) ** 2 / Math.max(1e-9, expected * (1 - expected / n)))
    .sort((a, b) => a - b);
  // The median of a squared standard normal is 0.455.
  return Math.max(1, (squares[squares.length >> 1] ?? 0) / 0.455);
}

/** The larger of a normal and a Poisson tail: one is too bold where few are expected, the other where agents differ. */
function tailChance({ bad, n, expected }: PeerFailures, spread: number): number {
  const sd = Math.sqrt(spread * Math.max(1e-9, expected * (1 - expected / n)));
  return Math.min(1, Math.max(normalTail((bad - expected - 0.5) / sd), poissonTail(bad, expected)));
}

/** P(X >= k) of a Poisson variable. */
function poissonTail(k: number, mean: number): number {
  if (k <= 0) return 1;
  let term = Math.exp(-mean);
  let below = term;
  for (let i = 1; i < k; i++) {
    term *= mean / i;
    below += term;
  }
  if (1 - below > 1e-12) return 1 - below;
  // So far out the terms from k on are summed instead.
  let tail = 0;
  term *= mean / k;
  for (let i = k + 1; term > 1e-300 && i < k + 200; i++) {
    tail += term;
    term *= mean / i;
  }
  return tail;
}
