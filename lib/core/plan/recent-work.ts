import { poolIn } from '../kpi/agent-figures.ts';
import type { ChunkColumns } from '../kpi/chunk-columns.ts';
import { taskCounters } from '../kpi/task-rollup.ts';
import { taskStatuses } from '../model/event.ts';
import type { RosterEntry } from '../model/roster.ts';
import type { Minute } from '../model/time.ts';

/** Who did what in a stretch of minutes, in tasks a minute. */
export interface RecentWork {
  shares: { taskType: string; agent: string; pool: string; tasksPerMin: number }[];
  /** By pool, tasks of each minute. */
  arrivals: Map<string, number[]>;
}

/**
 * @param chunks columns of the minutes in [from, to); those outside are left out
 * @param entries whose pools work is counted in
 */
export function recentWork(
  { from, to }: { from: Minute; to: Minute },
  chunks: readonly ChunkColumns[],
  entries: ReadonlyMap<string, RosterEntry>,
): RecentWork {
  const ended = taskStatuses.map((status) => taskCounters.indexOf(status));
  const shares = new Map<string, RecentWork['shares'][number]>();
  const arrivals = new Map<string, number[]>();
  for (const { minute, tasks } of chunks) {
    if (minute < from || minute >= to) continue;
    for (const [row, agent] of tasks.agents.entries()) {
      const count = ended.reduce((sum, column) => sum + (tasks.counters[column]?.[row] ?? 0), 0);
      const pool = agent === '' ? (tasks.pools[row] ?? '') : poolIn(entries, agent);
      const taskType = tasks.types[row] ?? '';
      const counts = arrivals.get(pool) ?? Array.from({ length: to - from }, () => 0);
      arrivals.set(pool, counts);
      counts[minute - from] = (counts[minute - from] ?? 0) + count;
      if (agent === '' || count === 0) continue;
      const key = `${taskType}\n${agent}`;
      const share = shares.get(key) ?? { taskType, agent, pool, tasksPerMin: 0 };
      shares.set(key, share);
      share.tasksPerMin += count / (to - from);
    }
  }
  return { shares: [...shares.values()], arrivals };
}

/** The pool that did most of each task type. */
export function homePools({ shares }: RecentWork): Map<string, string> {
  const homes = new Map<string, string>();
  for (const [taskType, its] of Map.groupBy(shares, (share) => share.taskType)) {
    const pools = [...Map.groupBy(its, ({ pool }) => pool)].map(([pool, some]) => {
      return { pool, tasksPerMin: some.reduce((sum, share) => sum + share.tasksPerMin, 0) };
    });
    const [most] = pools.sort((a, b) => b.tasksPerMin - a.tasksPerMin || (a.pool < b.pool ? -1 : 1));
    if (most) homes.set(taskType, most.pool);
  }
  return homes;
}
