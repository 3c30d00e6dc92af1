import type { LatencySketch } from './latency-sketch.ts';

/** Latency sketches side by side, which are never changed. An entry is a bin and a count in it; a bin may have several. */
export interface SketchRows {
  /** By row: values of 0 µs; null where no row has any. */
  zeros: Float64Array | null;
  /** By row: where its entries end; they begin where those of the row before do. */
  ends: Int32Array;
  bins: Int16Array;
  counts: Uint16Array;
}

/** A larger count is several entries, so that all have the same small type. */
const MOST_OF_ENTRY = 65_535;

export class SketchRowsBuilder {
  readonly #ends: number[] = [];
  readonly #zeros: number[] = [];
  #bins = new Int16Array(1_024);
  #counts = new Uint16Array(1_024);
  #size = 0;

  /** Adds an entry to the row that is ended next. */
  entry(bin: number, count: number): void {
    let rest = count;
    for (; rest > MOST_OF_ENTRY; rest -= MOST_OF_ENTRY) this.#push(bin, MOST_OF_ENTRY);
    this.#push(bin, rest);
  }

  endRow(zeros: number): void {
    this.#ends.push(this.#size);
    this.#zeros.push(zeros);
  }

  finish(): SketchRows {
    return {
      zeros: this.#zeros.some((count) => count > 0) ? Float64Array.from(this.#zeros) : null,
      ends: Int32Array.from(this.#ends),
      bins: this.#bins.slice(0, this.#size),
      counts: this.#counts.slice(0, this.#size),
    };
  }

  #push(bin: number, count: number): void {
    if (this.#size === this.#bins.length) {
      const [bins, counts] = [new Int16Array(this.#size * 2), new Uint16Array(this.#size * 2)];
      bins.set(this.#bins);
      counts.set(this.#counts);
      this.#bins = bins;
      this.#counts = counts;
    }
    this.#bins[this.#size] = bin;
    this.#counts[this.#size] = count;
    this.#size += 1;
  }
}

export function sketchRowsOf(sketches: Iterable<LatencySketch>): SketchRows {
  const rows = new SketchRowsBuilder();
  for (const { zeros, bins } of sketches) {
    for (const [bin, count] of bins) rows.entry(bin, count);
    rows.endRow(zeros);
  }
  return rows.finish();
}

/** One row as a sketch of its own. */
export function sketchOfRow({ zeros, ends, bins, counts }: SketchRows, row: number): LatencySketch {
  const own = new Map<number, number>();
  for (let i = row === 0 ? 0 : (ends[row - 1] as number), end = ends[row] as number; i < end; i++) {
    own.set(bins[i] as number, counts[i] as number);
  }
  return { zeros: zeros?.[row] ?? 0, bins: own };
}

/** Adds up rows, of one sketch after the other; of longest durations bins go up to 1 854. */
export class SketchSum {
  #counts = new Float64Array(2_048);
  #zeros = 0;
  #low = Number.POSITIVE_INFINITY;
  #high = -1;

  add({ zeros, ends, bins, counts }: SketchRows, row: number): void {
    if (zeros) this.#zeros += zeros[row] ?? 0;
    const sum = this.#counts;
    let [low, high] = [this.#low, this.#high];
    for (let i = row === 0 ? 0 : (ends[row - 1] as number), end = ends[row] as number; i < end; i++) {
      const bin = bins[i] as number;
      sum[bin] = (sum[bin] as number) + (counts[i] as number);
      if (bin < low) low = bin;
      if (bin > high) high = bin;
    }
    this.#low = low;
    this.#high = high;
  }

  /** @returns the sum; the next begins anew */
  take(): LatencySketch {
    const bins = new Map<number, number>();
    const zeros = this.#empty((bin, count) => bins.set(bin, count));
    return { zeros, bins };
  }

  /** The same as one more row. */
  takeInto(rows: SketchRowsBuilder): void {
    rows.endRow(this.#empty((bin, count) => rows.entry(bin, count)));
  }

  #empty(each: (bin: number, count: number) => void): number {
    const sum = this.#counts;
    for (let bin = this.#low; bin <= this.#high; bin++) {
      const count = sum[bin] as number;
      if (count > 0) each(bin, count);
      sum[bin] = 0;
    }
    const zeros = this.#zeros;
    this.#zeros = 0;
    this.#low = Number.POSITIVE_INFINITY;
    this.#high = -1;
    return zeros;
  }
}
