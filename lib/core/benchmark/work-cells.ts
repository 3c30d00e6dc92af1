import type { WorkCounter, WorkDay } from './work-day.ts';

/** Work that is compared with itself: one task type of one agent in one pool; of agent '' what the pool rejected. */
export interface WorkCell {
  agent: string;
  pool: string;
  taskType: string;
  /** Number of its (pool, task type), whose cells share the pattern of hours. */
  group: number;
}

/** Numbers the cells and groups of all days, in the order in which they are first seen. */
export class WorkCells {
  readonly cells: WorkCell[] = [];
  /** By group: its cell of what the pool rejected; none where it is absent. */
  readonly rejected = new Map<number, number>();
  /** By group: its cells of agents. */
  readonly members = new Map<number, number[]>();
  readonly #byKey = new Map<string, number>();
  readonly #groups = new Map<string, number>();

  get groups(): number {
    return this.#groups.size;
  }

  /** @returns the cell of each row */
  of({ workers, taskTypes, rows }: WorkDay): Uint32Array {
    // By (worker, task type) of this day: 1 + its cell, 0 where it was not looked up yet.
    const known = new Uint32Array(workers.length * taskTypes.length);
    return rows.worker.map((worker, row) => {
      const at = worker * taskTypes.length + (rows.taskType[row] as number);
      known[at] ||=
        1 +
        this.#enter(
          workers[worker] as { agent: string; pool: string },
          taskTypes[rows.taskType[row] as number] as string,
        );
      return (known[at] as number) - 1;
    });
  }

  #enter({ agent, pool }: { agent: string; pool: string }, taskType: string): number {
    // No id has a space in it.
    const groupKey = `${pool} ${taskType}`;
    const key = `${agent} ${groupKey}`;
    const found = this.#byKey.get(key);
    if (found !== undefined) return found;
    const group = this.#groups.get(groupKey) ?? this.#groups.size;
    this.#groups.set(groupKey, group);
    const cell = this.cells.push({ agent, pool, taskType, group }) - 1;
    this.#byKey.set(key, cell);
    if (agent === '') this.rejected.set(group, cell);
    else this.members.set(group, [...(this.members.get(group) ?? []), cell]);
    return cell;
  }
}

/** Sums of counters by row of a day, in memory that is used again: what `of` gave before is gone. */
export class RowSums {
  #sums = new Float64Array(0);

  of({ rows, counters }: WorkDay, names: readonly WorkCounter[], scale = 1): Float64Array {
    const n = rows.hour.length;
    if (this.#sums.length < n) this.#sums = new Float64Array(n);
    const sums = this.#sums.subarray(0, n);
    sums.fill(0);
    for (const name of names) {
      const counter = counters[name];
      for (let row = 0; row < n; row++) sums[row] = (sums[row] as number) + (counter[row] as number) * scale;
    }
    return sums;
  }
}

/** What a KPI divides by what, by row of a day. */
export interface RowFigures {
  numerators: Float64Array;
  denominators: Float64Array;
}
