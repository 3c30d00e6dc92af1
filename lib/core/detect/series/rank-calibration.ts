import type { EpochMs } from '../../model/time.ts';

/** Peaks that are remembered, the largest: at two stretches a day, at least twelve days of them. */
export const REMEMBERED_PEAKS = 24;
/** Fewer peaks than this say nothing yet. */
const LEAST_PEAKS = 3;
/** A deviation beats a peak only by more than 10 %: what nobody could tell apart counts as equal. */
const DISCERNIBLE = 0.9;
/** Decades that being beyond every peak can add: the tail is a guess, and one view must not decide alone. */
const MOST_BEYOND = 2;
/** Least spread of the peaks' logarithms: of peaks that are all alike, one 26 % larger is one decade less likely. */
const LEAST_TAIL = 0.1;
/** Stretches that are remembered in full, a quarter of a year at two a day; after that, peaks fade by half a percent a stretch. */
const FULL_MEMORY_STRETCHES = 180;
const FADING = 0.995;

export interface PeakState {
  /** Stretches whose peak was counted. */
  stretches: number;
  /** The largest deviation of the stretch that is under way, and when that began; null before the first. */
  current: number;
  sinceMs: EpochMs | null;
}

/**
 * How surprising a deviation is among the largest that the same series has shown before, one for each stretch of time. Needs no
 * distribution and no scale: a series that jumps every day is not surprised by a jump.
 */
export class RankCalibration {
  /** In descending order; the first `#count` are peaks. */
  readonly #peaks: Float32Array;
  #stretches: number;
  #current: number;
  #sinceMs: EpochMs | null;

  /** @param peaks where the peaks are kept, as many as are remembered */
  constructor(
    peaks: Float32Array,
    { stretches, current, sinceMs }: PeakState = { stretches: 0, current: 0, sinceMs: null },
  ) {
    this.#peaks = peaks;
    this.#stretches = stretches;
    this.#current = current;
    this.#sinceMs = sinceMs;
  }

  /**
   * −log10 of the share of remembered peaks that are as large, and where none is, also of the probability of going so far beyond
   * the largest under a Pareto tail, with the peaks' mean log excess (Hill's estimator) as its shape.
   * @param deviation 0 or more
   * @returns decades, 0 for what is ordinary; at most log10(25) + 2
   * @see Hill, "A simple general approach to inference about the tail of a distribution", Annals of Statistics 1975
   */
  surprise(deviation: number): number {
    const count = this.#count;
    if (count < LEAST_PEAKS || !(deviation > 0)) return 0;
    const peaks = this.#peaks;
    const discerned = DISCERNIBLE * deviation;
    let larger = 0;
    while (larger < count && peaks[larger]! >= discerned) larger += 1;
    if (larger === count) return 0;
    const byRank = Math.log10((count + 1) / (larger + 1));
    return larger > 0 ? byRank : byRank + this.#beyond(discerned);
  }

  /** Adds a deviation to its stretch, and the stretch to the peaks when it is over. */
  learn(atMs: EpochMs, deviation: number, stretchMs: number): void {
    if (this.#sinceMs !== null && atMs - this.#sinceMs < stretchMs) {
      if (deviation > this.#current) this.#current = Math.fround(deviation);
      return;
    }
    if (this.#sinceMs !== null) this.#remember(this.#current);
    this.#sinceMs = atMs;
    this.#current = Math.fround(deviation);
  }

  state(): PeakState {
    return { stretches: this.#stretches, current: this.#current, sinceMs: this.#sinceMs };
  }

  get #count(): number {
    return Math.min(this.#stretches, this.#peaks.length);
  }

  #beyond(deviation: number): number {
    const count = this.#count;
    const largest = this.#peaks[0]!;
    const smallest = this.#peaks[count - 1]!;
    if (largest === 0) return MOST_BEYOND;
    let tail = 1;
    // One peak is added that lies a factor e above the smallest, so that few peaks do not make a tail too thin.
    if (smallest > 0) {
      let excess = 1;
      for (let i = 0; i < count; i++) excess += Math.log(this.#peaks[i]! / smallest);
      tail = Math.max(LEAST_TAIL, excess / (count + 1));
    }
    return Math.min(MOST_BEYOND, (Math.LOG10E * Math.log(deviation / largest)) / tail);
  }

  #remember(peak: number): void {
    const peaks = this.#peaks;
    if (this.#stretches >= FULL_MEMORY_STRETCHES) for (let i = 0; i < peaks.length; i++) peaks[i]! *= FADING;
    let at = this.#count;
    this.#stretches += 1;
    if (at === peaks.length && peak <= peaks[at - 1]!) return;
    at = Math.min(at, peaks.length - 1);
    while (at > 0 && peaks[at - 1]! < peak) {
      peaks[at] = peaks[at - 1]!;
      at -= 1;
    }
    peaks[at] = peak;
  }
}
