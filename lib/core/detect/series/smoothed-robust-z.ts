import type { EpochMs } from '../../model/time.ts';
import type { Reading, SeriesDetector } from './detector.ts';

/** Points over which centre and spread forget: a few hours of minutes. */
const MEMORY_POINTS = 200;
/** Deviations count for at most this many spreads when centre and spread learn: an outlier cannot move them much. */
const WINSOR = 3;
/** Share of the smoothed deviation that stays from one point to the next. */
const KEPT = 0.7;
/** A single deviation counts for at most this many spreads: one value cannot hold the score up for long. */
const MOST = 20;
/** Smoothed deviations, in spreads, that begin and end an episode. */
const BEGINS = 3;
const ENDS = 1.5;
/** Points before anything is said. */
const WARM_UP_POINTS = 30;
/** Mean absolute deviation of a normal distribution to its standard deviation, √(π/2). */
const NORMAL = 1.2533141373155;

/**
 * Robust z-score of a value, smoothed over the last few: its distance from a winsorised exponentially weighted mean, in winsorised
 * mean absolute deviations. Multiplying the values by a constant changes no score. Knows no time of day.
 * Time O(1) a point, memory seven values.
 */
export class SmoothedRobustZ implements SeriesDetector {
  #n = 0;
  #centre = 0;
  /** Mean absolute deviation. */
  #spread = 0;
  #smoothed = 0;
  #signed = 0;
  #isOpen = false;
  #onsetMs: EpochMs | null = null;

  /** @throws RangeError when time or value is not a finite number */
  observe(atMs: EpochMs, value: number): Reading {
    if (!Number.isFinite(value)) throw new RangeError(`value must be a finite number; got ${value}`);
    if (!Number.isFinite(atMs)) throw new RangeError(`time must be a finite number; got ${atMs}`);
    if (this.#n === 0) this.#centre = value;
    const known = this.#n >= WARM_UP_POINTS && this.#spread > 0;
    const [centre, spread] = [this.#centre, this.#spread * NORMAL];
    const z = known ? (value - centre) / spread : 0;
    this.#smooth(z, atMs);
    this.#learn(value);
    const begins = !this.#isOpen && this.#smoothed >= BEGINS;
    this.#isOpen = this.#smoothed >= (this.#isOpen ? ENDS : BEGINS);
    const score = this.#smoothed / (this.#smoothed + BEGINS);
    return {
      score,
      alarm: begins ? Math.max(score, Math.abs(z) / (Math.abs(z) + BEGINS)) : 0,
      expected: known ? centre : null,
      low: known ? centre - WINSOR * spread : null,
      high: known ? centre + WINSOR * spread : null,
      view: this.#onsetMs === null ? null : 'level',
      onsetMs: this.#onsetMs,
      direction: this.#onsetMs === null ? null : this.#signed < 0 ? 'down' : 'up',
    };
  }

  state(): unknown {
    return {
      n: this.#n,
      centre: this.#centre,
      spread: this.#spread,
      smoothed: this.#smoothed,
      signed: this.#signed,
      isOpen: this.#isOpen,
      onsetMs: this.#onsetMs,
    };
  }

  #smooth(z: number, atMs: EpochMs): void {
    const limited = Math.max(-MOST, Math.min(MOST, z));
    this.#smoothed = KEPT * this.#smoothed + (1 - KEPT) * Math.abs(limited);
    this.#signed = KEPT * this.#signed + (1 - KEPT) * limited;
    // Everything ordinary stays well below ENDS, so what is suspected began when it was last reached.
    if (this.#smoothed < ENDS) this.#onsetMs = null;
    else this.#onsetMs ??= atMs;
  }

  #learn(value: number): void {
    this.#n += 1;
    const weight = Math.max(1 / this.#n, 1 / MEMORY_POINTS);
    const limit = this.#n > WARM_UP_POINTS && this.#spread > 0 ? WINSOR * NORMAL * this.#spread : Number.MAX_VALUE;
    const deviation = Math.max(-limit, Math.min(limit, value - this.#centre));
    this.#centre += weight * deviation;
    this.#spread += weight * (Math.abs(deviation) - this.#spread);
  }
}
