import type { Alert } from '../../alert/alert.ts';
import { figuresAt } from '../../detect/detection-context.ts';
import type { LadderStep } from '../../model/pool-settings.ts';
import type { RosterEntry } from '../../model/roster.ts';
import { MINUTE_MS } from '../../model/time.ts';
import type { DirectiveOf } from '../directive.ts';
import type { DecisionContext } from '../directive-kind.ts';
import type { PoolPressure } from '../pool-pressure.ts';

/** Slots are to be at work so far; what is beyond waits so long that tasks are late. */
const TARGET_USE = 0.92;
/** So much of a task for each slot may wait: less leaves slots idle between tasks. */
const TARGET_QUEUE = 0.5;
/** What waits beyond that is worked off in so long. */
const DRAIN_MINUTES = 3;
/** Overload is told so far ahead: as long as a new agent takes, which is as long as the agents there must do. */
const HORIZON_MINUTES = 2;
/** Agents that were ordered longer ago and are not there will not come in time. */
const ORDER_MS = 5 * MINUTE_MS;
/** Where no objective says how long a task may wait: four times as long as it takes. Who is turned away for nothing has lost more than who waits. */
const USUAL_WAIT_TIMES = 4;
/** A pool is overloaded only with so much of its slots at work, before so many of its agents. */
export const FULL_USE = 0.85;
const WIDE_SHARE = 0.6;
/** Tasks waiting for each slot: at least, with an alert or for two minutes; and at once. */
export const LEAST_QUEUE = 0.5;
const LONG_QUEUE = 1;
/** What was given up is taken back after so long without need. */
export const HYSTERESIS_MS = 10 * MINUTE_MS;
/** Of the tasks that are turned away first many take longer than others: the share follows the work by this power. */
const SHARE_POWER = 0.7;

const retryStormRule = 'retry-storm';

/** A pool that may be overloaded, or that something is in force for. */
export interface ConcernedPool {
  pool: string;
  /** About the pool, and about money that it lives on. */
  alerts: readonly Alert[];
  burning: readonly Alert[];
  working: readonly RosterEntry[];
  ladder: DirectiveOf<'degrade'> | undefined;
  admission: DirectiveOf<'degrade'> | undefined;
}

/** How a pool stands, with what is in force for it. */
export interface PoolState {
  pressure: PoolPressure;
  isOverloaded: boolean;
  isStormy: boolean;
  causes: readonly Alert[];
  /** Share of what comes that the agents can do while a task takes this part of its full time; above 1 where more could come. */
  share(factor: number): number;
}

/** @param pressure of its agents, by their samples */
export function stateOf(concerned: ConcernedPool, pressure: PoolPressure, context: DecisionContext): PoolState {
  const { pool, alerts, ladder, admission } = concerned;
  const { slots, utilization, queued, serviceMs, load } = pressure;
  const isStormy = alerts.some(({ rule }) => rule === retryStormRule);
  const beyond = Math.max(0, queued - TARGET_QUEUE * slots);
  // Where work waits although slots are free, not every agent can do it.
  const reachable = beyond > 0 ? Math.min(TARGET_USE, utilization) : TARGET_USE;
  const rungs = context.pools.get(pool)?.ladder ?? [];
  const admitted = meanInForce(admission, admission?.params.admitFraction ?? 1, context);
  const inForce = isCarriedOut(ladder, context) ? factorOf(rungs, ladder?.params.step) : 1;
  const ordered = slotsOrdered(pool, pressure, context);
  // Of the minute in which the share will hold, agents that were ordered are there for half, as far as one can tell.
  const slotsSoon = (slots + Math.max(slots, ordered)) / 2;
  const work = Math.max(load, 1e-9) / meanInForce(ladder, inForce, context);
  return {
    ...{ pressure, isStormy, causes: alerts },
    isOverloaded: isOverloaded(concerned, pressure, { ordered, context }),
    share: (factor) => {
      const drain = (beyond * serviceMs * Math.min(1, factor / inForce)) / (DRAIN_MINUTES * MINUTE_MS);
      const target = Math.max(0.1 * slots, reachable * slotsSoon - drain);
      return admitted * (target / (work * factor)) ** (admitted < 1 ? SHARE_POWER : 1);
    },
  };
}

/** What was in force while the load came that was measured: from the middle of one minute to that of the next. */
function meanInForce(directive: DirectiveOf<'degrade'> | undefined, now: number, context: DecisionContext): number {
  if (!directive || !isCarriedOut(directive, context)) return 1;
  const isNew = context.nowMs - directive.memory.sinceMs <= MINUTE_MS;
  return isNew ? (now + directive.memory.before) / 2 : now;
}

/**
 * Whether more comes than the agents can do before tasks are late: nearly all slots at work, something waiting before most of
 * the agents, and a wait that in two minutes will be longer than tasks may wait.
 */
function isOverloaded(
  concerned: ConcernedPool,
  pressure: PoolPressure,
  { ordered, context }: { ordered: number; context: DecisionContext },
): boolean {
  const { utilization, pressedShare, queued, slots, growthPerMin, serviceMs } = pressure;
  const isFull = utilization >= FULL_USE && pressedShare >= WIDE_SHARE;
  const perSlot = queued / slots;
  const isToldOf = concerned.alerts.length > 0 || perSlot >= LONG_QUEUE || wasPressed(context, concerned.pool);
  if (!isFull || perSlot < LEAST_QUEUE || !isToldOf) return false;
  const longestMs = longestWaitMs(context, concerned.pool, serviceMs);
  const waitOf = (waiting: number) => (Math.max(0, waiting) / slots) * serviceMs;
  const spare = TARGET_USE * ordered - pressure.load;
  if (spare < 0) return waitOf(queued + HORIZON_MINUTES * growthPerMin) > longestMs;
  // Agents that are on their way will work off what comes until then; what waits twice too long already is late all the same, but is soon
  // worked off where a burst has just begun: who turns work away then does so when it is over.
  const isSoonDone = (queued * serviceMs) / spare <= DRAIN_MINUTES * MINUTE_MS;
  const isBurst = isSoonDone && !wasPressed(context, concerned.pool, HORIZON_MINUTES);
  return !isBurst && waitOf(queued) > 2 * longestMs;
}

/** Slots that the pool will have when the agents are there that scaling has ordered in the last minutes; 0 where it has not. */
function slotsOrdered(pool: string, { agents, slots }: PoolPressure, { live, nowMs }: DecisionContext): number {
  for (const { directive } of live) {
    if (directive.kind !== 'scale' || directive.params.pool !== pool || directive.inForceMs === null) continue;
    const { desired = 0 } = directive.params;
    if (desired > agents && nowMs - directive.renewedMs <= ORDER_MS) return (desired / agents) * slots;
  }
  return 0;
}

/** Whether the slots were as full so many minutes before. */
function wasPressed(context: DecisionContext, pool: string, minutesAgo = 1): boolean {
  const before = figuresAt(context, context.minute - minutesAgo)?.pools.get(pool);
  if (!before || before.presence.utilizationCount === 0 || before.presence.queuedCount === 0) return false;
  const { utilizationPpm, utilizationCount, capacityMilli, queued, queuedCount } = before.presence;
  const isQueued = queued / queuedCount >= LEAST_QUEUE * (capacityMilli / utilizationCount / 1_000);
  return utilizationPpm / utilizationCount >= FULL_USE * 1e6 && isQueued;
}

/** By the pool's objective where one speaks of time, else by how long its tasks take. */
function longestWaitMs({ plan }: DecisionContext, pool: string, serviceMs: number): number {
  const outlook = plan?.pools.find((it) => it.pool === pool);
  const objective = outlook?.status === 'known' ? outlook.objective : null;
  if (objective?.kind === 'wait-within') return Math.max(serviceMs / 2, objective.longestWaitMs);
  if (objective?.kind === 'response-within') return Math.max(serviceMs / 2, objective.slaMs - serviceMs);
  return USUAL_WAIT_TIMES * serviceMs;
}

/** In force, and not said not to be applied. */
export function isCarriedOut(directive: DirectiveOf<'degrade'> | undefined, { live }: DecisionContext): boolean {
  if (!directive || directive.inForceMs === null) return false;
  return live.find((record) => record.directive.id === directive.id)?.ack?.applied !== false;
}

/** What a task takes by a rung, as a part of its full time; 1 where there is no such rung. */
export function factorOf(rungs: readonly LadderStep[], step: string | undefined): number {
  return rungs.find((rung) => rung.step === step)?.serviceFactor ?? 1;
}
