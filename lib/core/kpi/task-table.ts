import type { LatencySketch } from './latency-sketch.ts';
import { RollupTable } from './rollup-table.ts';
import { type TaskCounter, type TaskRollup, taskCounters } from './task-rollup.ts';

/** Rollups of tasks; the sketches of each row are those of its response and its service times. */
export type TaskTable = RollupTable<TaskCounter>;

export const RESPONSE = 0;
export const SERVICE = 1;

export function emptyTaskTable(): TaskTable {
  return new RollupTable(taskCounters, 2);
}

/** What one subject of a table did; nothing where it is not in it. */
export function tasksIn(table: TaskTable, id: string): TaskRollup {
  const row = table.find(id);
  return tasksOfRows(table, row === undefined ? [] : [row]);
}

/** The same of each, by id. */
export function tasksById(table: TaskTable): Map<string, TaskRollup> {
  return new Map(table.ids.map((id, row) => [id, tasksOfRows(table, [row])]));
}

export function tasksOfRows(table: TaskTable, rows: readonly number[]): TaskRollup {
  return lazyTasks(table.sumCounters(rows, taskCounters), (sketch) => table.sumSketch(sketch, rows));
}

/**
 * Tasks whose sketches are put together when somebody looks at them: most readers look at counters only.
 * @param sketchOf makes the one or the other
 */
export function lazyTasks(
  counters: TaskRollup['counters'],
  sketchOf: (sketch: typeof RESPONSE | typeof SERVICE) => LatencySketch,
): TaskRollup {
  let response: LatencySketch | undefined;
  let service: LatencySketch | undefined;
  return {
    ...{ agent: '', pool: '', taskType: '', counters },
    get response() {
      response ??= sketchOf(RESPONSE);
      return response;
    },
    get service() {
      service ??= sketchOf(SERVICE);
      return service;
    },
  };
}
