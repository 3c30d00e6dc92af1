import type { BenchmarkReport } from '../core/benchmark/benchmark-report.ts';
import type { EpochMs } from '../core/model/time.ts';

/** How each scope compared with history, industry and peers, day by day; kept for 100 days. */
export interface BenchmarkStore {
  /**
   * The newest of those whose window ends by a moment.
   * @returns null for a scope that was not compared by then
   */
  find(system: string, scope: string, atMs: EpochMs): Promise<BenchmarkReport | null>;
  /** Each in place of what is there of its scope and the end of its window. */
  save(system: string, reports: readonly BenchmarkReport[]): Promise<void>;
}
