import { Level } from './level.ts';
import { MovingSpread } from './moving-spread.ts';
import { numbersText, readNumbers } from './numbers-text.ts';

/** How much a new value counts in each, 0..1. */
interface SpreadWeights {
  usually: number;
  lately: number;
  shortly: number;
}

/**
 * How spread the values of a series are usually, lately and shortly. Nothing is cut off: rare spikes belong to what is usual, and what was loud
 * a short while ago makes loud values less remarkable.
 */
export class Spreads {
  readonly #usually: Level;
  readonly #lately: MovingSpread;
  readonly #shortly: MovingSpread;

  private constructor([usualMean, deviation, lateMean, lateVariance, shortMean, shortVariance]: SixNumbers) {
    this.#usually = new Level({ mean: usualMean, deviation }, Number.POSITIVE_INFINITY);
    this.#lately = new MovingSpread({ mean: lateMean, variance: lateVariance });
    this.#shortly = new MovingSpread({ mean: shortMean, variance: shortVariance });
  }

  static from(first: number): Spreads {
    return new Spreads([first, 0, first, 0, first, 0]);
  }

  /** @throws RangeError when the text is not the state of another */
  static read(state: string): Spreads {
    return new Spreads([...readNumbers(state, new Float64Array(6))] as SixNumbers);
  }

  /** Standard deviation lately to the usual one; 1 while every value was the same. */
  get ratio(): number {
    const usual = this.#usually.standardDeviation;
    return usual > 0 ? this.#lately.standardDeviation / usual : 1;
  }

  /** How many standard deviations a value is from the mean of shortly before, 0 or more. */
  distance(value: number): number {
    return this.#shortly.distance(value);
  }

  learn(value: number, { usually, lately, shortly }: SpreadWeights): void {
    this.#usually.learn(value, usually);
    this.#lately.learn(value, lately);
    this.#shortly.learn(value, shortly);
  }

  state(): string {
    const usual = this.#usually.state();
    const late = this.#lately.state();
    const short = this.#shortly.state();
    return numbersText(
      Float64Array.of(usual.mean, usual.deviation, late.mean, late.variance, short.mean, short.variance),
    );
  }
}

type SixNumbers = [number, number, number, number, number, number];
