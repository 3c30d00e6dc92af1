import type { AdviceRecord } from '../core/recommend/lifecycle.ts';
import type { OpenRecommendation } from '../core/recommend/open-recommendation.ts';

/** A record as it is stored: each change has the revision after that of the one before, 1 is the first. */
export interface StoredAdvice {
  revision: number;
  record: AdviceRecord;
}

/** What was recommended to each system, and what became of it: changed by the hourly job and by people. */
export interface RecommendationStore {
  /** In the order of their ids. What has not been looked at for 90 days may be missing. */
  list(system: string): Promise<StoredAdvice[]>;
  /** What is proposed, in the order of ids: one read of what is needed to tell of it. */
  open(system: string): Promise<OpenRecommendation[]>;
  /** @param id of the recommendation */
  find(system: string, id: string): Promise<StoredAdvice | null>;
  /** @returns false when somebody else saved since the revision before was read; then nothing is written */
  save(system: string, advice: StoredAdvice): Promise<boolean>;
}
