import { binLogUs } from '../kpi/latency-sketch.ts';
import type { TaskRollup } from '../kpi/task-rollup.ts';
import { addGroups, type DecayedMoments, noMoments } from './decayed-moments.ts';

/** What one agent did of one task type, older work counting less. */
export interface AgentWork {
  /** Tasks that completed, of those that completed, failed or timed out. */
  success: DecayedMoments;
  /** Natural logarithms of service times in microseconds, and the service times themselves. */
  logService: DecayedMoments;
  serviceUs: number;
  /** Grades, 0..1. */
  quality: DecayedMoments;
  /** US dollars a task; a sum of 0 means that nobody told. */
  cost: DecayedMoments;
}

export function noWork(): AgentWork {
  return {
    success: noMoments(),
    logService: noMoments(),
    serviceUs: 0,
    quality: noMoments(),
    cost: noMoments(),
  };
}

/**
 * What work of an age counts: half after each half-life.
 * @param halfLifeMinutes above 0; infinite forgets nothing
 * @throws RangeError when it is not above 0
 * @example weightAtAge(2_880, 1_440) // 0.25: two days, each half-life one
 */
export function weightAtAge(ageMinutes: number, halfLifeMinutes: number): number {
  if (!(halfLifeMinutes > 0)) throw new RangeError(`a half-life must be above 0; got ${halfLifeMinutes}`);
  return 2 ** (-Math.max(0, ageMinutes) / halfLifeMinutes);
}

/**
 * Adds a rollup of any length (a minute, an hour) in place. Rejected tasks say nothing of the agent: it did not do them. Grades
 * and costs are told as sums; how much single tasks vary shows from rollup to rollup, so short rollups say more than long ones.
 * @param weight 0..1, see {@link weightAtAge}
 */
export function addRollup(
  to: AgentWork,
  { counters, service }: Pick<TaskRollup, 'counters' | 'service'>,
  weight = 1,
): void {
  const { completed, failed, timeout, cancelled } = counters;
  addGroups(to.success, { n: completed + failed + timeout, sum: completed }, weight);
  for (const [bin, count] of service.bins) addGroups(to.logService, { n: 1, sum: binLogUs(bin) }, weight, count);
  to.serviceUs += weight * counters.serviceUs;
  addGroups(to.quality, { n: counters.qualityCount, sum: counters.qualityPpm / 1e6 }, weight);
  addGroups(to.cost, { n: completed + failed + timeout + cancelled, sum: counters.costNanoUsd / 1e9 }, weight);
}
