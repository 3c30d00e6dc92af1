import type { EpochMs } from '../core/model/time.ts';

/** What is read of each system once in so long by a process, however many requests it answers. */
export class KnownLately<Value> {
  readonly #read: (system: string) => Promise<Value>;
  readonly #nowMs: () => EpochMs;
  readonly #limits: { forMs: number; systems: number };
  readonly #bySystem = new Map<string, { atMs: EpochMs; value: Promise<Value> }>();

  /** @param limits for so long one reading answers everybody, of so many systems at most */
  constructor(
    read: (system: string) => Promise<Value>,
    nowMs: () => EpochMs,
    limits: { forMs: number; systems: number },
  ) {
    this.#read = read;
    this.#nowMs = nowMs;
    this.#limits = limits;
  }

  /** Where it cannot be read, the next one asks again. */
  of(system: string): Promise<Value> {
    const nowMs = this.#nowMs();
    const known = this.#bySystem.get(system);
    if (known && Math.abs(nowMs - known.atMs) < this.#limits.forMs) return known.value;
    if (this.#bySystem.size >= this.#limits.systems) this.#bySystem.clear();
    const read = { atMs: nowMs, value: this.#read(system) };
    this.#bySystem.set(system, read);
    read.value.catch(() => {
      if (this.#bySystem.get(system) === read) this.#bySystem.delete(system);
    });
    return read.value;
  }
}
