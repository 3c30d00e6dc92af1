import { type Priority, priorities } from '../../core/model/event.ts';

/** What is left of a task that came, in the mix, when the next has come: about the last hundred count. */
const REMEMBERED = 0.99;

/** How important the tasks are that came to a pool lately: what whoever hands them out can know of their mix. */
export class ArrivalMix {
  readonly #counts = new Map<Priority, number>();

  count(priority: Priority): void {
    for (const [each, count] of this.#counts) this.#counts.set(each, count * REMEMBERED);
    this.#counts.set(priority, (this.#counts.get(priority) ?? 0) + 1);
  }

  /** Of a priority, the share to turn away so that such a share of all is, the least important first; 0..1. */
  rejectedShare(priority: Priority, share: number): number {
    const all = [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    const rank = priorities.indexOf(priority);
    let left = share * all;
    for (const less of priorities.slice(rank + 1)) left -= this.#counts.get(less) ?? 0;
    const own = this.#counts.get(priority) ?? 0;
    if (own === 0) return left > 0 ? 1 : 0;
    return Math.min(1, Math.max(0, left / own));
  }
}
