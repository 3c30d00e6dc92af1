import type { EpochMs } from '../core/model/time.ts';

/** A review as it is kept: its data, and what people read. */
export interface StoredReview {
  /** ISO 8601: "2026-W12". */
  week: string;
  title: string;
  madeAtMs: EpochMs;
  markdown: string;
  html: string;
  /** Plain JSON: what both were written from. */
  review: unknown;
}

/** Weekly reviews, kept for two years. */
export interface ReviewStore {
  /** Newest first. */
  list(system: string): Promise<Pick<StoredReview, 'week' | 'title' | 'madeAtMs'>[]>;
  find(system: string, week: string): Promise<StoredReview | null>;
  /** In place of what is there of that week. */
  save(system: string, review: StoredReview): Promise<void>;
}
