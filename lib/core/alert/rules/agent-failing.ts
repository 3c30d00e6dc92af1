import { type DetectionContext, LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import { falseAlarmChance } from '../../detect/false-alarm-budget.ts';
import {
  addOutcome,
  failuresAmongPeers,
  outcomeOf,
  type PeerFailures,
  type TaskOutcomes,
} from '../../detect/peer-failures.ts';
import { poolOf } from '../../model/roster.ts';
import { type Minute, startOfMinute } from '../../model/time.ts';
import type { AlertScope, Finding } from '../alert.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { isOtherwiseDown } from './otherwise-down.ts';

const condition = {
  /** Over the look-back: at least so many tasks, and bad ones, ... */
  leastTasks: 10,
  leastBad: 5,
  /** ... times as many bad ones as the peers would have had, and so much more of its tasks. */
  ratio: 3,
  moreShare: 0.15,
  /** Below this much more than its peers it counts as normal again. */
  clearMoreShare: 0.05,
};

/** Tasks fail at an agent that do not fail elsewhere. */
export const agentFailing: AlertRule<typeof condition> = {
  id: 'agent-failing',
  kind: 'performance_degradation',
  looksFor:
    'three times as many tasks of an agent go badly as its peers would have had on the same task types, and 15 % more of them, beyond chance over five minutes',
  condition,
  resolveAfterMinutes: 3,
  cooldownMinutes: 15,
  runbook: 'docs/runbooks.md#agent-failing',
  assess: (context) => {
    const pools = outcomesByPool(context);
    const judged = [...pools].map(([pool, { whole }]) => [pool, failuresAmongPeers(whole)] as const);
    const chance = falseAlarmChance(judged.reduce((sum, [, { size }]) => sum + size, 0));
    return judged.flatMap(([pool, failures]) =>
      [...failures].map(([agent, found]) => {
        const scope = { pool, agent };
        // Its tasks time out: that is the death's.
        if (isOtherwiseDown(context, scope)) return { scope, verdict: 'unknown' as const };
        return assess(scope, found, { chance, minutes: pools.get(pool)?.byMinute ?? new Map(), context });
      }),
    );
  },
};

interface PoolOutcomes {
  /** Of all minutes, by agent. */
  whole: Map<string, TaskOutcomes>;
  /** By minute and agent, all task types together. */
  byMinute: Map<Minute, Map<string, { bad: number; n: number }>>;
}

function outcomesByPool({ minutes, roster }: DetectionContext): Map<string, PoolOutcomes> {
  const pools = new Map<string, PoolOutcomes>();
  for (const [minute, { tasks }] of minutes) {
    for (const table of tasks) {
      for (const row of table.values()) {
        const entry = roster.get(row.agent);
        const { bad, n } = outcomeOf(row);
        if (!entry || n === 0) continue;
        const pool = pools.get(poolOf(entry)) ?? { whole: new Map(), byMinute: new Map() };
        pools.set(poolOf(entry), pool);
        const own = pool.whole.get(row.agent) ?? new Map();
        pool.whole.set(row.agent, own);
        addOutcome(own, row.taskType, bad, n);
        const agents = pool.byMinute.get(minute) ?? new Map();
        pool.byMinute.set(minute, agents);
        addOutcome(agents, row.agent, bad, n);
      }
    }
  }
  return pools;
}

function assess(
  scope: AlertScope & { pool: string; agent: string },
  found: PeerFailures,
  { chance, minutes, context }: { chance: number; minutes: PoolOutcomes['byMinute']; context: DetectionContext },
): Assessment {
  const { bad, n, expected, p } = found;
  if (n < condition.leastTasks) return { scope, verdict: 'unknown' };
  const strictness = context.strictness(agentFailing.id, scope.pool);
  const more = (bad - expected) / n;
  const isFar =
    bad >= condition.leastBad && bad >= condition.ratio * expected && more >= condition.moreShare * strictness;
  const newest = minutes.get(context.minute)?.get(scope.agent);
  // What has got better since is no news.
  const isStill = newest !== undefined && newest.bad / newest.n > (expected / n + bad / n) / 2;
  if (isFar && isStill && p < chance)
    return { scope, verdict: 'breach', finding: findingOf(scope, found, minutes, context) };
  if (isFar && isStill && p < 1e-3)
    return { scope, verdict: 'suspect', finding: findingOf(scope, found, minutes, context) };
  const isNormal = newest !== undefined && newest.bad / newest.n < expected / n + condition.clearMoreShare;
  return { scope, verdict: isNormal || more < condition.clearMoreShare ? 'clear' : 'unknown' };
}

function findingOf(
  { pool, agent }: { pool: string; agent: string },
  { bad, n, expected, p, peers }: PeerFailures,
  minutes: PoolOutcomes['byMinute'],
  { minute }: DetectionContext,
): Finding {
  const [ratio, normal] = [bad / n, expected / n];
  const first = onset(agent, minutes, minute, (ratio + normal) / 2);
  const share = attraction(agent, minutes, first, peers);
  return {
    title: `Agent ${agent} fails ${percent(ratio)} of its tasks`,
    why: `${bad} of ${n} tasks of the last ${LOOKBACK_MINUTES} minutes failed; its ${peers} peers in pool ${pool} would have failed ${expected.toFixed(1)} of the same.${share > 1.5 ? ` It attracts work: it got ${share.toFixed(1)} times as many tasks as its peers, because what fails at once is free again at once.` : ''}`,
    onsetMs: startOfMinute(first),
    ...{ value: ratio, expected: normal, unit: 'ratio', n },
    impact: { tasksLostPerMinute: (bad - expected) / LOOKBACK_MINUTES },
    evidence: [
      `chance of as many, if it were like its peers: ${p.toExponential(1)}`,
      ...[...minutes]
        .sort(([a], [b]) => a - b)
        .flatMap(([at, agents]) => {
          const own = agents.get(agent);
          return own ? [`${new Date(startOfMinute(at)).toISOString()}: ${own.bad} of ${own.n} bad`] : [];
        }),
    ],
    contributors: [{ agent, share: 1 }],
  };
}

/** First of the unbroken run of bad minutes that leads to now. */
function onset(agent: string, minutes: PoolOutcomes['byMinute'], now: Minute, limit: number): Minute {
  let first = now;
  for (let minute = now - 1; minute > now - LOOKBACK_MINUTES; minute--) {
    const own = minutes.get(minute)?.get(agent);
    if (!own || own.bad / own.n < limit) break;
    first = minute;
  }
  return first;
}

/** Since it fails, tasks of the agent over the mean of its peers'. */
function attraction(agent: string, minutes: PoolOutcomes['byMinute'], since: Minute, peers: number): number {
  let [own, all] = [0, 0];
  for (const [minute, agents] of minutes) {
    if (minute < since) continue;
    for (const [name, { n }] of agents) {
      all += n;
      if (name === agent) own += n;
    }
  }
  return own / Math.max(1, (all - own) / peers);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
