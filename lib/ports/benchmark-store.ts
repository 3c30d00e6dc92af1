import type { BenchmarkReport } from '../core/benchmark/benchmark-report.ts';

/** The newest comparison of each scope with history, industry and peers. */
export interface BenchmarkStore {
  /** @returns null for a scope that was not compared, or not for a week */
  find(system: string, scope: string): Promise<BenchmarkReport | null>;
  /** Each in place of what is there of its scope. */
  save(system: string, reports: readonly BenchmarkReport[]): Promise<void>;
}
