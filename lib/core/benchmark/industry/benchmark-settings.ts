import type { EpochMs } from '../../model/time.ts';
import type { IndustryDomain, OwnEntry } from './benchmark-entry.ts';
import type { Competitor } from './competitor.ts';

/** What a system said of itself to be compared with others. */
export interface DeclaredDomain {
  /** null where it was taken back. */
  domain: IndustryDomain | null;
  updatedAtMs: EpochMs;
  updatedBy: string;
}

/** What people set to be compared with, of one system. */
export interface BenchmarkSettings {
  /** null while nobody declared anything. */
  declared: DeclaredDomain | null;
  /** In the order of their names. */
  entries: readonly OwnEntry[];
  competitors: readonly Competitor[];
}

export const MOST_OWN_ENTRIES = 200;
export const MOST_COMPETITORS = 20;
export const MOST_COMPETITOR_FIGURES = 50;
