import { zeroCounters } from './counters.ts';
import { binLogUs } from './latency-sketch.ts';
import type { TaskCounter, TaskRollup } from './task-rollup.ts';

/** The counters of task rollups that are needed once a minute is closed: for running totals, detectors and directives. */
export const tabledCounters = [
  ...(['completed', 'failed', 'timeout', 'cancelled', 'rejected', 'retries'] as const),
  ...(['responseCount', 'responseUs', 'waitCount', 'waitUs', 'serviceCount', 'serviceUs'] as const),
  ...(['qualityCount', 'qualityPpm'] as const),
  ...([
    'costNanoUsd',
    'inputTokens',
    'cachedInputTokens',
    'cacheWriteTokens',
    'outputTokens',
    'reasoningTokens',
  ] as const),
] as const satisfies readonly TaskCounter[];

export type TabledCounter = (typeof tabledCounters)[number];

/** Count, sum and sum of squares of the natural logarithms of service times in microseconds. */
export interface LogMoments {
  n: number;
  sum: number;
  squares: number;
}

/** A row: the tasks of one type of one agent in one minute. */
export interface TaskRow {
  /** '' for tasks rejected before they reached an agent; then `pool` names the pool. */
  agent: string;
  pool: string;
  taskType: string;
  counters: Record<TabledCounter, number>;
  /** Of its service times. */
  service: LogMoments;
}

/** How the tasks of a row ended, and how good those were that somebody graded. */
export interface TaskOutcomes {
  agent: string;
  taskType: string;
  completed: number;
  failed: number;
  timeout: number;
  graded: number;
  qualityPpm: number;
}

const WIDTH = tabledCounters.length + 3;
const OUTCOMES = (['completed', 'failed', 'timeout', 'qualityCount', 'qualityPpm'] as const).map((name) =>
  tabledCounters.indexOf(name),
);

/** Counters and moments of several rows together: side by side as the rows have them, which adds up faster than by their names. */
export class TaskSums {
  readonly #values = new Float64Array(WIDTH);

  /** In place. @param at where the row begins in the values */
  add(values: Float64Array, at: number): void {
    for (let i = 0; i < WIDTH; i++) this.#values[i] = (this.#values[i] as number) + (values[at + i] as number);
  }

  /** What they come to so far. */
  total(): Pick<TaskRow, 'counters' | 'service'> {
    const counters = zeroCounters(tabledCounters);
    let at = 0;
    for (const name of tabledCounters) counters[name] = this.#values[at++] ?? 0;
    return { counters, service: momentsAt(this.#values, at) };
  }
}

/** Whether a rollup has anything that is tabled: of many a minute has no more than the run time of a task that ended later. */
export function isTabled({ counters, service }: TaskRollup): boolean {
  return service.bins.size > 0 || tabledCounters.some((name) => counters[name] !== 0);
}

/** Task rollups of one minute in a sixth of the memory, without their distributions. */
export class ClosedTasks {
  readonly #agents: string[] = [];
  readonly #pools: string[] = [];
  readonly #taskTypes: string[] = [];
  /** Row by row: the counters, and the moments. */
  readonly #values: Float64Array;

  constructor(rollups: ReadonlyMap<unknown, TaskRollup>) {
    const kept = [...rollups.values()].filter(isTabled);
    this.#values = new Float64Array(kept.length * WIDTH);
    let at = 0;
    for (const { agent, pool, taskType, counters, service } of kept) {
      this.#agents.push(agent);
      this.#pools.push(pool);
      this.#taskTypes.push(taskType);
      for (const name of tabledCounters) this.#values[at++] = counters[name];
      let [n, sum, squares] = [0, 0, 0];
      for (const [bin, count] of service.bins) {
        const log = binLogUs(bin);
        n += count;
        sum += count * log;
        squares += count * log * log;
      }
      this.#values[at++] = n;
      this.#values[at++] = sum;
      this.#values[at++] = squares;
    }
  }

  get size(): number {
    return this.#agents.length;
  }

  /** Every row, made when it is asked for. */
  *values(): Generator<TaskRow> {
    for (let row = 0; row < this.size; row++) {
      let at = row * WIDTH;
      const counters = {} as Record<TabledCounter, number>;
      for (const name of tabledCounters) counters[name] = this.#values[at++] ?? 0;
      yield { ...this.#named(row), counters, service: momentsAt(this.#values, at) };
    }
  }

  /** Who did what in each row, for those who add all rows of a fleet up: see addTo. */
  *names(): Generator<Pick<TaskRow, 'agent' | 'pool' | 'taskType'> & { row: number }> {
    for (let row = 0; row < this.size; row++) yield { row, ...this.#named(row) };
  }

  addTo(sums: TaskSums, row: number): void {
    sums.add(this.#values, row * WIDTH);
  }

  /** The moments alone, for those who look at every row of a fleet. */
  *services(): Generator<Pick<TaskRow, 'agent' | 'taskType' | 'service'>> {
    for (let row = 0; row < this.size; row++) {
      const { agent, taskType } = this.#named(row);
      yield { agent, taskType, service: momentsAt(this.#values, row * WIDTH + tabledCounters.length) };
    }
  }

  /** How tasks ended and how good they were, for those who look at every row of a fleet. */
  *outcomes(): Generator<TaskOutcomes> {
    for (let row = 0; row < this.size; row++) {
      const { agent, taskType } = this.#named(row);
      const at = row * WIDTH;
      const [completed, failed, timeout, graded, qualityPpm] = OUTCOMES.map((offset) => this.#values[at + offset] ?? 0);
      yield { agent, taskType, completed, failed, timeout, graded, qualityPpm } as TaskOutcomes;
    }
  }

  #named(row: number): Pick<TaskRow, 'agent' | 'pool' | 'taskType'> {
    return {
      agent: this.#agents[row] ?? '',
      pool: this.#pools[row] ?? '',
      taskType: this.#taskTypes[row] ?? '',
    };
  }
}

function momentsAt(values: Float64Array, at: number): LogMoments {
  return { n: values[at] ?? 0, sum: values[at + 1] ?? 0, squares: values[at + 2] ?? 0 };
}
