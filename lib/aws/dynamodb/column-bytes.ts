import type { RollupTable } from '../../core/kpi/rollup-table.ts';
import { type SketchRows, SketchRowsBuilder } from '../../core/kpi/sketch-rows.ts';

// Columns in bytes: numbers of one length where that is enough, else whole ones of variable length, low bits first, seven to a byte. Reading
// them parses no text.

/** How the numbers of a column are written: whole ones of variable length were written before there were those of 1, 2 and 4 bytes. */
const [ZEROS, WHOLE, DOUBLES, BYTES_1, BYTES_2, BYTES_4] = [0, 1, 2, 3, 4, 5];

function kindOf(values: ArrayLike<number>, count: number): number {
  let most = 0;
  for (let i = 0; i < values.length && i < count; i++) {
    const value = values[i] as number;
    if (!Number.isSafeInteger(value) || value < 0) return DOUBLES;
    if (value > most) most = value;
  }
  if (most < 2 ** 16) return most === 0 ? ZEROS : most < 2 ** 8 ? BYTES_1 : BYTES_2;
  return most < 2 ** 32 ? BYTES_4 : WHOLE;
}

/** Memory for numbers of a fixed length; null for other kinds. */
function fixedOf(kind: number, count: number): Uint8Array | Uint16Array | Uint32Array | Float64Array | null {
  if (kind === BYTES_1) return new Uint8Array(count);
  if (kind === BYTES_2) return new Uint16Array(count);
  if (kind === BYTES_4) return new Uint32Array(count);
  return kind === DOUBLES ? new Float64Array(count) : null;
}

export class ByteWriter {
  #bytes: Uint8Array;
  #size = 0;

  /** @param room bytes to begin with */
  constructor(room = 65_536) {
    this.#bytes = new Uint8Array(room);
  }

  /** @param value 0..255 */
  byte(value: number): void {
    if (this.#size === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#size++] = value;
  }

  bytes(values: Uint8Array): void {
    if (this.#size + values.length > this.#bytes.length) this.#grow(values.length);
    this.#bytes.set(values, this.#size);
    this.#size += values.length;
  }

  double(value: number): void {
    if (this.#size + 8 > this.#bytes.length) this.#grow(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#size, value, true);
    this.#size += 8;
  }

  /** Its length in bytes, and its UTF-8. */
  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.whole(length);
    if (this.#size + length > this.#bytes.length) this.#grow(length);
    Buffer.from(this.#bytes.buffer).write(value, this.#size);
    this.#size += length;
  }

  /** @param value a whole number, 0..2^53 - 1 */
  whole(value: number): void {
    if (this.#size + 8 > this.#bytes.length) this.#grow(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#size++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#size++] = rest;
  }

  /** @param count how many; missing ones are 0 */
  numbers(values: ArrayLike<number>, count: number): void {
    const kind = kindOf(values, count);
    this.whole(kind);
    if (kind === WHOLE) for (let i = 0; i < count; i++) this.whole(values[i] ?? 0);
    const fixed = fixedOf(kind, count);
    if (!fixed) return;
    for (let i = 0; i < count; i++) fixed[i] = values[i] ?? 0;
    if (this.#size + fixed.byteLength > this.#bytes.length) this.#grow(fixed.byteLength);
    this.#bytes.set(new Uint8Array(fixed.buffer), this.#size);
    this.#size += fixed.byteLength;
  }

  /** @param rows with the bins of each in order */
  sketches({ zeros, ends, bins, counts }: SketchRows): void {
    this.numbers(zeros ?? [], ends.length);
    let start = 0;
    for (const end of ends) {
      this.whole(end - start);
      for (let i = start; i < end; i++) {
        this.whole((bins[i] as number) - (i === start ? 0 : (bins[i - 1] as number)));
        this.whole(counts[i] as number);
      }
      start = end;
    }
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#size);
  }

  #grow(by: number): void {
    const longer = new Uint8Array(this.#bytes.length * 2 + by);
    longer.set(this.#bytes);
    this.#bytes = longer;
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  byte(): number {
    return this.#bytes[this.#at++] as number;
  }

  /** @throws RangeError where there are fewer */
  bytes(length: number): Uint8Array {
    const from = this.#at;
    this.#at += length;
    if (!(this.#at <= this.#bytes.length)) throw new RangeError(`${length} bytes were to follow, and some are missing`);
    return this.#bytes.subarray(from, this.#at);
  }

  double(): number {
    const { buffer, byteOffset } = this.#bytes;
    const value = new DataView(buffer, byteOffset).getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  /**
   * The highest bytes of all, then the next ones.
   * @param width 0..7
   */
  planes(count: number, width: number): Float64Array {
    const values = new Float64Array(count);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let place = width; place > 0; place--) {
      for (let i = 0; i < count; i++) values[i] = (values[i] as number) * 256 + (bytes[at++] as number);
    }
    this.#at = at;
    return values;
  }

  /** @param length in bytes */
  text(length: number): string {
    const from = this.#at;
    this.#at += length;
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + from, length).toString('utf8');
  }

  whole(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at++] as number;
    if (byte < 128) return byte;
    let value = byte - 128;
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = bytes[this.#at++] as number;
      value += (byte % 128) * scale;
    }
    return value;
  }

  /**
   * @param memoryOf gives memory for so many numbers
   * @returns nothing where all are 0
   */
  numbers(count: number, memoryOf: (count: number) => Float64Array = (count) => new Float64Array(count)): Float64Array {
    const kind = this.whole();
    const values = kind === ZEROS ? new Float64Array(0) : memoryOf(count);
    if (kind === WHOLE) this.#wholes(values);
    const fixed = fixedOf(kind, count);
    if (fixed) {
      // Copied first, because numbers of some bytes must lie at a multiple of them.
      new Uint8Array(fixed.buffer).set(this.#bytes.subarray(this.#at, this.#at + fixed.byteLength));
      this.#at += fixed.byteLength;
      values.set(fixed);
    }
    return values;
  }

  /** As `whole` reads each; days of work have millions. */
  #wholes(values: Float64Array): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (let i = 0; i < values.length; i++) {
      let byte = bytes[at++] as number;
      let value = byte & 127;
      for (let scale = 128; byte >= 128; scale *= 128) {
        byte = bytes[at++] as number;
        value += (byte & 127) * scale;
      }
      values[i] = value;
    }
    this.#at = at;
  }

  sketches(count: number): SketchRows {
    const rows = new SketchRowsBuilder();
    const zeros = this.numbers(count);
    for (let row = 0; row < count; row++) {
      let bin = 0;
      for (let left = this.whole(); left > 0; left--) {
        bin += this.whole();
        rows.entry(bin, this.whole());
      }
      rows.endRow(zeros[row] ?? 0);
    }
    return rows.finish();
  }
}

/**
 * Writes counters and sketches of a table; its ids are kept elsewhere.
 * @param kinds how many counters there are of each kind: to each some may be added at its end
 * @param rows which of them, in this order
 */
export function writeTable(
  bytes: ByteWriter,
  table: RollupTable,
  kinds: readonly number[],
  rows: readonly number[] = [...table.ids.keys()],
): void {
  let first = 0;
  for (const counters of kinds) {
    bytes.whole(counters);
    for (const column of table.columns.slice(first, first + counters)) {
      bytes.numbers(column.length === 0 ? column : rows.map((row) => column[row] ?? 0), rows.length);
    }
    first += counters;
  }
  for (let sketch = 0; sketch < table.sketches; sketch++) bytes.sketches(table.sketchRows(sketch, rows));
}

/**
 * Adds what writeTable wrote, in place.
 * @param rows of the ids
 */
export function readTable(bytes: ByteReader, table: RollupTable, kinds: readonly number[], rows: Int32Array): void {
  let first = 0;
  for (const counters of kinds) {
    const columns = Array.from({ length: bytes.whole() }, () => bytes.numbers(rows.length));
    table.addColumns(rows, columns, first);
    first += counters;
  }
  for (let sketch = 0; sketch < table.sketches; sketch++) table.addSketches(sketch, rows, bytes.sketches(rows.length));
}
