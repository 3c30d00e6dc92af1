import type { Reading, SeriesDetector } from '../../../lib/core/detect/series/detector.ts';
import { plainReading } from './plain-reading.ts';

/** Looks at no value: wakes someone at every share of a series, whose length it must be told. What chance is worth. */
export class Clock implements SeriesDetector {
  readonly #every: number;
  #n = 0;

  constructor(length: number, share: number) {
    this.#every = Math.max(1, Math.round(share * length));
  }

  observe(): Reading {
    this.#n += 1;
    return plainReading(this.#n % this.#every === 0 ? 1 : 0);
  }

  state(): unknown {
    return { n: this.#n };
  }
}
