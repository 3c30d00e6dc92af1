import { ReusedMemory } from '../model/reused-memory.ts';
import type { WorkCounter, WorkDay, Worker } from './work-day.ts';

/** Work that is compared with itself: one task type of one agent in one pool; of agent '' what the pool rejected. */
export interface WorkCell {
  agent: string;
  pool: string;
  taskType: string;
  /** Number of its (pool, task type), whose cells share the pattern of hours. */
  group: number;
}

/** One (pool, task type), and its cells by agent. */
interface KnownGroup {
  group: number;
  byAgent: Map<string, number>;
}

/** Numbers the cells and groups of all days, in the order in which they are first seen. */
export class WorkCells {
  readonly cells: WorkCell[] = [];
  /** By group: its cell of what the pool rejected; none where it is absent. */
  readonly rejected = new Map<number, number>();
  /** By group: its cells of agents. */
  readonly members = new Map<number, number[]>();
  /** By pool, then by task type. */
  readonly #known = new Map<string, Map<string, KnownGroup>>();
  #groups = 0;

  get groups(): number {
    return this.#groups;
  }

  /** @returns the cell of each row */
  of({ workers, taskTypes, rows }: WorkDay): Uint32Array {
    // By (worker, task type) of this day: 1 + its cell, 0 where it was not looked up yet.
    const known = new Uint32Array(workers.length * taskTypes.length);
    const cells = new Uint32Array(rows.worker.length);
    for (let row = 0; row < cells.length; row++) {
      const [worker, taskType] = [rows.worker[row] as number, rows.taskType[row] as number];
      const at = worker * taskTypes.length + taskType;
      known[at] ||= 1 + this.#enter(workers[worker] as Worker, taskTypes[taskType] as string);
      cells[row] = (known[at] as number) - 1;
    }
    return cells;
  }

  #enter({ agent, pool }: Worker, taskType: string): number {
    const types = this.#known.get(pool) ?? new Map<string, KnownGroup>();
    this.#known.set(pool, types);
    const known: KnownGroup = types.get(taskType) ?? { group: this.#groups++, byAgent: new Map() };
    types.set(taskType, known);
    const { group, byAgent } = known;
    const found = byAgent.get(agent);
    if (found !== undefined) return found;
    const cell = this.cells.push({ agent, pool, taskType, group }) - 1;
    byAgent.set(agent, cell);
    if (agent === '') this.rejected.set(group, cell);
    else this.members.set(group, [...(this.members.get(group) ?? []), cell]);
    return cell;
  }
}

/** Sums of counters by row of a day, in memory that is used again: what `of` gave before is gone. */
export class RowSums {
  readonly #memory = new ReusedMemory();

  of({ rows, counters }: WorkDay, names: readonly WorkCounter[], scale = 1): Float64Array {
    const n = rows.hour.length;
    const sums = this.#memory.array('sums', n).fill(0);
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
