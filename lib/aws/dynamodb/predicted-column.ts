import { LENGTHS, lengthOf } from './coded-columns.ts';

/** Whole numbers of a column, which stand for its own times a power of ten. */
export interface KnownColumn {
  wholes: ArrayLike<number>;
  decimals: number;
}

/** So many of one length are looked at. */
const MOST_KNOWN = 8;
/** And so many rows of them, to tell which is nearest. */
const MOST_ROWS = 128;
/** What it takes until a length is expected. */
const BITS_TO_LEARN = 2;

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
  const seen = new Float64Array(Math.min(wholes.length, MOST_ROWS));
  let [by, fewest] = [BASE, Number.POSITIVE_INFINITY];
  for (let candidate = BASE; candidate < COLUMN + known.length && fewest > 0; candidate++) {
    if (!enterRest(seen, candidate, wholes, known)) continue;
    const bits = estimatedBits(seen);
    if (bits < fewest) [by, fewest] = [candidate, bits];
  }
  const rest = seen.length === wholes.length ? seen : new Float64Array(wholes.length);
  if (enterRest(rest, by, wholes, known)) return { by, base: baseOf(by, wholes), rest };
  enterRest(rest, BASE, wholes, known);
  return { by: BASE, base: baseOf(BASE, wholes), rest };
}

/** By length: how many numbers have it. The memory is used again. */
const numbersOf = new Uint32Array(LENGTHS);
const LOG_2 = Float64Array.from({ length: MOST_ROWS + 1 }, (_, n) => Math.log2(n));

/** Bits that numbers take, about: for how many bits each has, by the entropy of that, for all of these but the highest, and for the sign. */
function estimatedBits(rest: Float64Array): number {
  numbersOf.fill(0);
  let [sum, signs, isSigned] = [0, 0, false];
  for (let row = 0; row < rest.length; row++) {
    const left = rest[row] as number;
    if (left < 0) isSigned = true;
    const length = lengthOf(left < 0 ? -left : left);
    numbersOf[length] = (numbersOf[length] as number) + 1;
    if (length > 0) {
      sum += length - 1;
      signs += 1;
    }
  }
  if (signs === 0) return 0;
  const all = LOG_2[rest.length] as number;
  for (const n of numbersOf) if (n > 0) sum += n * (all - (LOG_2[n] as number)) + BITS_TO_LEARN;
  return isSigned ? sum + signs : sum;
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
  for (let row = 0; row < rest.length; row++) if (!(Math.abs(rest[row] as number) < EXACT)) return false;
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
  let hasNegative = false;
  for (let i = 0; i < values.length; i++) if ((values[i] as number) < 0) hasNegative = true;
  if (!hasNegative) return false;
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
