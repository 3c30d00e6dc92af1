import { ReusedMemory } from '../model/reused-memory.ts';

const memory = new ReusedMemory();

/** NaN of nothing. */
export function medianOf(values: readonly number[]): number {
  const copy = memory.array('values', values.length);
  for (let i = 0; i < copy.length; i++) copy[i] = values[i] as number;
  return medianInPlace(copy);
}

/** @param values are put in another order; of none it is NaN */
export function medianInPlace(values: Float64Array): number {
  if (values.length === 0) return Number.NaN;
  const middle = values.length >> 1;
  const upper = placeInOrder(values, middle);
  if (values.length % 2 === 1) return upper;
  let lower = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < middle; i++) lower = Math.max(lower, values[i] as number);
  return (lower + upper) / 2;
}

/**
 * Moves values until the one at a place is what sorting would put there, none before it is larger and none after it smaller.
 * @see Hoare: Algorithm 65: Find, Communications of the ACM 4, 1961
 */
function placeInOrder(values: Float64Array, place: number): number {
  let [from, to] = [0, values.length - 1];
  while (from < to) {
    const pivot = values[place] as number;
    let [i, j] = [from, to];
    while (i <= j) {
      while ((values[i] as number) < pivot) i += 1;
      while ((values[j] as number) > pivot) j -= 1;
      if (i > j) break;
      const value = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = value;
    }
    if (j < place) from = i;
    if (place < i) to = j;
  }
  return values[place] as number;
}
