import { type WorkCounter, type WorkDay, type Worker, workCounters } from '../../lib/core/benchmark/work-day.ts';

/** What one task, or many together, add to the counters. */
export type WorkOfTask = Partial<Record<WorkCounter, number>>;

/** Sums up tasks to a day of work. */
export class DayOfWork {
  readonly #day: number;
  readonly #workers: Worker[] = [];
  readonly #types: string[] = [];
  readonly #rows = new Map<string, { worker: number; type: number; hour: number; sums: Float64Array }>();

  constructor(day: number) {
    this.#day = day;
  }

  /** @returns the number that `add` knows it by */
  worker(worker: Worker): number {
    return this.#workers.push(worker) - 1;
  }

  add(worker: number, taskType: string, hour: number, task: WorkOfTask): void {
    const key = `${worker}/${taskType}/${hour}`;
    if (!this.#types.includes(taskType)) this.#types.push(taskType);
    const row = this.#rows.get(key) ?? {
      ...{ worker, type: this.#types.indexOf(taskType), hour },
      sums: new Float64Array(workCounters.length),
    };
    this.#rows.set(key, row);
    workCounters.forEach((name, i) => {
      row.sums[i] = (row.sums[i] as number) + (task[name] ?? 0);
    });
  }

  finish(): WorkDay {
    const rows = [...this.#rows.values()];
    return {
      ...{ day: this.#day, workers: this.#workers, taskTypes: this.#types },
      rows: {
        worker: Uint32Array.from(rows, ({ worker }) => worker),
        taskType: Uint32Array.from(rows, ({ type }) => type),
        hour: Uint8Array.from(rows, ({ hour }) => hour),
      },
      counters: Object.fromEntries(
        workCounters.map((name, i) => [name, Float64Array.from(rows, ({ sums }) => sums[i] as number)]),
      ) as WorkDay['counters'],
    };
  }
}
