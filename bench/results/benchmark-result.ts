import type { Figure } from './figure.ts';

/** What a benchmark ran on; nothing of it says where. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  /** Operating system and architecture, as Node names them. */
  platform: string;
  node: string;
  /** Processes that wanted to run in the minute before, on average: above 0.5 others had a part of the processors. */
  loadBefore: number;
}

/** One run of a benchmark: bench/results/NAME.json. */
export interface BenchmarkResult {
  benchmark: string;
  /** By name, with those that nobody gave; seeds among them. */
  arguments: Record<string, string>;
  /** UTC, YYYY-MM-DD. */
  date: string;
  /** Of the code that was measured, with `+` where it had been changed since; null outside of a repository. */
  commit: string | null;
  tookSeconds: number;
  /** Whether the benchmark says that all went well. */
  isMet: boolean;
  machine: Machine;
  figures: readonly Figure[];
}
