import type { EpochMs } from '../../model/time.ts';
import { forgottenShare } from './forgetting.ts';
import { type ProfileShape, SeasonalProfile } from './seasonal-profile.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Half hours of the day remember about five days, hours of the week about three weeks. */
const DAY: ProfileShape = { periodMs: DAY_MS, bins: 48, leastWeight: 0.2 };
const WEEK: ProfileShape = { periodMs: 7 * DAY_MS, bins: 168, leastWeight: 0.3 };

export const PROFILE_BINS = DAY.bins + WEEK.bins;

/** A predictor proves itself over about three days. */
const ERROR_MEMORY_MS = 3 * DAY_MS;
/** An error counts as at most this, on the relative scale. */
const MOST_ERROR = 3;
/** A value counts as at most so many magnitudes of the series away when a profile learns. */
const MOST_MOVED = 7.5;

export const predictorNames = ['level', 'hour of day', 'hour of week'] as const;

export type PredictorName = (typeof predictorNames)[number];

export interface Prediction {
  value: number;
  /** Mean absolute error of late, on the relative scale; null before the first. */
  error: number | null;
  name: PredictorName;
}

/** Mean absolute errors of the predictors in order; null before the first. */
export type PredictorErrors = [number | null, number | null, number | null];

/** Expects the slow level, what is usual at this time of day, or of the week: whichever was least wrong of late. */
export class BestPredictor {
  readonly #day: SeasonalProfile;
  readonly #week: SeasonalProfile;
  readonly #errors: PredictorErrors;

  /** @param means where the profiles are kept */
  constructor(means: Float32Array, errors: PredictorErrors = [null, null, null]) {
    this.#day = new SeasonalProfile(DAY, means.subarray(0, DAY.bins));
    this.#week = new SeasonalProfile(WEEK, means.subarray(DAY.bins));
    this.#errors = [...errors];
  }

  predict(atMs: EpochMs, level: number): Prediction {
    let best = 0;
    const values = this.#values(atMs, level);
    for (let i = 1; i < values.length; i++) {
      const error = this.#errors[i] ?? null;
      const least = this.#errors[best] ?? null;
      if (values[i] !== null && error !== null && least !== null && error < least) best = i;
    }
    return { value: values[best] ?? level, error: this.#errors[best] ?? null, name: predictorNames[best]! };
  }

  /**
   * @param difference between two values on the relative scale
   * @param elapsedMs since the point before
   */
  learn(
    atMs: EpochMs,
    value: number,
    how: {
      level: number;
      magnitude: number;
      difference: (value: number, other: number) => number;
      sinceMs: EpochMs;
      stepMs: number;
      elapsedMs: number;
    },
  ): void {
    const weight = forgottenShare(how.elapsedMs, ERROR_MEMORY_MS);
    for (const [i, expected] of this.#values(atMs, how.level).entries()) {
      if (expected === null) continue;
      const error = Math.min(MOST_ERROR, Math.abs(how.difference(value, expected)));
      const before = this.#errors[i] ?? null;
      this.#errors[i] = before === null ? error : before + weight * (error - before);
    }
    const profile = { sinceMs: how.sinceMs, stepMs: how.stepMs, mostMoved: MOST_MOVED * how.magnitude };
    this.#day.learn(atMs, value, profile);
    this.#week.learn(atMs, value, profile);
  }

  state(): PredictorErrors {
    return [...this.#errors];
  }

  #values(atMs: EpochMs, level: number): readonly (number | null)[] {
    return [level, this.#day.expected(atMs), this.#week.expected(atMs)];
  }
}
