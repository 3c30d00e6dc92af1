import { figuresAt, LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import { livenessAt } from '../../detect/liveness.ts';
import type { SubjectMinute } from '../../detect/minute-figures.ts';
import { countTasks } from '../../kpi/task-rollup.ts';
import { poolOf, type RosterEntry } from '../../model/roster.ts';
import { MINUTE_MS, type Minute } from '../../model/time.ts';
import type { DirectiveOf } from '../directive.ts';
import type { DecisionContext } from '../directive-kind.ts';
import { isInForce } from '../directive-status.ts';
import { canWork } from '../pool-pressure.ts';
import { sharedQueue } from '../shared-queue.ts';
import { slotsByAgent } from '../slots-by-agent.ts';

/** Who works in a pool, lent agents where they are lent to. */
export interface PoolStaff {
  /** Able to work: alive, or, without heartbeats, heard of lately. */
  working: RosterEntry[];
  /** Alive, but hung or behind an open breaker: their slots do nothing. */
  idled: RosterEntry[];
  /** Heartbeats due and not come, for an hour at most: who is gone for longer was given up. */
  missing: RosterEntry[];
  /** Never sent a heartbeat, and not heard of lately but within the hour: idle, or gone. */
  unheard: RosterEntry[];
}

/** What is asked of a pool, as its agents' samples tell, or where they send none, the tasks that ended. */
export interface PoolDemand {
  /** Slots of its working agents. */
  slots: number;
  /**
   * Slots that its work takes if none waits, as erlangs: the mean of the last minutes (samples of the open minutes, and time at
   * work on the tasks that ended in those before, whose samples are not kept); and in the newest.
   */
  load: number;
  newestLoad: number;
  /** Tasks that `load` was seen with. */
  tasks: number;
  /** Share of the slots at work in the newest minute, 0..1. */
  utilization: number;
  /** Tasks that wait at its agents or for any of them; null where nothing tells. */
  queued: number | null;
  /** By how many a minute that grows; 0 where it shrinks. */
  queueGrowth: number;
  /** Slots that what waits when new agents are there takes to be done within {@link DRAIN_MINUTES}, as erlangs. */
  backlogLoad: number;
  serviceMs: number;
  serviceCv: number;
  /** Tasks that end a minute. */
  tasksPerMin: number;
  /** Share of the work of each task type, 0..1, of all together 1. */
  shares: ReadonlyMap<string, number>;
  /** It can do no more: what comes beyond that waits, is given up, or is turned away. */
  isExhausted: boolean;
  /** Agents tell how busy they are, and nothing is missing. */
  isComplete: boolean;
}

/** What waits is to be done within so many minutes of new agents' coming, which takes so long. */
export const DRAIN_MINUTES = 3;
const PROVISION_MINUTES = 1.5;
/** With this share of its slots at work a pool can do no more: what comes beyond is told by what waits and what is given up. */
const SATURATED = 0.9;
/** Tasks that wait for each slot of a pool that can do no more. */
const WAITING_PER_SLOT = 0.5;
/**
 * With so many for each slot it cannot do more either, though slots are free: they do not know how to do what waits, or were at
 * the beginning of the minute. At once, and where most slots are at work.
 */
const [JAMMED_PER_SLOT, PRESSED_PER_SLOT, PRESSED] = [1, 0.5, 0.75];
/** So many tasks of one minute tell how long tasks take by now. */
const LEAST_SERVED = 20;
/** A minute tells of a pool once so many of its slots have been told of: reports may come two minutes late. */
const LEAST_COVERAGE = 0.25;
/** Nearly all agents have told how busy they are, most of them in the minute before the newest. */
const COMPLETE_COVERAGE = 0.9;
const COMPLETE_BEFORE = 0.7;
/** Tasks that ended longer ago than this have all been reported. */
const REPORTING_MINUTES = 2;
const MISSING_MS = 60 * MINUTE_MS;
/** Alerts by which an agent that beats does no work. */
const idlingRules: ReadonlySet<string> = new Set(['agent-hung', 'agent-dead']);

/** Pools' staff, by pool. */
export function staffByPool(context: DecisionContext): ReadonlyMap<string, PoolStaff> {
  const lentTo = new Map<string, string>();
  for (const { pooling } of poolingsInForce(context)) for (const agent of pooling.agents) lentTo.set(agent, pooling.to);
  const out = new Set(
    context.firing.flatMap(({ rule, scope }) => (scope.agent && idlingRules.has(rule) ? [scope.agent] : [])),
  );
  for (const record of context.live) {
    const { kind, params } = record.directive;
    if (kind === 'breaker' && params.agent && params.state === 'open' && isInForce(record)) out.add(params.agent);
  }
  const staff = new Map<string, PoolStaff>();
  for (const entry of context.roster.values()) {
    const pool = lentTo.get(entry.agent) ?? poolOf(entry);
    const its = staff.get(pool) ?? { working: [], idled: [], missing: [], unheard: [] };
    staff.set(pool, its);
    const liveness = livenessAt(entry, context.nowMs);
    if (liveness.kind === 'missing' && liveness.silentMs < MISSING_MS) its.missing.push(entry);
    if (!canWork(entry, context.nowMs)) {
      if (entry.lastBeat === null && context.nowMs - entry.lastSeenMs < MISSING_MS) its.unheard.push(entry);
      continue;
    }
    (out.has(entry.agent) ? its.idled : its.working).push(entry);
  }
  return staff;
}

/** Loans in force. */
export function poolingsInForce({ live }: Pick<DecisionContext, 'live'>) {
  return live.flatMap((record) => {
    const { directive } = record;
    if (directive.kind !== 'scale' || !isInForce(record)) return [];
    const { pooling } = (directive as DirectiveOf<'scale'>).params;
    return pooling ? [{ directive: directive as DirectiveOf<'scale'>, pooling }] : [];
  });
}

interface MinuteOfPool {
  minute: Minute;
  /** Share of the slots of working agents that were told of. */
  coverage: number;
  /** Slots at work, and tasks that wait, of all as of those that told. */
  busySlots: number | null;
  queued: number | null;
  /** Tasks that ended; and of those, given up or turned away. */
  ended: number;
  lost: number;
  waitUs: number;
  waitCount: number;
  serviceUs: number;
  serviceCount: number;
}

/**
 * What is asked of a pool now. Below saturation that is what is at work; at it, and while work is turned away, also what the
 * queue grows by and what is given up or turned away, which nobody works on.
 * @returns null where nothing tells: no agent that works, no samples and no task with a service time
 */
export function poolDemand(context: DecisionContext, pool: string, { working }: PoolStaff): PoolDemand | null {
  const slotsOf = slotsByAgent(context, working, 1);
  const slots = [...slotsOf.values()].reduce((sum, its) => sum + its, 0);
  if (slots === 0) return null;
  const minutes = lastMinutes(context, pool, slotsOf, slots);
  const served = minutes.reduce((sum, { serviceCount }) => sum + serviceCount, 0);
  const serviceMs = served > 0 ? minutes.reduce((sum, { serviceUs }) => sum + serviceUs, 0) / served / 1_000 : null;
  const sampled = minutes.filter(isSampled);
  const complete = minutes.filter(({ minute }) => minute <= context.minute - REPORTING_MINUTES);
  const tasksPerMin = meanOf(complete, ({ ended }) => ended);
  if (serviceMs === null) return null;
  const busyByTasks = meanOf(complete, (it) => it.serviceUs) / 6e7;
  const newest = sampled[0];
  const busySlots = newest?.busySlots ?? busyByTasks;
  const shared = sharedQueue(
    minutes.map((it) => ({ ...it, told: it.queued })),
    { slots, busySlots },
  );
  const utilization = busySlots / slots;
  const growth = shared ? Math.max(0, shared.growthPerMin) : queueGrowth(sampled);
  const queued = shared?.queued ?? newest?.queued ?? null;
  const isShedding = shedsWork(context, pool);
  const isSaturated = isShedding || utilization >= SATURATED || isJammed(utilization, (queued ?? 0) / slots);
  const serviceMin = Math.max(serviceMs, newestServiceMs(minutes) ?? 0) / MINUTE_MS;
  // Who gave up waiting was work as well; tasks that were at work when they were given up count twice.
  const lost = isSaturated ? Math.max(0, ...minutes.map((it) => it.lost)) : 0;
  const unserved = isSaturated ? (growth + lost) * serviceMin : 0;
  const sum = sampled.reduce((all, it) => all + (it.busySlots ?? 0), 0) + complete.length * busyByTasks;
  const seen = sampled.length + complete.length;
  const busy = sum / Math.max(1, seen);
  return {
    ...{ slots, utilization: Math.min(1, utilization), queued, queueGrowth: growth, serviceMs, tasksPerMin },
    load: busy + unserved,
    newestLoad: busySlots + unserved,
    tasks: seen * tasksPerMin,
    backlogLoad: isSaturated ? (((queued ?? 0) + PROVISION_MINUTES * growth) * serviceMin) / DRAIN_MINUTES : 0,
    serviceCv: serviceCv(context, pool),
    shares: sharesOfTypes(context, pool),
    isExhausted: isSaturated && (isShedding || queued === null || queued >= WAITING_PER_SLOT * slots),
    isComplete: isComplete(context, slotsOf, minutes),
  };
}

/** Whether samples alone tell that a pool can do no more: of one whose tasks take longer than the minutes that are looked at, none may have ended. */
export function isExhaustedBySamples(context: DecisionContext, pool: string, { working }: PoolStaff): boolean {
  const slotsOf = slotsByAgent(context, working, 1);
  const slots = [...slotsOf.values()].reduce((sum, its) => sum + its, 0);
  const newest = lastMinutes(context, pool, slotsOf, slots).find(isSampled);
  const { busySlots = null, queued = null } = newest ?? {};
  if (busySlots === null || queued === null) return false;
  return busySlots >= SATURATED * slots && queued >= WAITING_PER_SLOT * slots;
}

function isSampled({ busySlots, coverage }: MinuteOfPool): boolean {
  return busySlots !== null && coverage >= LEAST_COVERAGE;
}

function isJammed(utilization: number, queuedPerSlot: number): boolean {
  return queuedPerSlot >= JAMMED_PER_SLOT || (utilization >= PRESSED && queuedPerSlot >= PRESSED_PER_SLOT);
}

/** How long tasks of the newest minute took that tells of enough. */
function newestServiceMs(newestFirst: readonly MinuteOfPool[]): number | null {
  const newest = newestFirst.find(({ serviceCount }) => serviceCount >= LEAST_SERVED);
  return newest ? newest.serviceUs / newest.serviceCount / 1_000 : null;
}

/** A directive in force has part of its work turned away. */
function shedsWork({ live }: DecisionContext, pool: string): boolean {
  return live.some((record) => {
    const { kind, params } = record.directive;
    if (kind !== 'degrade' || params.pool !== pool || !isInForce(record)) return false;
    return params.shedBelow !== undefined || (params.admitFraction ?? 1) < 1;
  });
}

function isComplete(
  context: DecisionContext,
  slotsOf: ReadonlyMap<string, number>,
  minutes: readonly MinuteOfPool[],
): boolean {
  const before = minutes.find(({ minute }) => minute === context.minute - 1);
  if (!before || before.coverage < COMPLETE_BEFORE) return false;
  const open = minutes.flatMap(({ minute }) => figuresAt(context, minute) ?? []);
  const hasTold = (agent: string) => open.some(({ agents }) => (agents.get(agent)?.presence.utilizationCount ?? 0) > 0);
  return [...slotsOf.keys()].filter(hasTold).length >= COMPLETE_COVERAGE * slotsOf.size;
}

/** Newest first. */
function lastMinutes(
  context: DecisionContext,
  pool: string,
  slotsOf: ReadonlyMap<string, number>,
  slots: number,
): MinuteOfPool[] {
  const minutes: MinuteOfPool[] = [];
  for (let minute = context.minute; minute > context.minute - LOOKBACK_MINUTES; minute -= 1) {
    const figures = figuresAt(context, minute);
    if (!figures) continue;
    let [told, busy, queued, queues] = [0, 0, 0, 0];
    const sum = { ended: 0, lost: 0, waitUs: 0, waitCount: 0, serviceUs: 0, serviceCount: 0 };
    for (const [agent, itsSlots] of slotsOf) {
      const its = figures.agents.get(agent);
      if (!its) continue;
      addTasks(sum, its);
      const { utilizationCount, utilizationPpm, queuedCount } = its.presence;
      if (utilizationCount > 0) {
        told += itsSlots;
        busy += (utilizationPpm / utilizationCount / 1e6) * itsSlots;
      }
      if (queuedCount > 0) {
        queues += itsSlots;
        queued += its.presence.queued / queuedCount;
      }
    }
    const turnedAway = figures.pools.get(pool)?.counters.rejected ?? 0;
    minutes.push({
      ...{ minute, ...sum, lost: sum.lost + turnedAway, coverage: told / slots },
      busySlots: told > 0 ? (busy / told) * slots : null,
      queued: queues > 0 ? (queued / queues) * slots : null,
    });
  }
  return minutes;
}

function addTasks(
  sum: Pick<MinuteOfPool, 'ended' | 'lost' | 'waitUs' | 'waitCount' | 'serviceUs' | 'serviceCount'>,
  { counters }: SubjectMinute,
) {
  sum.ended += countTasks(counters);
  sum.lost += counters.timeout;
  sum.waitUs += counters.waitUs;
  sum.waitCount += counters.waitCount;
  sum.serviceUs += counters.serviceUs;
  sum.serviceCount += counters.serviceCount;
}

/** By how many a minute what waits grows, from one minute's mean to the next. Where it began to grow within the newest minute, its mean is half of that. */
function queueGrowth(newestFirst: readonly MinuteOfPool[]): number {
  const known = newestFirst.flatMap(({ minute, queued }) => (queued === null ? [] : [{ minute, queued }]));
  const [last, before] = known;
  if (!last) return 0;
  if (!before) return 2 * last.queued;
  const growth = (last.queued - before.queued) / (last.minute - before.minute);
  return Math.max(0, before.queued < 0.1 * last.queued ? 2 * growth : growth);
}

function serviceCv(context: DecisionContext, pool: string): number {
  let [n, sum, squares] = [0, 0, 0];
  for (const minute of context.minutes.keys()) {
    const service = figuresAt(context, minute)?.pools.get(pool)?.service;
    if (!service) continue;
    [n, sum, squares] = [n + service.n, sum + service.sum, squares + service.squares];
  }
  if (n < 2) return 1;
  const variance = Math.max(0, (squares - sum ** 2 / n) / (n - 1));
  return Math.min(MOST_CV, Math.sqrt(Math.expm1(variance)));
}

/** Of a mixture of task types the logarithms spread further than any of them: beyond this the estimate is not believed. */
const MOST_CV = 2;

function sharesOfTypes(context: DecisionContext, pool: string): Map<string, number> {
  const work = new Map<string, number>();
  for (const minute of context.minutes.keys()) {
    for (const [taskType, { counters }] of figuresAt(context, minute)?.poolTypes.get(pool) ?? []) {
      work.set(taskType, (work.get(taskType) ?? 0) + counters.serviceUs);
    }
  }
  const all = [...work.values()].reduce((sum, its) => sum + its, 0);
  return new Map([...work].filter(([, its]) => its > 0).map(([taskType, its]) => [taskType, its / all]));
}

function meanOf<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.length === 0 ? 0 : items.reduce((sum, item) => sum + of(item), 0) / items.length;
}
