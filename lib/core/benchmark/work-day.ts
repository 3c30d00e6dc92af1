import type { ChunkTasks } from '../kpi/chunk-columns.ts';
import { type TaskCounter, taskCounters } from '../kpi/task-rollup.ts';
import { DAY_MINUTES, type Minute } from '../model/time.ts';

/** What is kept of work for comparisons; additive, as in TaskRollup. */
export const workCounters = [
  'completed',
  'failed',
  'timeout',
  'rejected',
  'responseCount',
  'responseUs',
  'serviceCount',
  'serviceUs',
  'costNanoUsd',
  'slaTotal',
  'slaMet',
  'qualityCount',
  'qualityPpm',
  'csatCount',
  'csatMilli',
  'completedFirst',
] as const satisfies readonly TaskCounter[];

export type WorkCounter = (typeof workCounters)[number];

/** Who did some work; agent '' stands for what a pool rejected before it reached an agent. */
export interface Worker {
  agent: string;
  pool: string;
}

/**
 * What a fleet did in one UTC day by (agent, task type, hour): changes of mix and of performance are told apart by it.
 * Row i is the work of `workers[rows.worker[i]]` on `taskTypes[rows.taskType[i]]` in hour `rows.hour[i]` of the day.
 */
export interface WorkDay {
  /** First minute of the day. */
  day: Minute;
  workers: readonly Worker[];
  taskTypes: readonly string[];
  /** All of one length. */
  rows: { worker: Uint32Array; taskType: Uint32Array; hour: Uint8Array };
  counters: Readonly<Record<WorkCounter, Float64Array>>;
}

const positions = workCounters.map((name) => taskCounters.indexOf(name));

/** Sums up a day, of some minutes after the others. */
export class WorkDayBuilder {
  readonly #day: Minute;
  readonly #poolOf: (agent: string) => string;
  readonly #workers = new Map<string, number>();
  readonly #workerList: Worker[] = [];
  readonly #types = new Map<string, number>();
  /** By (worker, task type, hour): the row. */
  readonly #rows = new Map<number, number>();
  readonly #keys: [worker: number, taskType: number, hour: number][] = [];
  readonly #sums: number[][] = workCounters.map(() => []);

  /** @param poolOf the pool of an agent by the end of the day */
  constructor(day: Minute, poolOf: (agent: string) => string) {
    this.#day = day;
    this.#poolOf = poolOf;
  }

  /** @throws RangeError on a chunk of another day */
  add({ minute, tasks }: ChunkTasks): void {
    const hour = Math.floor((minute - this.#day) / 60);
    if (hour < 0 || minute >= this.#day + DAY_MINUTES) throw new RangeError(`minute ${minute} is of another day`);
    for (let i = 0; i < tasks.agents.length; i++) {
      const row = this.#enter(tasks.agents[i] as string, tasks.pools[i] as string, tasks.types[i] as string, hour);
      for (let c = 0; c < positions.length; c++) {
        const value = tasks.counters[positions[c] as number]?.[i] ?? 0;
        if (value === 0) continue;
        const sums = this.#sums[c] as number[];
        sums[row] = (sums[row] ?? 0) + value;
      }
    }
  }

  finish(): WorkDay {
    const n = this.#keys.length;
    const rows = { worker: new Uint32Array(n), taskType: new Uint32Array(n), hour: new Uint8Array(n) };
    for (const [row, [worker, taskType, hour]] of this.#keys.entries()) {
      rows.worker[row] = worker;
      rows.taskType[row] = taskType;
      rows.hour[row] = hour;
    }
    const columnOf = (sums: readonly number[]) => {
      const column = new Float64Array(n);
      for (let row = 0; row < sums.length; row++) column[row] = sums[row] ?? 0;
      return column;
    };
    return {
      ...{ day: this.#day, workers: this.#workerList, taskTypes: [...this.#types.keys()], rows },
      counters: Object.fromEntries(
        workCounters.map((name, c) => [name, columnOf(this.#sums[c] as number[])]),
      ) as Record<WorkCounter, Float64Array>,
    };
  }

  #enter(agent: string, rejectedBy: string, taskType: string, hour: number): number {
    const worker = this.#enterWorker(agent, agent === '' ? rejectedBy : this.#poolOf(agent));
    const type = this.#types.get(taskType) ?? this.#types.size;
    this.#types.set(taskType, type);
    const key = (worker * MOST_TYPES + type) * HOURS + hour;
    const found = this.#rows.get(key);
    if (found !== undefined) return found;
    this.#rows.set(key, this.#keys.length);
    this.#keys.push([worker, type, hour]);
    return this.#keys.length - 1;
  }

  #enterWorker(agent: string, pool: string): number {
    // No id has a space in it.
    const key = agent === '' ? `rejected by ${pool}` : agent;
    const found = this.#workers.get(key);
    if (found !== undefined) return found;
    this.#workers.set(key, this.#workerList.length);
    this.#workerList.push({ agent, pool });
    return this.#workerList.length - 1;
  }
}

const HOURS = 24;
const MOST_TYPES = 1_000_000;
