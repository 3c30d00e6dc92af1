import type { Alert } from '../../alert/alert.ts';
import { type AgentOutcomes, lookedBackOn, type OutcomesByType, outcomesByPool } from '../../detect/agent-outcomes.ts';
import { LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import { type FailureExcess, failuresInPool } from '../../detect/peer-failures.ts';
import { addService, type ServiceMoments, type Slowness, slownessInPool } from '../../detect/peer-slowness.ts';
import { poolOf, type RosterEntry } from '../../model/roster.ts';
import { type Minute, minuteOf } from '../../model/time.ts';
import type { DecisionContext } from '../directive-kind.ts';
import { completedOf, withGivenUp } from './given-up.ts';
import { type PoolReports, type SlotProgress, slotProgressIn } from './slot-progress.ts';

/** The same minutes are looked at together in so many ways: what has just begun shows in the newest alone. */
const LOOKS = [2, 3, LOOKBACK_MINUTES];
/** Fewer newest tasks tell nothing. */
const NEWEST_TASKS = 3;

/** The agents of a pool in some of its minutes, compared with each other; each null where it cannot be compared. */
export interface Look {
  /** First of the minutes. */
  from: Minute;
  failures: (agent: string) => FailureExcess | null;
  progress: (agent: string) => SlotProgress | null;
  slowness: (agent: string) => Slowness | null;
}

/** What was told of the agents of one pool in the minutes looked back on. */
export interface ToldOfPool {
  entries: readonly RosterEntry[];
  reports: ReadonlyMap<Minute, PoolReports>;
  outcomes: ReadonlyMap<string, AgentOutcomes>;
  /** About agents. */
  alerts: readonly Alert[];
  /** Agents that were restarted, or found well by probes: only what they did from this minute on counts. */
  renewed: ReadonlyMap<string, Minute>;
}

/** One pool as it is seen at the end of a minute, to judge its agents by. */
export class PoolSeen {
  readonly context: DecisionContext;
  readonly pool: string;
  readonly told: ToldOfPool;
  readonly looks: readonly Look[];
  /** The last minute alone, which shows a slowness of many tasks at once. */
  readonly newest: Look;
  /** As they were a minute ago, by what is known now. */
  readonly looksBefore: readonly Look[];

  constructor(context: DecisionContext, pool: string, told: ToldOfPool) {
    this.context = context;
    this.pool = pool;
    this.told = told;
    this.looks = LOOKS.map((minutes) => this.look(minutes));
    this.newest = this.look(1);
    this.looksBefore = LOOKS.map((minutes) => this.look(minutes, context.minute - 1));
  }

  /** What is worked out is worked out when asked for. @param last of the minutes */
  look(minutes: number, last = this.context.minute): Look {
    const from = last - minutes + 1;
    const reports = [...this.told.reports].filter(([at]) => at >= from && at <= last).map(([, it]) => it);
    // Through the newest minute, whichever is the last: failures are looked at in looks through that alone.
    const failures = later(() =>
      failuresInPool(
        new Map([...this.told.outcomes].map(([agent]) => [agent, withGivenUp(this.outcomesFrom(agent, from))])),
      ),
    );
    // Of minutes that are closed, what agents sampled may be absent.
    const sampled = reports.filter(({ presence }) => presence.length > 0);
    const progress = later(() => slotProgressIn(sampled, this.context.roster));
    const slowness = later(() => {
      const moments = new Map<string, ServiceMoments>();
      for (const { agent, ...row } of reports.flatMap(({ services }) => services)) {
        const own: ServiceMoments = moments.get(agent) ?? new Map();
        moments.set(agent, own);
        addService(own, row);
      }
      return slownessInPool(moments);
    });
    return {
      from,
      failures: (agent) => failures()(agent),
      progress: (agent) => progress()(agent),
      slowness: (agent) => slowness()(agent),
    };
  }

  /** What became of its tasks, without what was so before it was restarted or probed anew. */
  outcomesFrom(agent: string, from: Minute): OutcomesByType {
    const first = Math.max(from, this.told.renewed.get(agent) ?? from);
    const at = lookedBackOn(this.context.minute).findIndex((minute) => minute >= first);
    return (at < 0 ? undefined : this.told.outcomes.get(agent)?.byTypeFrom(at)) ?? new Map();
  }

  /** Share of failed tasks in the newest minutes with a few of them, from the newest back, 0..1; null where there are too few. */
  newestFailed(agent: string): number | null {
    for (let from = this.context.minute; from > this.context.minute - LOOKBACK_MINUTES; from--) {
      const outcomes = withGivenUp(this.outcomesFrom(agent, from));
      const failed = [...outcomes.values()].reduce((sum, it) => sum + it.failed, 0);
      const n = failed + completedOf(outcomes);
      if (n >= NEWEST_TASKS) return failed / n;
    }
    return null;
  }

  alertsOf(agent: string, isOfRule: (rule: string) => boolean): Alert[] {
    return this.told.alerts.filter(({ rule, scope }) => scope.agent === agent && isOfRule(rule));
  }

  /** Whether what it was busy with is still there: in its newest samples. */
  isBusyNow(agent: string): boolean {
    const minutes = [...this.told.reports].sort(([a], [b]) => b - a);
    for (const [, { presence }] of minutes) {
      const own = presence.find((it) => it.agent === agent && it.counters.utilizationCount > 0);
      if (own) return own.counters.utilizationPpm > 0;
    }
    return false;
  }

  /** Whether an agent of it told how much of it is busy; any, unless one is named. */
  sendsSamples(name?: string): boolean {
    return [...this.told.reports.values()].some(({ presence }) =>
      presence.some(({ agent, counters }) => counters.utilizationCount > 0 && (name === undefined || agent === name)),
    );
  }
}

/** How improbable one look at one agent has to be, for any at all of the agents that are judged to be as improbable as `p` (Bonferroni). */
export function limitForOne(p: number, judged: number): number {
  return p / judged / (LOOKS.length + 1);
}

/** By pool. */
export function poolsSeen(context: DecisionContext): Map<string, PoolSeen> {
  const members = Map.groupBy(context.roster.values(), poolOf);
  const reports = reportsByPool(context);
  const outcomes = outcomesByPool(context);
  const alerts = Map.groupBy(
    context.firing.filter(({ scope }) => scope.agent !== undefined),
    ({ scope }) => poolOf(context.roster.get(scope.agent ?? '')),
  );
  const renewed = renewedAgents(context);
  return new Map(
    [...members].map(([pool, entries]) => [
      pool,
      new PoolSeen(context, pool, {
        entries,
        reports: reports.get(pool) ?? new Map(),
        outcomes: outcomes.get(pool) ?? new Map(),
        alerts: alerts.get(pool) ?? [],
        renewed,
      }),
    ]),
  );
}

function renewedAgents({ recent, live }: DecisionContext): Map<string, Minute> {
  const renewed = new Map<string, Minute>();
  for (const { directive, ack } of [...recent, ...live]) {
    const since =
      directive.kind === 'restart' && ack?.applied
        ? { agent: directive.params.agent, minute: minuteOf(ack.atMs) + 1 }
        : directive.kind === 'breaker' && directive.params.state === 'half-open' && directive.ended?.how === 'expired'
          ? { agent: directive.params.agent ?? '', minute: minuteOf(directive.memory.sinceMs) }
          : null;
    if (since) renewed.set(since.agent, Math.max(since.minute, renewed.get(since.agent) ?? 0));
  }
  return renewed;
}

function reportsByPool({ minutes, roster }: DecisionContext): Map<string, Map<Minute, PoolReports>> {
  const pools = new Map<string, Map<Minute, PoolReports>>();
  for (const [minute, { tasks, presence }] of minutes) {
    const of = (agent: string): PoolReports | null => {
      const entry = roster.get(agent);
      // Who is not in the roster was forgotten, and is neither judged nor a peer.
      if (!entry) return null;
      const its = pools.get(poolOf(entry)) ?? new Map<Minute, PoolReports>();
      pools.set(poolOf(entry), its);
      const reports = its.get(minute) ?? { presence: [], ended: [], services: [] };
      its.set(minute, reports);
      return reports;
    };
    for (const rollup of presence) of(rollup.agent)?.presence.push(rollup);
    for (const table of tasks) {
      for (const { agent, taskType, completed, failed } of table.outcomes()) {
        if (completed + failed > 0) of(agent)?.ended.push({ agent, taskType, n: completed + failed });
      }
      for (const { agent, taskType, service } of table.services()) {
        if (service.n > 0) of(agent)?.services.push({ agent, taskType, service });
      }
    }
  }
  return pools;
}

/** Worked out when asked for, and once. */
function later<Value>(make: () => Value): () => Value {
  let made: { value: Value } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
