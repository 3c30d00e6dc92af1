import type { Scenario, TaskTypeSpec } from '../scenario/scenario.ts';

/** Tasks of each type in a mean workflow, repetitions included (visit ratios); without faults and failures. */
export function visitsByType({ workflows }: Scenario): ReadonlyMap<string, number> {
  const total = workflows.reduce((sum, { weight }) => sum + weight, 0);
  const visits = new Map<string, number>();
  for (const { weight, steps } of workflows) {
    for (const { taskType, repeatShare } of steps) {
      visits.set(taskType, (visits.get(taskType) ?? 0) + weight / total / (1 - repeatShare));
    }
  }
  return visits;
}

type Priority = TaskTypeSpec['priority'];
const leastFirst: readonly Priority[] = ['low', 'normal', 'high', 'critical'];

/**
 * By priority, the share to turn away so that such a share of a pool's tasks is, the least important first.
 * By the mix that the scenario leads to expect; @returns a share of 0..1 for each priority
 */
export function rejectedShares(scenario: Scenario, pool: string, share: number): ReadonlyMap<Priority, number> {
  const visits = visitsByType(scenario);
  const types = scenario.taskTypes.filter((type) => type.pool === pool);
  const loadOf = (kept: readonly TaskTypeSpec[]) =>
    kept.reduce((sum, { taskType }) => sum + (visits.get(taskType) ?? 0), 0);
  let left = share * loadOf(types);
  return new Map(
    leastFirst.map((priority) => {
      const load = loadOf(types.filter((type) => type.priority === priority));
      const taken = Math.min(left, load);
      left -= taken;
      return [priority, load === 0 ? 0 : taken / load];
    }),
  );
}
