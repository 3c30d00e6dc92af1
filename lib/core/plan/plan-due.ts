import type { EpochMs } from '../model/time.ts';
import type { PlanBasis, PlanTrigger } from './fleet-plan.ts';

/** By more than this part of it usable capacity or load must have moved since the plan was made. */
const MOVED = 0.1;
/** A count of n is known to about its root: a load has moved where chance, at so many standard deviations, has not. */
const CHANCE = 2.5;
/** Between plans that are made out of turn. */
const LEAST_BETWEEN_MS = 5 * 60_000;

/**
 * Whether a plan should be made out of turn.
 * @param plan in force: when and for what it was made
 * @param now the same of the last minutes
 * @param minutes that `now` is the mean of
 */
export function planDue(
  plan: { madeAtMs: EpochMs; basis: PlanBasis },
  now: PlanBasis,
  { nowMs, minutes }: { nowMs: EpochMs; minutes: number },
): Exclude<PlanTrigger, 'hour'> | null {
  if (nowMs - plan.madeAtMs < LEAST_BETWEEN_MS) return null;
  const { slots, tasksPerMin } = plan.basis;
  if (slots !== null && now.slots !== null && Math.abs(now.slots - slots) > MOVED * Math.max(slots, now.slots)) {
    return 'capacity moved';
  }
  const moved = Math.abs(now.tasksPerMin - tasksPerMin);
  // Both counts are of as many minutes.
  const chance = CHANCE * Math.sqrt((now.tasksPerMin + tasksPerMin) / minutes);
  return moved > MOVED * Math.max(tasksPerMin, now.tasksPerMin) && moved > chance ? 'load moved' : null;
}
