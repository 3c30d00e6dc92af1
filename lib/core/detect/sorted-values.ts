/** Numbers in order, whose median without any one of them is found by halving. */
export class SortedValues {
  readonly #sorted: Float64Array;

  constructor(values: readonly number[]) {
    this.#sorted = Float64Array.from(values).sort();
  }

  get length(): number {
    return this.#sorted.length;
  }

  map(change: (value: number) => number): SortedValues {
    return new SortedValues([...this.#sorted].map(change));
  }

  /** @param without one of the values, to be left out; null for none */
  median(without: number | null): number {
    const left = without === null ? this.length : this.#placeOf(without);
    const length = this.length - (without === null ? 0 : 1);
    const at = (i: number) => this.#sorted[i < left ? i : i + 1] ?? Number.NaN;
    const middle = length >> 1;
    return length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  }

  #placeOf(value: number): number {
    let [low, high] = [0, this.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] ?? Number.NaN) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
