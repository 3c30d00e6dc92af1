import { type Priority, priorities } from '../model/event.ts';

/** What a `degrade` directive says about new tasks; neither: all are admitted. */
export interface Admission {
  /** Share of new tasks that are admitted, 0..1, the least important turned away first. */
  admitFraction?: number;
  /** Tasks of less importance than this are turned away. */
  shedBelow?: Priority;
}

/** How many new tasks of each priority come, in any unit: counts of the last minute or two, say. */
export type PriorityMix = Readonly<Partial<Record<Priority, number>>>;

/** From the least important to the most. */
const leastFirst = [...priorities].reverse();

/**
 * Admitted shares: of each priority the part of the new tasks to admit, 0..1. This is the reference for whoever applies a
 * `degrade` directive.
 *
 * Of at most one priority a part is admitted: of all that are less important none, of all that are more important every
 * task. So no task is turned away while a less important one is admitted. Critical tasks are always admitted, also where
 * they alone are more than the fraction.
 * @param mix where nothing is known of it (a sum of 0), a fraction below 1 turns the least important away alone
 * @throws RangeError when the fraction is outside 0..1, or something of the mix is below 0
 * @example admittedShares({ admitFraction: 0.7 }, { high: 50, normal: 40, low: 10 })
 *   // low 0, normal 0.5, high 1, critical 1: 70 of 100 are admitted
 */
export function admittedShares(
  { admitFraction = 1, shedBelow }: Admission,
  mix: PriorityMix,
): Readonly<Record<Priority, number>> {
  if (!(admitFraction >= 0 && admitFraction <= 1))
    throw new RangeError(`a fraction must be within 0..1; got ${admitFraction}`);
  const coming = (priority: Priority) => mix[priority] ?? 0;
  const total = priorities.reduce((sum, priority) => sum + coming(priority), 0);
  const shares = { critical: 1, high: 1, normal: 1, low: 1 };
  if (shedBelow !== undefined) {
    for (const priority of leastFirst.slice(0, leastFirst.indexOf(shedBelow))) shares[priority] = 0;
    return shares;
  }
  if (admitFraction === 1) return shares;
  if (total === 0) return { ...shares, low: admitFraction };
  let left = (1 - admitFraction) * total;
  for (const priority of leastFirst) {
    if (priority === 'critical' || left <= 0) break;
    const load = coming(priority);
    if (load < 0) throw new RangeError(`what comes must be 0 or more; got ${load} of ${priority}`);
    shares[priority] = load > left ? 1 - left / load : 0;
    left -= load;
  }
  return shares;
}

/**
 * Whether one task is admitted.
 * @param chance drawn for the task, uniform in [0, 1): the same task asked for again should have the same one
 */
export function isAdmitted(priority: Priority, shares: Readonly<Record<Priority, number>>, chance: number): boolean {
  return chance < shares[priority];
}
