import type { EpochMs } from '../../model/time.ts';

/** Peaks that are remembered, the largest: at two stretches a day, at least twelve days of them. */
const REMEMBERED_PEAKS = 24;
/** And the peak of the stretch under way. */
export const NUMBERS_A_VIEW = REMEMBERED_PEAKS + 1;
/** Fewer peaks than this say nothing yet. */
const LEAST_PEAKS = 3;
/** A deviation beats a peak only by more than 10 %: what nobody could tell apart counts as equal. */
const DISCERNIBLE = 0.9;
/** Decades that being beyond every peak can add: the tail is a guess, and one view must not decide alone. */
const MOST_BEYOND = 2;
/** Least spread of the peaks' logarithms: of peaks that are all alike, one 26 % larger is one decade less likely. */
const LEAST_TAIL = 0.1;
/** Stretches that are remembered in full, a quarter of a year at two a day; after that, peaks fade by 0.2 % a stretch, to half in half a year. */
const FULL_MEMORY_STRETCHES = 180;
const FADING = 0.998;

export interface StretchState {
  /** Stretches whose peaks were counted. */
  stretches: number;
  /** When the stretch under way began; null before the first. */
  sinceMs: EpochMs | null;
}

/**
 * How surprising deviations are among the largest that the same series has shown before, one for each stretch of time, in several views
 * apart. Needs no distribution and no scale: a series that jumps every day is not surprised by a jump.
 */
export class RankCalibration {
  /** For each view its peaks in descending order, as many as there were stretches, and then the peak of the stretch under way. */
  readonly #memory: Float32Array;
  #stretches: number;
  #sinceMs: EpochMs | null;

  /** @param memory where peaks are kept, `NUMBERS_A_VIEW` for each view; zeros at first */
  constructor(memory: Float32Array, { stretches, sinceMs }: StretchState = { stretches: 0, sinceMs: null }) {
    this.#memory = memory;
    this.#stretches = stretches;
    this.#sinceMs = sinceMs;
  }

  /**
   * −log10 of the share of remembered peaks that are as large, and where none is, also of the probability of going so far beyond
   * the largest under a Pareto tail, with the peaks' mean log excess (Hill's estimator) as its shape.
   * @param view index
   * @param deviation 0 or more
   * @returns decades, 0 for what is ordinary; at most log10(25) + 2
   * @see Hill, "A simple general approach to inference about the tail of a distribution", Annals of Statistics 1975
   */
  surprise(view: number, deviation: number): number {
    const count = this.#count;
    if (count < LEAST_PEAKS || !(deviation > 0)) return 0;
    const begin = view * NUMBERS_A_VIEW;
    const discerned = DISCERNIBLE * deviation;
    let larger = 0;
    while (larger < count && this.#memory[begin + larger]! >= discerned) larger += 1;
    if (larger === count) return 0;
    const byRank = Math.log10((count + 1) / (larger + 1));
    return larger > 0 ? byRank : byRank + this.#beyond(begin, discerned);
  }

  /** Adds deviations, one for each view, to the stretch under way, and its peaks to the others when it is over. */
  learn(atMs: EpochMs, deviations: ArrayLike<number>, stretchMs: number): void {
    const isOver = this.#sinceMs === null || atMs - this.#sinceMs >= stretchMs;
    if (isOver && this.#sinceMs !== null) this.#remember();
    if (isOver) this.#sinceMs = atMs;
    for (let view = 0; view < deviations.length; view++) {
      const current = view * NUMBERS_A_VIEW + REMEMBERED_PEAKS;
      if (isOver || deviations[view]! > this.#memory[current]!) this.#memory[current] = deviations[view]!;
    }
  }

  state(): StretchState {
    return { stretches: this.#stretches, sinceMs: this.#sinceMs };
  }

  get #count(): number {
    return Math.min(this.#stretches, REMEMBERED_PEAKS);
  }

  #beyond(begin: number, deviation: number): number {
    const count = this.#count;
    const largest = this.#memory[begin]!;
    const smallest = this.#memory[begin + count - 1]!;
    if (largest === 0) return MOST_BEYOND;
    let tail = 1;
    // One peak is added that lies a factor e above the smallest, so that few peaks do not make a tail too thin.
    if (smallest > 0) {
      let excess = 1;
      for (let i = 0; i < count; i++) excess += Math.log(this.#memory[begin + i]! / smallest);
      tail = Math.max(LEAST_TAIL, excess / (count + 1));
    }
    return Math.min(MOST_BEYOND, (Math.LOG10E * Math.log(deviation / largest)) / tail);
  }

  #remember(): void {
    const memory = this.#memory;
    const isFull = this.#stretches >= REMEMBERED_PEAKS;
    const fades = this.#stretches >= FULL_MEMORY_STRETCHES;
    for (let begin = 0; begin < memory.length; begin += NUMBERS_A_VIEW) {
      if (fades) for (let i = 0; i < REMEMBERED_PEAKS; i++) memory[begin + i]! *= FADING;
      const peak = memory[begin + REMEMBERED_PEAKS]!;
      let at = isFull ? REMEMBERED_PEAKS - 1 : this.#stretches;
      if (isFull && peak <= memory[begin + at]!) continue;
      for (; at > 0 && memory[begin + at - 1]! < peak; at--) memory[begin + at] = memory[begin + at - 1]!;
      memory[begin + at] = peak;
    }
    this.#stretches += 1;
  }
}
