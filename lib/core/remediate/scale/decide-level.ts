import type { PoolSettings } from '../../model/pool-settings.ts';
import { type EpochMs, MINUTE_MS } from '../../model/time.ts';
import { levelBeforeSurge } from './level-before-surge.ts';
import type { PoolLevel, ScaleStep } from './scale-history.ts';

/** Smaller differences than this part of what it has are left alone, while it can do its work. */
const TOLERANCE = 0.1;
const MOST_MORE = 1;
const MOST_LESS = 0.1;
const HOUR_MS = 60 * MINUTE_MS;
/**
 * Levels of a pool that come into force in an hour; the last is kept for a pool that can do no more, and two of them for more agents, but for what is given
 * back after a surge: that is as many as the surge took.
 */
export const MOST_AN_HOUR = 4;
const MOST_IN_AN_HOUR = MOST_AN_HOUR - 2;
const MOST_WITH_RETURN = MOST_AN_HOUR - 1;
/** The last of the hour has to last: so much more than a pool has, where it can do no more. */
const LAST_MORE = 0.25;
/** After more were ordered, and after fewer were. */
const AFTER_OUT_MS = 20 * MINUTE_MS;
const AFTER_IN_MS = 15 * MINUTE_MS;
const REVERSAL_MS = 30 * MINUTE_MS;
/** While the minutes looked at ask for so much more than the newest, the surge is still among them. */
const SURGE_TAIL = 0.2;

export interface LevelNeeds {
  /** Agents that the work of the last minutes and that to come takes, with those that are out. */
  wanted: number;
  /** Whether it takes more than the pool has even if chance alone made the last minutes busy, or by plan. */
  isSure: boolean;
  /** Whether the pool can do no more, and work waits. */
  isExhausted: boolean;
  /** Agents that are enough for the most of the last minutes and what is to come; null where that is not known, or an incident is open. */
  enough: number | null;
  /** Agents that the work of the last minutes alone takes, with those that are out. */
  enoughNow: number;
}

export interface LevelDecision {
  desired: number;
  direction: 'out' | 'in';
  /** What was ordered for a surge is given back: the pool has no fewer than before it. */
  isReturn: boolean;
}

/**
 * Whether a pool is to have another number of agents. More at once and as many as it takes, twice what it has at most, where that is
 * sure or it can do no more; fewer in steps of a tenth, after a while in which that would have been enough. What was ordered for a surge is given back in one step:
 * the pool managed without it before.
 * @param settings of the pool: without `max` none are added, without `min` none are taken away
 * @returns null where it is to stay as it is
 */
export function decideLevel(
  level: PoolLevel,
  needs: LevelNeeds,
  { settings, history, nowMs }: { settings: PoolSettings; history: readonly ScaleStep[]; nowMs: EpochMs },
): LevelDecision | null {
  const { min, max } = settings;
  const inLastHour = history.filter(({ sinceMs }) => sinceMs !== null && nowMs - sinceMs < HOUR_MS).length;
  const { agents } = level;
  const wanted = Math.max(needs.wanted, min ?? 0);
  // The agent to spare is there to be used for a while.
  const isShort = needs.isExhausted ? wanted > agents : wanted - agents > 1;
  const aTenthMore = agents * (1 + TOLERANCE);
  const isBelowLeast = min !== undefined && agents < min;
  const isCalledFor = isShort && (needs.isExhausted || (needs.isSure && wanted > aTenthMore));
  if (max !== undefined && (isBelowLeast || isCalledFor)) {
    const isAllowed = needs.isExhausted
      ? inLastHour < MOST_AN_HOUR
      : inLastHour < MOST_AN_HOUR - 1 && !isFlapping(history, 'out', nowMs);
    // A pool that can do no more got too few the last time: what waits tells of it, and steps are few.
    const least = inLastHour === MOST_AN_HOUR - 1 ? agents * (1 + LAST_MORE) : aTenthMore;
    const called = needs.isExhausted ? Math.max(wanted, Math.ceil(least)) : wanted;
    const enough = isCalledFor ? called : (min ?? 0);
    const desired = Math.min(max, Math.max(1, Math.floor(agents * (1 + MOST_MORE))), enough);
    return isAllowed && desired > agents ? { desired, direction: 'out', isReturn: false } : null;
  }
  const { enough } = needs;
  if (min === undefined || enough === null || level.isSettling) return null;
  const least = Math.max(min, 1, enough);
  if (least >= agents * (1 - TOLERANCE) || isFlapping(history, 'in', nowMs)) return null;
  const set = history.filter(({ sinceMs, wasUndone }) => sinceMs !== null && !wasUndone);
  const before = levelBeforeSurge(set, agents, nowMs);
  const isReturn = before !== null && agents - before > 1;
  if (inLastHour >= (isReturn ? MOST_WITH_RETURN : MOST_IN_AN_HOUR)) return null;
  // In one step, once the surge has left the minutes that are looked at: each step is one of few.
  if (isReturn && least > before && enough > needs.enoughNow * (1 + SURGE_TAIL)) return null;
  const step = Math.max(1, Math.floor(agents * MOST_LESS));
  const desired = Math.max(least, isReturn ? Math.min(before, agents - step) : agents - step);
  return { desired, direction: 'in', isReturn: desired >= (before ?? Number.POSITIVE_INFINITY) };
}

/** Not so soon after the other direction, nor twice back and forth within half an hour. */
function isFlapping(history: readonly ScaleStep[], direction: 'out' | 'in', nowMs: EpochMs): boolean {
  const steps = history.filter(({ sinceMs, before }) => sinceMs !== null && before !== null);
  const [last] = steps;
  if (!last) return false;
  const ageMs = nowMs - last.issuedMs;
  const lastDirection = directionOf(last);
  if (direction === 'in' && ageMs < (lastDirection === 'out' ? AFTER_OUT_MS : AFTER_IN_MS)) return true;
  if (direction === lastDirection) return false;
  return steps.some((step, i) => {
    const earlier = steps[i + 1];
    return earlier && nowMs - step.issuedMs < REVERSAL_MS && directionOf(step) !== directionOf(earlier);
  });
}

function directionOf({ desired, before }: ScaleStep): 'out' | 'in' {
  return desired > (before ?? 0) ? 'out' : 'in';
}
