/** A value counts as at most so many standard deviations away when the level learns: an outlier cannot move it much. */
const WINSOR = 3;
/** Mean absolute deviation of a normal distribution to its standard deviation, √(π/2). */
const NORMAL = 1.2533141373155;

export interface LevelState {
  mean: number;
  /** Mean absolute deviation. */
  deviation: number;
}

/** Slow mean of a series and how far values usually are from it, both winsorised unless told otherwise. */
export class Level {
  #mean: number;
  #deviation: number;
  readonly #winsor: number;

  /** @param winsor standard deviations that a value counts as at most; infinity when nothing is cut off */
  constructor({ mean, deviation }: LevelState, winsor = WINSOR) {
    this.#mean = mean;
    this.#deviation = deviation;
    this.#winsor = winsor;
  }

  get mean(): number {
    return this.#mean;
  }

  /** 0 while every value was the same. */
  get standardDeviation(): number {
    return NORMAL * this.#deviation;
  }

  /** @param weight of the value, 0..1 */
  learn(value: number, weight: number): void {
    const limit = this.#deviation > 0 ? this.#winsor * this.standardDeviation : Number.POSITIVE_INFINITY;
    const away = Math.max(-limit, Math.min(limit, value - this.#mean));
    this.#mean += weight * away;
    this.#deviation += weight * (Math.abs(away) - this.#deviation);
  }

  state(): LevelState {
    return { mean: this.#mean, deviation: this.#deviation };
  }
}
