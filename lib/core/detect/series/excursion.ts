import { LEAST_ALARMING } from './episode.ts';

/** Standard deviations that begin an excursion, and at which it is over. */
const BEGINS = 4;
const ENDS = 1.5;
/** An excursion speaks again when it goes so many times as far. */
const WORSE = 1.4;
/** Further than this is all the same; a series that never moved is infinitely far from itself as soon as it does. */
const FURTHEST = 1_000;

/**
 * Turns a distance from the mean of shortly before into faint alarms: one where an excursion begins, another when it goes much further. They say
 * that something stands out, not that it is unusual for the series, and so are always fainter than what begins an episode.
 */
export class Excursion {
  /** That was spoken of, in standard deviations; 0 while there is none. */
  #furthest: number;

  constructor(furthest = 0) {
    this.#furthest = furthest;
  }

  /**
   * The share of values that are nearer, by Chebyshev at least 1 − 1 / distance² whatever their distribution, of what begins an episode.
   * @param distance from the mean, in standard deviations, 0 or more
   * @returns decades, 1.4 to 1.5; 0 for what is near, or not much further than was spoken of
   */
  observe(distance: number): number {
    const far = Math.min(distance, FURTHEST);
    if (far < ENDS) this.#furthest = 0;
    if (far < BEGINS || far < WORSE * this.#furthest) return 0;
    this.#furthest = Math.round(far);
    return LEAST_ALARMING * (1 - 1 / far ** 2);
  }

  state(): number {
    return this.#furthest;
  }
}
