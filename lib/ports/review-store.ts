import type { ReviewHead, StoredReview } from '../core/review/stored-review.ts';

/** Weekly reviews, kept for two years. */
export interface ReviewStore {
  /** Newest first. */
  list(system: string): Promise<ReviewHead[]>;
  find(system: string, week: string): Promise<StoredReview | null>;
  /** In place of what is there of that week. */
  save(system: string, review: StoredReview): Promise<void>;
}
