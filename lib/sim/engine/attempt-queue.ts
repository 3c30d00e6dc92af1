import type { Attempt } from './work.ts';

/** Attempts that wait, first come first served. Those that have ended meanwhile are passed over. */
export class AttemptQueue {
  #attempts: Attempt[] = [];
  #head = 0;

  push(attempt: Attempt): void {
    this.#attempts.push(attempt);
  }

  /** The first that still waits; undefined when none does. */
  peek(): Attempt | undefined {
    for (; this.#head < this.#attempts.length; this.#head += 1) {
      const first = this.#attempts[this.#head];
      if (first?.state === 'waiting') break;
    }
    // Half of it gone: moving the rest costs no more than what was taken.
    if (this.#head > 32 && this.#head * 2 > this.#attempts.length) {
      this.#attempts = this.#attempts.slice(this.#head);
      this.#head = 0;
    }
    return this.#attempts[this.#head];
  }

  take(): Attempt | undefined {
    const first = this.peek();
    if (first !== undefined) this.#head += 1;
    return first;
  }

  /** How many still wait. O(n) */
  count(): number {
    return this.#attempts.slice(this.#head).filter(({ state }) => state === 'waiting').length;
  }

  /** Takes out one that waits somewhere in it. O(n) */
  remove(attempt: Attempt): void {
    const at = this.#attempts.indexOf(attempt, this.#head);
    if (at >= 0) this.#attempts.splice(at, 1);
  }

  clear(): void {
    this.#attempts = [];
    this.#head = 0;
  }
}
