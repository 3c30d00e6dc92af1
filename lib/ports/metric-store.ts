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
   * @param points of one level. Minutes of one scope within the same ten (from a multiple of 10) are given together, and
   *   its hours within a UTC day, or the ones left out may be lost.
   * @param version the fence of the writer's lease, 1 or more; 0 of what was brought in from elsewhere
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
