import type { EpochMs } from '../model/time.ts';

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

/** What reviews are listed by. */
export type ReviewHead = Pick<StoredReview, 'week' | 'title' | 'madeAtMs'>;
