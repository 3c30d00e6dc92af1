import type { PoolOutlook } from './forecast-answer.ts';
import type { PlanAnswer } from './plan-answer.ts';

/** A pool in a plan. */
export interface PoolRow {
  pool: string;
  /** Agents there now, null where it is not told. */
  now: number | null;
  planned: number;
  utilization: number | null;
  /** Part of its usable capacity that the plan takes. */
  saturation: number | null;
  outlook: PoolOutlook | undefined;
}

/** The pools of a plan, tightest first, as it has them. */
export function poolRows({ resource_allocation: allocation, pools }: PlanAnswer): PoolRow[] {
  const { agents, counts = [] } = allocation;
  const told = new Map(allocation.pools.map((its) => [its.pool, its]));
  const names = [...new Set([...told.keys(), ...Object.keys(agents)])];
  return names.map((pool) => {
    const outlook = pools.find((its) => its.pool === pool);
    const groups = counts.filter((group) => group.pool === pool);
    const there = groups.reduce((sum, { now }) => sum + now, 0);
    return {
      pool,
      now: groups.length > 0 ? there : (outlook?.agents ?? null),
      planned: agents[pool] ?? told.get(pool)?.agents ?? 0,
      utilization: told.get(pool)?.utilization ?? null,
      saturation: told.get(pool)?.saturation ?? null,
      outlook,
    };
  });
}

/** `+2`, `−1` or `no change`. */
export function stepText(change: number): string {
  if (change === 0) return 'no change';
  return change > 0 ? `+${change}` : `−${Math.abs(change)}`;
}

/** Tasks a minute that nobody does, of all types together. */
export function unservedPerMin({ resource_allocation: { unserved } }: PlanAnswer): number {
  return unserved.reduce((sum, { tasksPerMin }) => sum + tasksPerMin, 0);
}

/** Tasks a minute of each type that a plan is for, done or not. */
export function demandByType({ resource_allocation: { shares, unserved } }: PlanAnswer): Map<string, number> {
  const demand = new Map<string, number>();
  for (const { taskType, tasksPerMin } of [...shares, ...unserved]) {
    demand.set(taskType, (demand.get(taskType) ?? 0) + tasksPerMin);
  }
  return demand;
}
