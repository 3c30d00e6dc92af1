import type { HistoryLevel, HistoryPoint, HistoryScope } from '../core/kpi/history-point.ts';
import type { Minute } from '../core/model/time.ts';

/**
 * History of every subject at three levels, beyond the hot minutes that the minute job works on. What is written is read
 * back exactly: every counter, sketch, heartbeat and custom metric.
 */
export interface MetricStore {
  /**
   * Writes points, each in place of what is stored for its scope, level and time. Writing the same again changes nothing.
   * A point that was written with a higher version stays; nobody is told, because whoever wrote it knew more.
   * @param points of one level; of minutes all within one ten minutes (from a multiple of 10), of hours within one UTC
   *   day, of days any. Points of one scope within that time are given together, or the ones left out may be lost.
   * @param version 1 or more; the fence of the writer's lease
   * @throws Error when the store refuses or cannot be reached; some points may have been written, and writing all again
   *   repairs it
   */
  write(system: string, level: HistoryLevel, points: readonly HistoryPoint[], version: number): Promise<void>;

  /**
   * @returns the points of one scope whose step starts in [from, to), oldest first; steps without a point are absent, and
   *   so is what is older than its level is kept
   */
  read(system: string, scope: HistoryScope, level: HistoryLevel, from: Minute, to: Minute): Promise<HistoryPoint[]>;
}
