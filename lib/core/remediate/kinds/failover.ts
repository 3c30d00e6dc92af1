import type { Alert } from '../../alert/alert.ts';
import { figuresAt } from '../../detect/detection-context.ts';
import { livenessAt } from '../../detect/liveness.ts';
import { minuteOfReading } from '../../detect/share-ring.ts';
import { poolOf, type RosterEntry } from '../../model/roster.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, minuteOf } from '../../model/time.ts';
import type { DirectiveOf, Proposal } from '../directive.ts';
import type { DecisionContext, DirectiveKind } from '../directive-kind.ts';
import { isWaiting } from '../directive-status.ts';
import { expectedAgents } from '../expected-agents.ts';
import { answeredBy } from '../playbook.ts';
import { downSigns, outcomesOf, signsIn } from '../pool-down.ts';
import { workingAgents } from '../pool-pressure.ts';

/** The work of a pool, of all or some task types, is done by another. */
export interface FailoverParams {
  from: string;
  to: string;
  /** Empty: all. */
  taskTypes: string[];
}

/** Moments, so that deciding a minute again changes nothing. */
export interface FailoverMemory {
  /** Since when the pool looks well, as far as can be told while nothing flows there; null while it does not. */
  wellSinceMs: EpochMs | null;
  /** How long it must look well before work goes back; twice as long after each time that it did not hold. */
  holdMs: number;
  /** The task type that went back first, and since when; null while none did. */
  probe: { taskType: string; sinceMs: EpochMs } | null;
  /** Task types that went over, as far as they were known; and whether all did. */
  moved: string[];
  isAll: boolean;
  /** Whether its agents went on beating: then only tasks can tell that it does its work again. */
  needsTasks: boolean;
  /** How many agents it should have had when it went down; absent in records of earlier versions. */
  size?: number;
}

/** Two signs that cannot be of one fault of whoever reports. */
const LEAST_SIGNS = 2;
/** The backup pool's slots may be so far at work with what comes over. */
const MOST_USE = 0.85;
/** Where it is not known how much a pool has to do. */
const USUAL_USE = 0.6;
/** So many of its agents must be there before work goes back, whichever they are. */
const WELL_SHARE = 0.7;
const [LEAST_HOLD_MS, MOST_HOLD_MS] = [5 * MINUTE_MS, 40 * MINUTE_MS];
/** A failover that ended longer ago than this was about something else. */
const SAME_TROUBLE_MS = 2 * 60 * MINUTE_MS;
/** A task type that went back first shows within so long how it does, by so many tasks. */
const [PROBE_MS, MOST_PROBE_MS, PROBE_TASKS, MOST_BAD] = [4 * MINUTE_MS, 10 * MINUTE_MS, 5, 0.2];
const EXPECTED_WITHIN_MS = 10 * MINUTE_MS;
/** Alerts that say that a pool had better get no more work. */
const troubles: ReadonlySet<string> = new Set([
  'pool-hung',
  'pool-interrupted',
  'pool-failing',
  'pool-degraded',
  'pool-silent',
  'bottleneck-forming',
  'retry-storm',
]);

/**
 * Has a pool's work done by its backup pool while it is down, which two independent signs must tell: its tasks end badly,
 * its agents send no heartbeats, its agents get nowhere. What the backup pool has no room for stays: then the task types
 * that take least of it go over, because most tasks are served by that.
 *
 * Work goes back when the pool has looked well for five minutes: most of its agents are there, or as many others in their place, it is
 * not told to be silent, and what still comes to it does not end badly. It goes back at once when the backup has no agents any more, or is
 * the backup no more. Where its
 * agents were there all the time, nobody sees while it has no tasks how they end: one task type goes back first, the others when that has done well. Each time
 * that it does not hold, it must look well for twice as long, up to forty minutes.
 */
export const failover: DirectiveKind<'failover'> = {
  propose(context, underway) {
    const alerts = answeredBy('failover', context.firing).filter(({ scope }) => scope.pool !== undefined);
    const pools = new Set([
      ...alerts.map(({ scope }) => scope.pool ?? ''),
      ...underway.map(({ params }) => params.from),
    ]);
    if (pools.size === 0) return [];
    const entries = Map.groupBy(
      [...context.roster.values()].filter((entry) => pools.has(poolOf(entry))),
      poolOf,
    );
    return [...pools].flatMap((pool) => {
      const current = underway.find(({ params }) => params.from === pool);
      const its = expectedAgents(entries.get(pool) ?? [], context.nowMs);
      if (!current) return begin(pool, its, alerts, context) ?? [];
      const isMoved = !isWaiting(current, context.live);
      return (isMoved ? goOn(current, its, context) : proposeOn(current, its, alerts, context)) ?? [];
    });
  },

  differs: (before, after) => JSON.stringify(before) !== JSON.stringify(after),
  targets: ({ from, to }) => [from, to],
};

function begin(
  pool: string,
  members: readonly RosterEntry[],
  alerts: readonly Alert[],
  context: DecisionContext,
): Proposal<'failover'> | null {
  const { nowMs } = context;
  const to = context.pools.get(pool)?.backupPool;
  if (to === undefined || to === pool || !isFitToTake(to, context)) return null;
  const about = context.firing.filter(({ scope }) => scope.pool === pool);
  const signs = downSigns(context, pool, members, about);
  const signals = signsIn(signs);
  if (signals.length < LEAST_SIGNS) return null;
  const causes = alerts.filter(({ scope }) => scope.pool === pool);
  const onsetMs = causes.reduce((first, alert) => Math.min(first, alert.onsetMs), nowMs);
  const load = usualLoad(pool, members, onsetMs, context);
  const moved = typesThatFit(pool, to, load, context);
  if (moved === null) return null;
  const slots = slotsOf(members);
  return {
    kind: 'failover',
    subject: pool,
    params: { from: pool, to, taskTypes: moved.isAll ? [] : moved.taskTypes },
    summary: `have ${moved.isAll ? 'the work' : moved.taskTypes.join(', ')} of pool ${pool} done by pool ${to}`,
    causes: causes.map(({ id }) => id),
    onsetMs,
    evidence: [
      ...signals,
      `pool ${to} has room for ${moved.room.toFixed(1)} slots of work; pool ${pool} had ${load.toFixed(1)} of ${slots}`,
    ],
    expected: {
      kpi: 'task_completion_rate',
      scope: `pool:${pool}`,
      direction: 'up',
      size: Math.max(0.1, outcomesOf(context, (minute) => countersOf(context, pool, minute)).badShare),
      unit: 'ratio',
      byMs: nowMs + EXPECTED_WITHIN_MS,
    },
    // Of a pool that is down nothing that works gets less.
    blastRadius: { pool, agents: [], capacityShare: 0 },
    isDisruptive: true,
    signals,
    memory: {
      ...{ wellSinceMs: null, probe: null, moved: moved.taskTypes, isAll: moved.isAll },
      holdMs: holdAfter(pool, context),
      needsTasks: signs.heartbeats === null,
      size: members.length,
    },
    undo: `roll it back, or let its lease run out: the work goes to pool ${pool} again`,
  };
}

/**
 * One that waits for a person, as it would be begun by now. As it stands, while one sign is left and its tasks do not end well: a pool that
 * is given nothing any more shows nothing else, and is down all the same.
 */
function proposeOn(
  current: DirectiveOf<'failover'>,
  members: readonly RosterEntry[],
  alerts: readonly Alert[],
  context: DecisionContext,
): Proposal<'failover'> | null {
  const { from, to } = current.params;
  const about = context.firing.filter(({ scope }) => scope.pool === from);
  const signs = signsIn(downSigns(context, from, members, about)).length;
  const isTold = alerts.some(({ scope }) => scope.pool === from);
  if (isTold && signs >= LEAST_SIGNS) return begin(from, members, alerts, context);
  const { ended, badShare } = outcomesOf(context, (minute) => countersOf(context, from, minute));
  const isDown = signs > 0 && !(ended >= PROBE_TASKS && badShare <= MOST_BAD);
  const mayMove = context.pools.get(from)?.backupPool === to && isFitToTake(to, context);
  return isDown && mayMove ? current : null;
}

/** Renewed while the pool is not well, led back when it is; null when everything may go back. */
function goOn(
  current: DirectiveOf<'failover'>,
  members: readonly RosterEntry[],
  context: DecisionContext,
): Proposal<'failover'> | null {
  const { nowMs } = context;
  const { params, memory } = current;
  const { from, to } = params;
  const again = (changes: Partial<FailoverMemory>, taskTypes: string[], summary = current.summary) => ({
    ...current,
    ...{ summary, params: { from, to, taskTypes }, memory: { ...memory, ...changes } },
  });
  // There is nothing to be gained by one pool that is down in place of another.
  if (context.firing.some(({ rule, scope }) => scope.pool === to && !scope.agent && rule === 'pool-interrupted'))
    return null;
  if (context.pools.get(from)?.backupPool !== to || !workingAgents(context, new Set([to])).has(to)) return null;
  // Alerts about its tasks do not end while it has none.
  const isSilent = context.firing.some(({ rule, scope }) => scope.pool === from && rule === 'pool-silent');
  const isFailing = downSigns(context, from, [], []).outcomes !== null;
  const isWell = areThere(from, members, memory, context) && !isSilent && !isFailing;
  if (memory.probe) {
    const { taskType, sinceMs } = memory.probe;
    // Only what came after it went back.
    const { ended, badShare } = outcomesOf(context, (minute) =>
      minute > minuteOf(sinceMs) ? figuresAt(context, minute)?.poolTypes.get(from)?.get(taskType)?.counters : undefined,
    );
    const isBad = ended >= PROBE_TASKS && badShare > MOST_BAD;
    if (isBad || !isWell) {
      const holdMs = Math.min(MOST_HOLD_MS, 2 * memory.holdMs);
      return again(
        { wellSinceMs: isWell ? nowMs : null, probe: null, holdMs },
        memory.isAll ? [] : memory.moved,
        summaryOf(current),
      );
    }
    const lastedMs = nowMs - sinceMs;
    const isGood = lastedMs >= PROBE_MS && ended >= PROBE_TASKS;
    // Where no task came back, whoever places the work moves all of it or none: only that can tell.
    return isGood || lastedMs >= MOST_PROBE_MS ? null : again({}, params.taskTypes);
  }
  if (!isWell) return again({ wellSinceMs: null }, params.taskTypes);
  const wellSinceMs = memory.wellSinceMs ?? nowMs;
  if (nowMs - wellSinceMs < memory.holdMs) return again({ wellSinceMs }, params.taskTypes);
  const [first, ...rest] = memory.moved;
  if (!memory.needsTasks || first === undefined || rest.length === 0) return null;
  const probe = { taskType: first, sinceMs: nowMs };
  return again({ wellSinceMs, probe }, rest, `try ${first} in pool ${from} again, the rest stays with pool ${to}`);
}

/** Whether there are agents to do the work again: of those that send no heartbeats only tasks can tell, while there are any. */
function areThere(
  pool: string,
  members: readonly RosterEntry[],
  { size = members.length }: FailoverMemory,
  { roster, nowMs }: DecisionContext,
): boolean {
  if (members.length === 0) {
    const isOfIt = (entry: RosterEntry) => poolOf(entry) === pool && entry.lastBeat === null;
    return [...roster.values()].some((entry) => isOfIt(entry) && nowMs - entry.lastSeenMs < DAY_MINUTES * MINUTE_MS);
  }
  const alive = members.filter((entry) => livenessAt(entry, nowMs).kind === 'alive').length;
  return alive > 0 && alive >= WELL_SHARE * Math.min(size, members.length);
}

function summaryOf({ params: { from, to } }: DirectiveOf<'failover'>): string {
  return `have the work of pool ${from} done by pool ${to} again: it is not well yet`;
}

/** Twice as long for each failover of the same pool that ended lately. */
function holdAfter(pool: string, { recent, nowMs }: DecisionContext): number {
  const times = recent.filter(({ directive: { kind, subject, inForceMs, ended } }) => {
    return (
      kind === 'failover' && subject === pool && inForceMs !== null && ended && nowMs - ended.atMs < SAME_TROUBLE_MS
    );
  }).length;
  return Math.min(MOST_HOLD_MS, LEAST_HOLD_MS * 2 ** times);
}

/** It has agents, nothing is told of it, and it does not send its own work away. */
function isFitToTake(pool: string, { pools, firing, live }: DecisionContext): boolean {
  const isTold = firing.some(({ rule, scope }) => scope.pool === pool && !scope.agent && troubles.has(rule));
  const isAway = live.some(({ directive }) => directive.kind === 'failover' && directive.params.from === pool);
  return pools.has(pool) && !isTold && !isAway;
}

/** Slots that the work of a pool keeps busy: by its samples of the hour before it went down. */
function usualLoad(
  pool: string,
  members: readonly RosterEntry[],
  onsetMs: EpochMs,
  { watch }: DecisionContext,
): number {
  const ring = watch.inUse.get(pool);
  const before = [...(ring?.permille ?? [])].reverse().flatMap((permille, back) => {
    if (!ring || permille === null || minuteOfReading(ring, back) >= minuteOf(onsetMs)) return [];
    return permille;
  });
  const readings = before.slice(0, 12);
  const use = readings.length === 0 ? USUAL_USE : readings.reduce((sum, it) => sum + it, 0) / readings.length / 1_000;
  return use * slotsOf(members);
}

interface Fitting {
  isAll: boolean;
  /** Those that go over, the one with the least work first. */
  taskTypes: string[];
  /** Slots of work that the backup pool can take over. */
  room: number;
}

/** What of a pool's work its backup pool can do; null for nothing. */
function typesThatFit(pool: string, to: string, load: number, context: DecisionContext): Fitting | null {
  const takers = workingAgents(context, new Set([to])).get(to) ?? [];
  const busy = busySlots(to, takers, context);
  if (busy === null) return null;
  const room = MOST_USE * slotsOf(takers) - busy;
  const counts = new Map<string, number>();
  for (const back of [0, 1, 2, 3, 4]) {
    const types = figuresAt(context, context.minute - back)?.poolTypes.get(pool);
    for (const [taskType, { counters }] of types ?? []) {
      const { completed, failed, timeout, rejected } = counters;
      counts.set(taskType, (counts.get(taskType) ?? 0) + completed + failed + timeout + rejected);
    }
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const isNamed = (taskType: string) =>
    takers.some(({ description }) => !description?.skills || (description.skills[taskType] ?? 0) > 0);
  const named = [...counts.keys()].filter(isNamed);
  // Who named the backup pool knows that it can do the work, although its agents' skills speak of their own work only.
  const able = (named.length > 0 ? named : [...counts.keys()]).sort(
    (a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0),
  );
  if (room >= load && able.length === counts.size) return { isAll: true, taskTypes: able, room };
  let left = room;
  const taskTypes = able.filter((taskType) => {
    const work = (load * (counts.get(taskType) ?? 0)) / Math.max(1, total);
    if (work > left) return false;
    left -= work;
    return true;
  });
  return taskTypes.length === 0 ? null : { isAll: false, taskTypes, room };
}

/** Of the newest minute that is sampled; null where none is. */
function busySlots(pool: string, agents: readonly RosterEntry[], context: DecisionContext): number | null {
  for (const back of [0, 1, 2]) {
    const presence = figuresAt(context, context.minute - back)?.pools.get(pool)?.presence;
    if (!presence || presence.utilizationCount === 0) continue;
    const waiting = presence.queuedCount > 0 ? (presence.queued / presence.queuedCount) * agents.length : 0;
    return (presence.utilizationPpm / presence.utilizationCount / 1e6) * slotsOf(agents) + waiting;
  }
  return null;
}

function countersOf(context: DecisionContext, pool: string, minute: number) {
  return figuresAt(context, minute)?.pools.get(pool)?.counters;
}

function slotsOf(agents: readonly RosterEntry[]): number {
  return agents.reduce((sum, { description }) => sum + (description?.capacity ?? 1), 0);
}
