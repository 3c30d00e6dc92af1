import type { EpochMs } from '../core/model/time.ts';

/** Places for requests that wait: there are only so many, whichever function instance they wait in. */
export interface PollSlots {
  /**
   * Takes a place until `untilMs`, when it falls free by itself.
   * @returns what to release it with, or null when all are taken
   */
  take(owner: string, nowMs: EpochMs, untilMs: EpochMs): Promise<{ slot: number } | null>;
  release(owner: string, taken: { slot: number }): Promise<void>;
}
