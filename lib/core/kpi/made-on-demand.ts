/** Values by key, in the order of their keys, each made when it is first asked for. */
export class MadeOnDemand<Value> implements Iterable<[string, Value]> {
  readonly #keys: ReadonlySet<string>;
  readonly #make: (key: string) => Value;
  readonly #made = new Map<string, Value>();

  constructor(keys: Iterable<string>, make: (key: string) => Value) {
    this.#keys = new Set(keys);
    this.#make = make;
  }

  keys(): Iterable<string> {
    return this.#keys;
  }

  get(key: string): Value | undefined {
    const found = this.#made.get(key);
    if (found !== undefined || !this.#keys.has(key)) return found;
    const made = this.#make(key);
    this.#made.set(key, made);
    return made;
  }

  *values(): Generator<Value> {
    for (const [, value] of this) yield value;
  }

  *[Symbol.iterator](): Generator<[string, Value]> {
    for (const key of this.#keys) yield [key, this.get(key) as Value];
  }
}
