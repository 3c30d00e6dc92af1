import { type DetectionContext, figuresAt, LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import { areBeatsMissing } from '../../detect/liveness.ts';
import {
  addService,
  type ServiceMoments,
  type Slowness,
  slownessInPool,
  withinAgents,
} from '../../detect/peer-slowness.ts';
import { poolOf } from '../../model/roster.ts';
import { type Minute, startOfMinute } from '../../model/time.ts';
import type { AlertKind, AlertScope, Finding } from '../alert.ts';
import { alertFingerprint } from '../fingerprint.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { isOtherwiseDown } from './otherwise-down.ts';
import { isToldToFail } from './pool-failing.ts';

/** One minute this far out is enough by itself. */
const EXTREME = { ratio: 3, p: 1e-6 };
const SLOWER = { ratio: 2, p: 1e-3 };
/** A minute of a few tasks in which an agent was hardly slower than its peers: before it, it was not slow yet. */
const AS_FAST = 1.2;
/** Quantile of the standard normal distribution at 0.9. */
const NORMAL_90 = 1.2816;

interface Threshold {
  ratio: number;
  p: number;
}

type Condition = {
  /** Times as long as the peers, at least, and by chance with this probability at most ... */
  ratio: number;
  p: number;
  /** ... in this many of the minutes looked back on. */
  breachingMinutes: number;
  ofMinutes: number;
  /** Or, of an agent that ends too few tasks a minute, over all of these minutes together: with so many tasks at least. */
  togetherTasks: number;
  togetherP: number;
  /** Below this an agent counts as normal again; between here and the threshold an alert stays as it is. */
  clearRatio: number;
};

const persistence = {
  ...{ breachingMinutes: 3, ofMinutes: LOOKBACK_MINUTES },
  ...{ togetherTasks: 5, togetherP: 1e-5 },
  clearRatio: 1.5,
};

/** An agent takes three times as long as its peers, or more. */
export const agentDegraded = slownessRule({
  id: 'agent-degraded',
  kind: 'performance_degradation',
  looksFor: `an agent takes three times as long as its peers, or more, for most of five minutes; or for one minute, if chance explains that less than once in a million`,
  condition: { ratio: 3, p: 1e-3, ...persistence },
});

/** An agent takes twice as long as its peers for most of five minutes, and is not degraded yet. */
export const agentSlower = slownessRule(
  {
    id: 'agent-slower',
    kind: 'latency_increase',
    looksFor: 'an agent takes twice as long as its peers for most of five minutes',
    condition: { ...SLOWER, ...persistence },
  },
  'agent-degraded',
);

function slownessRule(
  about: { id: string; kind: AlertKind; looksFor: string; condition: Condition },
  yieldsTo?: string,
): AlertRule<Condition> {
  const { condition } = about;
  return {
    ...about,
    resolveAfterMinutes: 3,
    cooldownMinutes: 15,
    runbook: `docs/runbooks.md#${about.id}`,
    assess: (context) =>
      [...slownessByAgent(context)].map(([agent, slowness]): Assessment => {
        const { pool, minutes, altogether } = slowness;
        const scope = { pool, agent };
        const now = minutes.get(context.minute);
        // The tasks of a dead agent time out, and where many fail at once others take long beside them: that is no slowness.
        if (isOtherwiseDown(context, scope) || isGivenUp(context, agent) || isToldToFail(context, pool))
          return { scope, verdict: 'unknown' };
        const isSuperseded = yieldsTo !== undefined && context.firing.has(alertFingerprint(yieldsTo, scope));
        if (isSuperseded) return { scope, verdict: 'clear' };
        const threshold = strict(condition, context.strictness(about.id, pool));
        // An agent that is slow, or that work is led around, ends too few tasks in a minute to be judged by, but not in five.
        const isSeldomJudged = minutes.size < condition.breachingMinutes;
        if (!now || (isSeldomJudged && exceeds(now, threshold))) {
          const overall = altogether();
          if (overall && isSeldomJudged && isSlowTogether(overall, slowness, threshold, condition)) {
            return { scope, verdict: 'breach', finding: findingTogether(scope, overall, slowness, context.minute) };
          }
          if (!now) return { scope, verdict: overall && isSurelyBelow(overall, SLOWER) ? 'clear' : 'unknown' };
        }
        const beyond = [...minutes.values()].filter((it) => exceeds(it, threshold)).length;
        const isBreach =
          (exceeds(now, EXTREME) && yieldsTo === undefined) ||
          (exceeds(now, threshold) && beyond >= condition.breachingMinutes);
        if (isBreach) return { scope, verdict: 'breach', finding: finding(scope, now, minutes, context.minute) };
        if (exceeds(now, threshold)) {
          return { scope, verdict: 'suspect', finding: finding(scope, now, minutes, context.minute) };
        }
        return { scope, verdict: now.ratio < condition.clearRatio ? 'clear' : 'unknown' };
      }),
  };
}

/** Whether its tasks are given up while its heartbeats are missing: it may be dead, which is not told yet. */
function isGivenUp(context: DetectionContext, agent: string): boolean {
  const beat = context.roster.get(agent)?.lastBeat;
  const counters = figuresAt(context, context.minute)?.agents.get(agent)?.counters;
  return !!beat && !!counters && areBeatsMissing(beat, context.nowMs) && counters.timeout > counters.completed;
}

function strict({ ratio, p }: Condition, strictness: number): Threshold {
  return { ratio: 1 + (ratio - 1) * strictness, p };
}

function exceeds(slowness: Slowness, { ratio, p }: Threshold): boolean {
  return slowness.ratio >= ratio && slowness.p < p;
}

/** With nine chances in ten: a few lucky tasks are no recovery. */
function isSurelyBelow({ ratio, logError }: Slowness, threshold: Threshold): boolean {
  return Math.log(ratio) + NORMAL_90 * logError < Math.log(threshold.ratio);
}

/** A few slow tasks of one minute are no lasting slowness: it takes tasks of several. */
function isSlowTogether(
  overall: Slowness,
  { ended }: AgentSlowness,
  { ratio }: Threshold,
  { togetherTasks, togetherP, breachingMinutes }: Condition,
): boolean {
  return overall.n >= togetherTasks && exceeds(overall, { ratio, p: togetherP }) && ended >= breachingMinutes;
}

function finding(
  scope: AlertScope & { agent: string },
  now: Slowness,
  minutes: ReadonlyMap<Minute, Slowness>,
  minute: Minute,
): Finding {
  const times = now.ratio.toFixed(1);
  return {
    title: `Agent ${scope.agent} takes ${times} times as long as its pool`,
    why: `Over ${now.n} tasks of the last minute it took ${milliseconds(now.ownMs)} (geometric mean) where its ${now.peers} peers in pool ${scope.pool} take ${milliseconds(now.peersMs)} for the same task type. The peers are normal, so the cause is in the agent, not in the load or a shared dependency.`,
    onsetMs: startOfMinute(onset(minutes, minute)),
    value: now.ownMs,
    expected: now.peersMs,
    unit: 'ms',
    n: now.n,
    impact: { tasksPerMinute: now.n },
    evidence: [...minutes].map(
      ([at, it]) => `${new Date(startOfMinute(at)).toISOString()}: ${it.ratio.toFixed(2)} times its peers, n ${it.n}`,
    ),
    contributors: [{ agent: scope.agent, share: 1 }],
  };
}

function findingTogether(
  scope: AlertScope & { agent: string },
  overall: Slowness,
  { anyMinutes }: AgentSlowness,
  minute: Minute,
): Finding {
  const minutes = anyMinutes();
  const run = [...minutes].slice([...minutes.values()].findLastIndex(({ ratio }) => ratio < AS_FAST) + 1);
  const [last] = [...minutes.keys()].slice(-1);
  const { why, ...rest } = finding(scope, overall, minutes, minute);
  return {
    ...rest,
    onsetMs: startOfMinute(run[0]?.[0] ?? last ?? minute - LOOKBACK_MINUTES + 1),
    why: why.replace('of the last minute', `of the last ${LOOKBACK_MINUTES} minutes`),
    impact: { tasksPerMinute: Math.round((10 * overall.n) / LOOKBACK_MINUTES) / 10 },
  };
}

/** First of the unbroken run of slow minutes that leads to now. */
function onset(minutes: ReadonlyMap<Minute, Slowness>, now: Minute): Minute {
  let first = now;
  while ((minutes.get(first - 1)?.ratio ?? 0) >= SLOWER.ratio) first -= 1;
  return first;
}

function milliseconds(ms: number): string {
  return ms >= 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${ms.toFixed(0)} ms`;
}

interface AgentSlowness {
  pool: string;
  /** In time order; a minute with too few tasks is absent. */
  minutes: Map<Minute, Slowness>;
  /** Over all minutes at hand, worked out when asked for; null with too few tasks even so. */
  altogether: () => Slowness | null;
  /** In how many of the minutes it ended tasks. */
  ended: number;
  /** As `minutes`, but of a single task, too; worked out when asked for. */
  anyMinutes: () => Map<Minute, Slowness>;
}

/** The same for both rules that judge a minute. */
const judged = new WeakMap<DetectionContext['minutes'], Map<string, AgentSlowness>>();

function slownessByAgent(context: DetectionContext): Map<string, AgentSlowness> {
  const found = judged.get(context.minutes) ?? slownessOfMinute(context);
  judged.set(context.minutes, found);
  return found;
}

function slownessOfMinute({ minute: now, minutes, roster }: DetectionContext): Map<string, AgentSlowness> {
  const pools = new Map<string, { agents: Set<string>; minutes: Map<Minute, Map<string, ServiceMoments>> }>();
  for (const [minute, { tasks }] of minutes) {
    for (const table of tasks) {
      for (const row of table.services()) {
        // Who is not in the roster was forgotten, and is neither judged nor a peer.
        const entry = roster.get(row.agent);
        if (!entry) continue;
        const pool = entryOf(pools, poolOf(entry), () => ({ agents: new Set<string>(), minutes: new Map() }));
        pool.agents.add(row.agent);
        const ofMinute = entryOf(pool.minutes, minute, () => new Map<string, ServiceMoments>());
        addService(
          entryOf(ofMinute, row.agent, (): ServiceMoments => new Map()),
          row,
        );
      }
    }
  }
  const result = new Map<string, AgentSlowness>();
  for (const [pool, { agents, minutes }] of pools) {
    const spreads = withinAgents([...minutes.values()].map((of) => of.values()));
    let overall: ((agent: string) => Slowness | null) | null = null;
    const altogether = (agent: string) => {
      overall ??= slownessInPool(sumOfMinutes(minutes.values()), { spreads });
      return overall(agent);
    };
    const anyMinutes = (agent: string) => {
      const slow = [...minutes].map(
        ([minute, of]) => [minute, slownessInPool(of, { minOwnTasks: 1, spreads })(agent)] as const,
      );
      return new Map(slow.flatMap(([minute, it]) => (it ? [[minute, it] as const] : [])).sort(([a], [b]) => a - b));
    };
    for (const agent of agents) {
      const ended = [...minutes.values()].filter((of) => hasTasks(of.get(agent))).length;
      const later = { altogether: () => altogether(agent), anyMinutes: () => anyMinutes(agent) };
      result.set(agent, { pool, minutes: new Map(), ended, ...later });
    }
    for (let minute = now - LOOKBACK_MINUTES + 1; minute <= now; minute++) {
      // The same minute for all: a pool that becomes slow as a whole must not make each agent look slow.
      const slownessOf = slownessInPool(minutes.get(minute) ?? new Map(), { spreads });
      for (const agent of agents) {
        const slowness = slownessOf(agent);
        if (slowness) result.get(agent)?.minutes.set(minute, slowness);
      }
    }
  }
  return result;
}

function hasTasks(moments: ServiceMoments | undefined): boolean {
  return moments !== undefined && [...moments.values()].some(({ n }) => n > 0);
}

function sumOfMinutes(minutes: Iterable<ReadonlyMap<string, ServiceMoments>>): Map<string, ServiceMoments> {
  const sums = new Map<string, ServiceMoments>();
  for (const agents of minutes) {
    for (const [agent, moments] of agents) {
      const sum = entryOf(sums, agent, (): ServiceMoments => new Map());
      for (const [taskType, service] of moments) addService(sum, { taskType, service });
    }
  }
  return sums;
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = create();
  map.set(key, created);
  return created;
}
