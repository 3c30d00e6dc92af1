import { Timeline } from '../timeline.ts';
import type { SimTime } from './sim-time.ts';

/** The clock of a simulation and what is going to happen, each as what to do then. */
export class Agenda {
  readonly #timeline = new Timeline<(() => void) | null>();
  #now: SimTime = 0;

  get now(): SimTime {
    return this.#now;
  }

  /** What is due at the same instant is done in the order in which it was scheduled. */
  schedule(at: SimTime, action: () => void): void {
    this.#timeline.schedule(Math.max(at, this.#now), action);
  }

  /** Does everything due before a time; the clock stands at that time then. */
  runUntil(time: SimTime): void {
    if (time < this.#now) return;
    // A mark between two whole microseconds: after all that is due before the time, before all that is due at it.
    this.#timeline.schedule(time - 0.5, null);
    for (let next = this.#timeline.next(); next?.what; next = this.#timeline.next()) {
      this.#now = next.atMs;
      next.what();
    }
    this.#now = time;
  }
}
