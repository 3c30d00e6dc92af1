import { type AgentWork, addRollup, noWork, weightAtAge } from '../efficiency/agent-work.ts';
import type { DecayedMoments } from '../efficiency/decayed-moments.ts';
import type { ChunkColumns } from '../kpi/chunk-columns.ts';
import { sketchOfRow } from '../kpi/sketch-rows.ts';
import { type TaskCounter, taskCounters } from '../kpi/task-rollup.ts';
import type { Minute } from '../model/time.ts';

/** What agents did of each task type, older work counting less. */
export interface WorkMemory {
  /** The newest minute that is in it. */
  through: Minute;
  /** Agent → task type → what it did, as of `through`. */
  work: ReadonlyMap<string, ReadonlyMap<string, AgentWork>>;
}

/** A week ago counts half. */
const HALF_LIFE_MINUTES = 7 * 1_440;
/** What counts for less than so many tasks is forgotten. */
const LEAST_TASKS = 0.05;

/**
 * Adds the minutes after those that are in it.
 * @param chunks of the minutes in (memory.through, through]; those outside are left out
 */
export function rememberWork(memory: WorkMemory | null, chunks: readonly ChunkColumns[], through: Minute): WorkMemory {
  const from = memory?.through ?? Number.NEGATIVE_INFINITY;
  if (through <= from) return memory ?? { through, work: new Map() };
  const kept = memory ? weightAtAge(through - memory.through, HALF_LIFE_MINUTES) : 1;
  const work = new Map<string, Map<string, AgentWork>>();
  for (const [agent, types] of memory?.work ?? []) {
    const faded = [...types].flatMap(([type, its]): [string, AgentWork][] => {
      return its.success.tasks * kept < LEAST_TASKS ? [] : [[type, fade(its, kept)]];
    });
    if (faded.length > 0) work.set(agent, new Map(faded));
  }
  for (const { minute, tasks } of chunks) {
    if (minute <= from || minute > through) continue;
    const weight = weightAtAge(through - minute, HALF_LIFE_MINUTES);
    for (const [row, agent] of tasks.agents.entries()) {
      if (agent === '') continue;
      const types = work.get(agent) ?? new Map<string, AgentWork>();
      work.set(agent, types);
      const taskType = tasks.types[row] ?? '';
      const its = types.get(taskType) ?? noWork();
      types.set(taskType, its);
      addRollup(its, { counters: countersOf(tasks.counters, row), service: sketchOfRow(tasks.service, row) }, weight);
    }
  }
  return { through, work };
}

function countersOf(columns: ChunkColumns['tasks']['counters'], row: number): Record<TaskCounter, number> {
  return Object.fromEntries(taskCounters.map((name, i) => [name, columns[i]?.[row] ?? 0])) as Record<
    TaskCounter,
    number
  >;
}

function fade(work: AgentWork, kept: number): AgentWork {
  return {
    success: fadeMoments(work.success, kept),
    logService: fadeMoments(work.logService, kept),
    serviceUs: work.serviceUs * kept,
    quality: fadeMoments(work.quality, kept),
    cost: fadeMoments(work.cost, kept),
  };
}

/** Each group's weight gets smaller: sums go with it, those of squared weights with its square. */
function fadeMoments({ tasks, squaredTasks, sum, squares, groups }: DecayedMoments, kept: number): DecayedMoments {
  return {
    tasks: tasks * kept,
    squaredTasks: squaredTasks * kept ** 2,
    sum: sum * kept,
    squares: squares * kept,
    groups: groups * kept,
  };
}
