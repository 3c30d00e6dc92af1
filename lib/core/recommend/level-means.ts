import { normalHazard } from '../detect/normal-hazard.ts';
import type { TaskAtWork } from './tasks-at-work.ts';

/** Logarithms of the times of tasks that began with so many at work, beside what their agents usually take for their types. */
export interface LevelMean {
  level: number;
  /** Tasks, 1 or more. */
  n: number;
  mean: number;
}

const ROUNDS = 15;

/**
 * Two-way means of log times: what an agent usually takes for a type, and what the number at work adds, each of what the other leaves, in
 * turn until they stay. So agents that are slow, and have more at work for it, do not hide what the number at work adds. A task that
 * was given up at its limit took longer than that: it counts with what it is expected to have taken (Tobit, by EM), since leaving
 * the long ones out makes crowded levels look short.
 * @param tasks completed ones, and those that timed out at work
 * @returns the means, in no order, and the variance of single tasks about them
 * @see Tobin: Estimation of Relationships for Limited Dependent Variables, Econometrica 26, 1958
 */
export function levelMeans(tasks: readonly TaskAtWork[]): { means: LevelMean[]; variance: number } {
  const logs = tasks.map(({ task }) => Math.log(task.endUs - task.startUs));
  const keys = tasks.map(({ task: { event } }) => `${event.agent}\n${event.taskType}`);
  const levels = tasks.map(({ atWork }) => atWork);
  const values = [...logs];
  let usual = new Map<string, number>();
  let added = new Map<number, number>();
  let variance = 0;
  for (let round = 0; round < ROUNDS; round++) {
    usual = meansBy(keys, (i) => (values[i] as number) - (added.get(levels[i] as number) ?? 0));
    added = meansBy(levels, (i) => (values[i] as number) - (usual.get(keys[i] as string) ?? 0));
    const deviation = Math.sqrt(variance);
    let squares = 0;
    for (const [i, { task }] of tasks.entries()) {
      const expected = (usual.get(keys[i] as string) ?? 0) + (added.get(levels[i] as number) ?? 0);
      if (task.event.status === 'timeout' && deviation > 0) {
        const above = ((logs[i] as number) - expected) / deviation;
        const hazard = normalHazard(above);
        values[i] = expected + deviation * hazard;
        squares += variance * (1 + above * hazard);
      } else squares += ((values[i] as number) - expected) ** 2;
    }
    variance = squares / Math.max(1, tasks.length - usual.size - added.size);
  }
  const counts = new Map([...Map.groupBy(levels, (level) => level)].map(([level, its]) => [level, its.length]));
  return { means: [...added].map(([level, mean]) => ({ level, n: counts.get(level) ?? 0, mean })), variance };
}

function meansBy<Key>(keys: readonly Key[], valueAt: (i: number) => number): Map<Key, number> {
  const sums = new Map<Key, { sum: number; n: number }>();
  for (const [i, key] of keys.entries()) {
    const its = sums.get(key) ?? { sum: 0, n: 0 };
    sums.set(key, its);
    its.sum += valueAt(i);
    its.n += 1;
  }
  return new Map([...sums].map(([key, { sum, n }]) => [key, sum / n]));
}
