import { estimatedBits } from './coded-columns.ts';

/** Whole numbers of a column, which stand for its own times a power of ten. */
export interface KnownColumn {
  wholes: ArrayLike<number>;
  decimals: number;
}

/** So many of one length are looked at. */
const MOST_KNOWN = 8;
/** And so many rows of them, to tell which is nearest. */
const MOST_ROWS = 128;

/** What is below can be added to and folded exactly. */
const EXACT = 2 ** 51;

/** What the numbers of a column are told by: one number for all, the number before, or columns of the same length that came before. */
const [BASE, NUMBER_BEFORE, DIFFERENCE, SUM, COLUMN] = [0, 1, 2, 3, 4];

/** Columns of one value so far. Many figures are nearly those of another column, or follow from two. */
export class KnownColumns {
  readonly #byLength = new Map<number, KnownColumn[]>();

  /** The newest first. */
  like(rows: number, decimals: number): KnownColumn[] {
    return (this.#byLength.get(rows) ?? []).filter((known) => known.decimals === decimals);
  }

  add(known: KnownColumn): void {
    const { length } = known.wholes;
    const all = this.#byLength.get(length) ?? [];
    this.#byLength.set(length, [known, ...all.slice(0, MOST_KNOWN - 1)]);
  }
}

export interface Prediction {
  by: number;
  /** The smallest number or the first one; 0 where others tell them. */
  base: number;
  /** By how much the numbers are more than what tells them. */
  rest: Float64Array;
}

/** By what a column is told with the fewest bits, and what is left of it then. Numbers are less than 2^53 apart. */
export function predict(wholes: ArrayLike<number>, known: readonly KnownColumn[]): Prediction {
  const seen = Math.min(wholes.length, MOST_ROWS);
  const rest = new Float64Array(seen);
  let [by, fewest] = [BASE, Number.POSITIVE_INFINITY];
  for (let candidate = BASE; candidate < COLUMN + known.length; candidate++) {
    if (!enterRest(rest, candidate, wholes, known)) continue;
    fold(rest);
    const bits = estimatedBits(rest);
    if (bits < fewest) [by, fewest] = [candidate, bits];
  }
  const all = new Float64Array(wholes.length);
  if (!enterRest(all, by, wholes, known)) {
    by = BASE;
    enterRest(all, by, wholes, known);
  }
  return { by, base: baseOf(by, wholes), rest: all };
}

/** The numbers again. */
export function unpredict({ by, base, rest }: Prediction, known: readonly KnownColumn[]): Float64Array {
  const wholes = new Float64Array(rest.length);
  if (by === BASE) return wholes.map((_, row) => base + (rest[row] as number));
  if (by === NUMBER_BEFORE) {
    let before = base;
    for (let row = 0; row < wholes.length; row++) {
      before += rest[row] as number;
      wholes[row] = before;
    }
    return wholes;
  }
  const others = othersOf(by, known);
  if (!others) throw new RangeError(`a column that is told by ${by} is of a later version, or its bytes are damaged`);
  const { first, second, sign } = others;
  for (let row = 0; row < wholes.length; row++) {
    wholes[row] = (first[row] as number) + sign * (second[row] as number) + (rest[row] as number);
  }
  return wholes;
}

/** @returns false where sums would be rounded, or there is nothing to tell it by */
function enterRest(rest: Float64Array, by: number, wholes: ArrayLike<number>, known: readonly KnownColumn[]): boolean {
  const base = baseOf(by, wholes);
  if (by === BASE) for (let row = 0; row < rest.length; row++) rest[row] = (wholes[row] as number) - base;
  if (by === BASE) return true;
  if (by === NUMBER_BEFORE) {
    let before = base;
    for (let row = 0; row < rest.length; row++) {
      const own = wholes[row] as number;
      rest[row] = own - before;
      before = own;
    }
  } else {
    const others = othersOf(by, known);
    if (!others) return false;
    const { first, second, sign } = others;
    for (let row = 0; row < rest.length; row++) {
      const told = (first[row] as number) + sign * (second[row] as number);
      if (!(Math.abs(told) < EXACT)) return false;
      rest[row] = (wholes[row] as number) - told;
    }
  }
  for (const left of rest) if (!(Math.abs(left) < EXACT)) return false;
  return true;
}

function baseOf(by: number, wholes: ArrayLike<number>): number {
  let base = wholes[0] as number;
  if (by === NUMBER_BEFORE) return base;
  if (by !== BASE) return 0;
  for (let row = 1; row < wholes.length; row++) base = Math.min(base, wholes[row] as number);
  return base;
}

interface Others {
  first: ArrayLike<number>;
  second: ArrayLike<number>;
  /** Of the second: 0 where it does not count. */
  sign: 1 | 0 | -1;
}

function othersOf(by: number, known: readonly KnownColumn[]): Others | null {
  const isOfTwo = by < COLUMN;
  const first = known[isOfTwo ? 1 : by - COLUMN]?.wholes;
  const second = known[0]?.wholes;
  if (!first || !second) return null;
  return { first, second, sign: by === SUM ? 1 : by === DIFFERENCE ? -1 : 0 };
}

/** Where some are negative: puts these between the others, so that 0, -1, 1, -2, 2 become 0 to 4. */
export function fold(values: Float64Array): boolean {
  if (!values.some((value) => value < 0)) return false;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    values[i] = value < 0 ? -2 * value - 1 : 2 * value;
  }
  return true;
}

export function unfold(values: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    values[i] = value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }
}
