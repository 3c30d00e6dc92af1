import { type DetectionContext, LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import { type Slowness, serviceMoments, slownessInPool } from '../../detect/peer-slowness.ts';
import type { TaskRollup } from '../../kpi/task-rollup.ts';
import { poolOf } from '../../model/roster.ts';
import { type Minute, startOfMinute } from '../../model/time.ts';
import type { AlertKind, AlertScope } from '../alert.ts';
import { alertFingerprint } from '../fingerprint.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { agentDead } from './agent-dead.ts';

/** One minute this far out is enough by itself. */
const EXTREME = { ratio: 3, p: 1e-6 };
const DEGRADED = { ratio: 3, p: 1e-3 };
const SLOWER = { ratio: 2, p: 1e-3 };
/** Below this an agent counts as normal again; between here and the threshold an alert stays as it is. */
const CLEAR_RATIO = 1.5;
const BREACHING_MINUTES = 3;
/** Quantile of the standard normal distribution at 0.9. */
const NORMAL_90 = 1.2816;

interface Threshold {
  ratio: number;
  p: number;
}

/** An agent takes three times as long as its peers, or more. */
export const agentDegraded = slownessRule('agent-degraded', 'performance_degradation', DEGRADED);

/** An agent takes twice as long as its peers for most of five minutes, and is not degraded yet. */
export const agentSlower = slownessRule('agent-slower', 'latency_increase', SLOWER, 'agent-degraded');

function slownessRule(id: string, kind: AlertKind, threshold: Threshold, yieldsTo?: string): AlertRule {
  return {
    id,
    kind,
    resolveAfterMinutes: 3,
    runbook: `docs/runbooks.md#${id}`,
    assess: (context) =>
      [...slownessByAgent(context)].map(([agent, { pool, minutes, altogether }]): Assessment => {
        const scope = { pool, agent };
        const now = minutes.get(context.minute);
        // The tasks of a dead agent time out: that is no slowness of its own.
        if (context.firing.has(alertFingerprint(agentDead.id, scope))) return { scope, verdict: 'unknown' };
        const isSuperseded = yieldsTo !== undefined && context.firing.has(alertFingerprint(yieldsTo, scope));
        if (isSuperseded) return { scope, verdict: 'clear' };
        // An agent that work is led around ends too few tasks in a minute to be judged by, but not in five.
        if (!now) {
          const overall = altogether();
          return { scope, verdict: overall && isSurelyBelow(overall, SLOWER) ? 'clear' : 'unknown' };
        }
        const beyond = [...minutes.values()].filter((it) => exceeds(it, threshold)).length;
        const isBreach =
          (exceeds(now, EXTREME) && yieldsTo === undefined) || (exceeds(now, threshold) && beyond >= BREACHING_MINUTES);
        if (isBreach) return breach(scope, now, minutes, context.minute);
        return { scope, verdict: now.ratio < CLEAR_RATIO ? 'clear' : 'unknown' };
      }),
  };
}

function exceeds(slowness: Slowness, { ratio, p }: Threshold): boolean {
  return slowness.ratio >= ratio && slowness.p < p;
}

/** With nine chances in ten: a few lucky tasks are no recovery. */
function isSurelyBelow({ ratio, logError }: Slowness, threshold: Threshold): boolean {
  return Math.log(ratio) + NORMAL_90 * logError < Math.log(threshold.ratio);
}

function breach(
  scope: AlertScope & { agent: string },
  now: Slowness,
  minutes: ReadonlyMap<Minute, Slowness>,
  minute: Minute,
): Assessment {
  const times = now.ratio.toFixed(1);
  return {
    scope,
    verdict: 'breach',
    finding: {
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
    },
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
}

type RollupsByMinute = Map<Minute, TaskRollup[]>;

function slownessByAgent(context: DetectionContext): Map<string, AgentSlowness> {
  const pools = new Map<string, Map<string, RollupsByMinute>>();
  for (const [minute, { tasks }] of context.minutes) {
    for (const rollup of tasks) {
      // Who is not in the roster was forgotten, and is neither judged nor a peer.
      const entry = context.roster.get(rollup.agent);
      if (!entry) continue;
      const agents = entryOf(pools, poolOf(entry), () => new Map<string, RollupsByMinute>());
      const minutes = entryOf(agents, rollup.agent, (): RollupsByMinute => new Map());
      entryOf(minutes, minute, () => []).push(rollup);
    }
  }
  const result = new Map<string, AgentSlowness>();
  for (const [pool, agents] of pools) {
    const judge = (rollupsOf: (own: RollupsByMinute) => readonly TaskRollup[]) => {
      return slownessInPool(new Map([...agents].map(([agent, own]) => [agent, serviceMoments(rollupsOf(own))])));
    };
    let overall: ReturnType<typeof judge> | null = null;
    const altogether = (agent: string) => {
      overall ??= judge((own) => [...own.values()].flat());
      return overall(agent);
    };
    for (const agent of agents.keys())
      result.set(agent, { pool, minutes: new Map(), altogether: () => altogether(agent) });
    for (let minute = context.minute - LOOKBACK_MINUTES + 1; minute <= context.minute; minute++) {
      // The same minute for all: a pool that becomes slow as a whole must not make each agent look slow.
      const slownessOf = judge((own) => own.get(minute) ?? []);
      for (const agent of agents.keys()) {
        const slowness = slownessOf(agent);
        if (slowness) result.get(agent)?.minutes.set(minute, slowness);
      }
    }
  }
  return result;
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = create();
  map.set(key, created);
  return created;
}
