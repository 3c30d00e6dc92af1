/**
 * What is going to happen, in order: a binary heap by time. Things due at the same time come in the order in which
 * they were scheduled, which makes a simulation repeatable.
 */
export class Timeline<T> {
  #heap: { atMs: number; order: number; what: T }[] = [];
  #scheduled = 0;

  /** O(log n) */
  schedule(atMs: number, what: T): void {
    const entry = { atMs, order: this.#scheduled, what };
    this.#scheduled += 1;
    let hole = this.#heap.length;
    this.#heap.push(entry);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.#before(entry, this.#heap[parent])) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#heap[hole] = entry;
  }

  /** Takes the earliest; undefined when nothing is left. O(log n) */
  next(): { atMs: number; what: T } | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined || this.#heap.length === 0) return first;
    let hole = 0;
    for (;;) {
      const left = 2 * hole + 1;
      const child = this.#before(this.#heap[left + 1], this.#heap[left]) ? left + 1 : left;
      if (!this.#before(this.#heap[child], last)) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#heap[hole] = last;
    return first;
  }

  #before(
    one: { atMs: number; order: number } | undefined,
    other: { atMs: number; order: number } | undefined,
  ): boolean {
    if (one === undefined || other === undefined) return one !== undefined;
    return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
  }

  #move(from: number, to: number): void {
    const entry = this.#heap[from];
    if (entry !== undefined) this.#heap[to] = entry;
  }
}
