import { setImmediate } from 'node:timers/promises';
import type { ClientClock } from '../../lib/client/client.ts';

/** Time that passes when a test says so. Between two timers everything that is ready runs. */
export class FakeClock implements ClientClock {
  #nowMs: number;
  #timers: { dueMs: number; callback: () => void }[] = [];

  constructor(atMs: number) {
    this.#nowMs = atMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#timers = this.#timers.filter((each) => each !== timer);
  }

  get timers(): number {
    return this.#timers.length;
  }

  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await setImmediate();
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      this.clearTimeout(next);
      next.callback();
      await setImmediate();
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number) {
    return this.#timers
      .filter(({ dueMs }) => dueMs <= untilMs)
      .reduce<{ dueMs: number; callback: () => void } | undefined>(
        (first, each) => (first === undefined || each.dueMs < first.dueMs ? each : first),
        undefined,
      );
  }
}
