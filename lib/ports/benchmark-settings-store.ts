import type { OwnEntry } from '../core/benchmark/industry/benchmark-entry.ts';
import type { BenchmarkSettings, DeclaredDomain } from '../core/benchmark/industry/benchmark-settings.ts';
import type { Competitor } from '../core/benchmark/industry/competitor.ts';

/** What people set to be compared with, of each system; of two changes of one thing the last one stays. */
export interface BenchmarkSettingsStore {
  read(system: string): Promise<BenchmarkSettings>;
  declare(system: string, declared: DeclaredDomain): Promise<void>;
  /** In place of the one of that name. */
  saveEntry(system: string, entry: OwnEntry): Promise<void>;
  /** Nothing happens where there is none. */
  deleteEntry(system: string, name: string): Promise<void>;
  /** In place of the one of that name. */
  saveCompetitor(system: string, competitor: Competitor): Promise<void>;
  /** Nothing happens where there is none. */
  deleteCompetitor(system: string, name: string): Promise<void>;
}
