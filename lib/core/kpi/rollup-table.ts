import { zeroCounters } from './counters.ts';
import type { LatencySketch } from './latency-sketch.ts';
import { type SketchRows, SketchRowsBuilder, SketchSum } from './sketch-rows.ts';

/** By counter, in the order of their names: the values of some rows; shorter where the rest is 0. */
export type Columns = readonly ArrayLike<number>[];

/** Sketches of some rows, and the row of the table that each belongs to: several may be of one, and those of -1 of none. */
interface SketchPiece {
  rows: Int32Array;
  of: SketchRows;
}

/** Where the sketches of each row lie among pieces. */
interface SketchIndex {
  /** By row of the table: where its places begin; one more tells where the last ends. */
  starts: Int32Array;
  pieces: Int32Array;
  rows: Int32Array;
}

/**
 * Rollups of many subjects side by side: counters in columns, and sketches as they came, which are merged when somebody
 * asks for them. Tables are added up column by column: to put a window together takes no object for each of its agents.
 */
export class RollupTable<out Counter extends string = string> {
  readonly ids: string[] = [];
  readonly names: readonly Counter[];
  /** Shorter than there are rows where all others are 0. */
  readonly columns: Float64Array[];
  readonly #rows = new Map<string, number>();
  readonly #pieces: SketchPiece[][];
  readonly #indices: (SketchIndex | null)[];
  #capacity = 16;

  /** @param sketches how many each row has */
  constructor(names: readonly Counter[], sketches: number) {
    this.names = names;
    this.columns = names.map(() => NOTHING);
    this.#pieces = Array.from({ length: sketches }, () => []);
    this.#indices = this.#pieces.map(() => null);
  }

  get size(): number {
    return this.ids.length;
  }

  /** How many sketches each row has. */
  get sketches(): number {
    return this.#pieces.length;
  }

  find(id: string): number | undefined {
    return this.#rows.get(id);
  }

  /** The row of a subject, which is made where there is none yet. */
  enter(id: string): number {
    const found = this.#rows.get(id);
    if (found !== undefined) return found;
    const row = this.ids.length;
    this.ids.push(id);
    this.#rows.set(id, row);
    return row;
  }

  /**
   * Adds columns in place.
   * @param rows where each of their values belongs to; -1 for nowhere
   * @param first the counter of the first column
   */
  addColumns(rows: Int32Array, columns: Columns, first = 0): void {
    for (let i = 0; i < columns.length; i++) {
      const added = columns[i] as ArrayLike<number>;
      if (added.length === 0) continue;
      const column = this.column(first + i);
      for (let at = 0, end = Math.min(rows.length, added.length); at < end; at++) {
        const row = rows[at] as number;
        if (row >= 0) column[row] = (column[row] as number) + (added[at] as number);
      }
    }
  }

  /** A column with a place for every row, to add to in place until there are more rows. */
  column(counter: number): Float64Array {
    while (this.#capacity < this.ids.length) this.#capacity *= 2;
    const column = this.columns[counter] as Float64Array;
    if (column.length >= this.ids.length && column.length > 0) return column;
    const longer = new Float64Array(this.#capacity);
    longer.set(column);
    this.columns[counter] = longer;
    return longer;
  }

  /** @param rows see addColumns */
  addSketches(sketch: number, rows: Int32Array, of: SketchRows): void {
    if (of.bins.length === 0 && of.zeros === null) return;
    this.#pieces[sketch]?.push({ rows, of });
    this.#indices[sketch] = null;
  }

  /**
   * Adds every row of `other` in place.
   * @returns the row that each is added to; -1 for those that were not wanted
   */
  append(other: RollupTable<Counter>, isWanted: (row: number) => boolean = () => true): Int32Array {
    const rows = new Int32Array(other.size);
    for (let row = 0; row < rows.length; row++) {
      const id = other.ids[row] as string;
      // Tables of one fleet often have their agents in one order.
      rows[row] = isWanted(row) ? (this.ids[row] === id ? row : this.enter(id)) : -1;
    }
    this.addColumns(rows, other.columns);
    for (const [sketch, pieces] of other.#pieces.entries()) {
      for (const piece of pieces) {
        const moved = new Int32Array(piece.rows.length);
        for (let i = 0; i < moved.length; i++) moved[i] = rows[piece.rows[i] as number] ?? -1;
        this.addSketches(sketch, moved, piece.of);
      }
    }
    return rows;
  }

  /**
   * @param first which counter `names` begin with
   * @returns the counters of one row
   */
  counters<Name extends string>(row: number, names: readonly Name[], first = 0): Record<Name, number> {
    const counters = zeroCounters(names);
    for (let i = 0; i < names.length; i++) {
      const value = this.columns[first + i]?.[row];
      if (value) counters[names[i] as Name] = value;
    }
    return counters;
  }

  /** The same of several rows together. */
  sumCounters<Name extends string>(rows: readonly number[], names: readonly Name[], first = 0): Record<Name, number> {
    const counters = zeroCounters(names);
    for (let i = 0; i < names.length; i++) {
      const column = this.columns[first + i] as Float64Array;
      if (column.length === 0) continue;
      let sum = 0;
      for (const row of rows) sum += column[row] ?? 0;
      counters[names[i] as Name] = sum;
    }
    return counters;
  }

  /** A sketch of several rows together. */
  sumSketch(sketch: number, rows: readonly number[]): LatencySketch {
    for (const row of rows) this.#addTo(adding, sketch, row);
    return adding.take();
  }

  /** A sketch of each of some rows: each bin once, and in order. */
  sketchRows(sketch: number, rows: readonly number[]): SketchRows {
    const sketches = new SketchRowsBuilder();
    for (const row of rows) {
      this.#addTo(adding, sketch, row);
      adding.takeInto(sketches);
    }
    return sketches.finish();
  }

  /** About how much memory it takes. */
  get bytes(): number {
    const pieces = this.#pieces.flat().reduce((sum, { rows, of }) => {
      return sum + rows.byteLength + of.ends.byteLength + of.bins.byteLength + of.counts.byteLength;
    }, 0);
    const columns = this.columns.reduce((sum, column) => sum + column.byteLength, 0);
    return pieces + columns + this.ids.length * BYTES_PER_ID;
  }

  #addTo(sum: SketchSum, sketch: number, row: number): void {
    const pieces = this.#pieces[sketch] as SketchPiece[];
    const index = this.#indices[sketch] ?? indexOf(pieces, this.size);
    this.#indices[sketch] = index;
    // Rows that were entered since have no sketch.
    for (let i = index.starts[row] ?? 0, end = index.starts[row + 1] ?? 0; i < end; i++) {
      const piece = pieces[index.pieces[i] as number] as SketchPiece;
      sum.add(piece.of, index.rows[i] as number);
    }
  }
}

/** Empty between two sums, each of which is made at a stretch; one for all, because it takes 16 KB. */
const adding = new SketchSum();
const NOTHING = new Float64Array(0);
/** Of the text, and of its place in the map. */
const BYTES_PER_ID = 100;

function indexOf(pieces: readonly SketchPiece[], size: number): SketchIndex {
  const starts = new Int32Array(size + 1);
  for (const { rows } of pieces) {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      if (row >= 0) starts[row + 1] = (starts[row + 1] as number) + 1;
    }
  }
  for (let row = 0; row < size; row++) starts[row + 1] = (starts[row + 1] as number) + (starts[row] as number);
  const total = starts[size] as number;
  const index = { starts, pieces: new Int32Array(total), rows: new Int32Array(total) };
  const next = starts.slice();
  for (let piece = 0; piece < pieces.length; piece++) {
    const { rows } = pieces[piece] as SketchPiece;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      if (row < 0) continue;
      const at = next[row] as number;
      next[row] = at + 1;
      index.pieces[at] = piece;
      index.rows[at] = i;
    }
  }
  return index;
}
