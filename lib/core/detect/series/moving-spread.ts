interface MovingSpreadState {
  mean: number;
  variance: number;
}

/**
 * Mean and standard deviation of a series of late, both exponentially weighted, with nothing cut off: what was loud a short while ago makes
 * loud things less remarkable.
 * @see Finch, "Incremental calculation of weighted mean and variance", University of Cambridge 2009, chapter 9
 */
export class MovingSpread {
  #mean: number;
  #variance: number;

  constructor({ mean, variance }: MovingSpreadState) {
    this.#mean = mean;
    this.#variance = variance;
  }

  get standardDeviation(): number {
    return Math.sqrt(this.#variance);
  }

  /** How many standard deviations a value is from the mean, 0 or more; infinity where all were the same but this one. */
  distance(value: number): number {
    const away = Math.abs(value - this.#mean);
    return away === 0 ? 0 : away / this.standardDeviation;
  }

  /** @param weight of the value, 0..1 */
  learn(value: number, weight: number): void {
    const away = value - this.#mean;
    this.#mean += weight * away;
    this.#variance = (1 - weight) * (this.#variance + weight * away * away);
  }

  state(): MovingSpreadState {
    return { mean: this.#mean, variance: this.#variance };
  }
}
