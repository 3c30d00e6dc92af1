/**
 * The one clock of the local cloud. A manual clock lives in shared memory, where the worker threads of the functions
 * read it as `Date`; there -1 means real time.
 */
export class CloudClock {
  readonly kind: 'real' | 'manual';
  readonly shared = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);
  readonly #cell = new BigInt64Array(this.shared);

  constructor(start: { kind: 'real' } | { kind: 'manual'; nowMs: number }) {
    this.kind = start.kind;
    Atomics.store(this.#cell, 0, start.kind === 'manual' ? BigInt(Math.floor(start.nowMs)) : -1n);
  }

  nowMs(): number {
    return this.kind === 'manual' ? Number(Atomics.load(this.#cell, 0)) : Date.now();
  }

  /** Sets a manual clock. */
  set(nowMs: number): void {
    if (this.kind === 'real') throw new RangeError('the real clock cannot be set');
    Atomics.store(this.#cell, 0, BigInt(Math.floor(nowMs)));
  }
}
