import type { EpochMs } from '../../model/time.ts';

/** A stretch of a period, and how its mean is learned. */
export interface ProfileShape {
  periodMs: number;
  bins: number;
  /** Least weight of a new period in a bin's mean: 0.2 remembers about five periods. */
  leastWeight: number;
}

/** Mean value by the time of a repeating period, such as the hour of the day, in UTC. */
export class SeasonalProfile {
  readonly #shape: ProfileShape;
  /** NaN where nothing was seen yet. */
  readonly #means: Float32Array;

  /** @param means where the means are kept, one for each bin */
  constructor(shape: ProfileShape, means: Float32Array) {
    this.#shape = shape;
    this.#means = means;
  }

  /** @returns null where nothing was seen at this time of the period */
  expected(atMs: EpochMs): number | null {
    const mean = this.#means[this.#binOf(atMs)]!;
    return Number.isNaN(mean) ? null : mean;
  }

  /**
   * @param mostMoved a value counts as at most so far from its mean
   * @param stepMs time between points: several in a bin share one period's weight
   */
  learn(
    atMs: EpochMs,
    value: number,
    { sinceMs, stepMs, mostMoved }: { sinceMs: EpochMs; stepMs: number; mostMoved: number },
  ): void {
    const { periodMs, bins, leastWeight } = this.#shape;
    const bin = this.#binOf(atMs);
    const mean = this.#means[bin]!;
    if (Number.isNaN(mean)) {
      this.#means[bin] = value;
      return;
    }
    const periods = Math.floor(Math.max(0, atMs - sinceMs) / periodMs);
    const weight = Math.max(1 / (1 + periods), leastWeight) / Math.max(1, periodMs / bins / stepMs);
    this.#means[bin] = mean + weight * Math.max(-mostMoved, Math.min(mostMoved, value - mean));
  }

  #binOf(atMs: EpochMs): number {
    const { periodMs, bins } = this.#shape;
    const into = ((atMs % periodMs) + periodMs) % periodMs;
    return Math.min(bins - 1, Math.floor((into / periodMs) * bins));
  }
}
