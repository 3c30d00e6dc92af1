import type { Agenda } from './agenda.ts';
import type { SimTime } from './sim-time.ts';
import type { Attempt } from './work.ts';

/**
 * The time limit of a task type. Attempts at one type are given up in the order in which they were queued, so only the
 * oldest needs a place in the agenda.
 */
export class TimeLimit {
  readonly #agenda: Agenda;
  readonly #limit: SimTime;
  readonly #giveUp: (attempt: Attempt) => void;
  #attempts: Attempt[] = [];
  #head = 0;
  #isWatching = false;

  constructor(agenda: Agenda, limit: SimTime, giveUp: (attempt: Attempt) => void) {
    this.#agenda = agenda;
    this.#limit = limit;
    this.#giveUp = giveUp;
  }

  watch(attempt: Attempt): void {
    this.#attempts.push(attempt);
    this.#passEnded();
    if (!this.#isWatching) this.#watchNext();
  }

  #watchNext(): void {
    this.#passEnded();
    const oldest = this.#attempts[this.#head];
    this.#isWatching = oldest !== undefined;
    if (oldest) this.#agenda.schedule(oldest.queuedAt + this.#limit, () => this.#expire());
  }

  #expire(): void {
    for (;;) {
      this.#passEnded();
      const oldest = this.#attempts[this.#head];
      if (oldest === undefined || oldest.queuedAt + this.#limit > this.#agenda.now) break;
      this.#head += 1;
      this.#giveUp(oldest);
    }
    this.#watchNext();
  }

  #passEnded(): void {
    while (this.#attempts[this.#head]?.state === 'ended') this.#head += 1;
    if (this.#head > 1_000 && this.#head * 2 > this.#attempts.length) {
      this.#attempts = this.#attempts.slice(this.#head);
      this.#head = 0;
    }
  }
}
