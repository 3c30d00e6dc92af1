/**
 * Memory that is used again, for numbers that are needed until the next of the same name are asked for: what is not small lies outside of
 * the heap, and freeing it thousands of times takes longer than what is computed in it.
 */
export class ReusedMemory {
  readonly #arrays = new Map<string, Float64Array>();

  /** @returns of that length, with what was there before */
  array(name: string, length: number): Float64Array {
    const known = this.#arrays.get(name);
    if (known && known.length >= length) return known.subarray(0, length);
    const array = new Float64Array(length);
    this.#arrays.set(name, array);
    return array;
  }
}
