import type { EpochMs } from '../../model/time.ts';

/** Half of a shift of two standard deviations, for which the sums are quickest; less would be off half of the time. */
const ALLOWED = 1;
/** One point counts for at most so many standard deviations. */
const MOST = 4;
/** A sum grows no further than this, so that it is over soon after the shift is. */
const HIGHEST = 50;

interface Sum {
  sum: number;
  /** When the sum last left 0. */
  sinceMs: EpochMs;
}

export interface OnsetState {
  up: Sum;
  down: Sum;
}

/**
 * Since when a series has been off, by two cumulative sums of its standardized deviations: the change is estimated to have begun when
 * the sum last left 0, however much later it was detected.
 * @see Page, "Continuous inspection schemes", Biometrika 1954
 */
export class ChangeOnset {
  readonly #up: Sum;
  readonly #down: Sum;

  constructor({ up, down }: OnsetState = { up: { sum: 0, sinceMs: 0 }, down: { sum: 0, sinceMs: 0 } }) {
    this.#up = { ...up };
    this.#down = { ...down };
  }

  /** @param z deviation from what was expected, in standard deviations */
  observe(atMs: EpochMs, z: number): void {
    const limited = Math.max(-MOST, Math.min(MOST, z));
    add(this.#up, limited, atMs);
    add(this.#down, -limited, atMs);
  }

  /** @returns null while neither sum is above 0 */
  estimate(): { onsetMs: EpochMs; direction: 'up' | 'down' } | null {
    const isUp = this.#up.sum >= this.#down.sum;
    const { sum, sinceMs } = isUp ? this.#up : this.#down;
    return sum > 0 ? { onsetMs: sinceMs, direction: isUp ? 'up' : 'down' } : null;
  }

  state(): OnsetState {
    return { up: { ...this.#up }, down: { ...this.#down } };
  }
}

function add(side: Sum, z: number, atMs: EpochMs): void {
  const before = side.sum;
  side.sum = Math.min(HIGHEST, Math.max(0, before + z - ALLOWED));
  if (before === 0 && side.sum > 0) side.sinceMs = atMs;
}
