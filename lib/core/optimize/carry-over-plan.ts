import type { AllocationPlan } from './allocation-plan.ts';
import type { AllocationProblem } from './allocation-problem.ts';
import { planOf } from './read-plan.ts';
import type { SettledProblem } from './settle-problem.ts';

/**
 * What is in force, at the new demand: the agents that there are, and every task type spread over them in the proportions of now.
 * Whether that still keeps to the limits is for checkPlan to say.
 * @returns null when nothing is told to be in force, or when an agent that has a share can no longer do the work
 */
export function carryOverPlan(settled: SettledProblem, { current }: AllocationProblem): AllocationPlan | null {
  if (!current) return null;
  const { agents, taskTypes, flows } = settled;
  const totals = taskTypes.map(() => 0);
  let carried = 0;
  for (const { type, step, nowPerMin } of flows) {
    if (step >= 0 || nowPerMin === 0) continue;
    totals[type]! += nowPerMin;
    carried += 1;
  }
  if (carried < current.shares.filter(({ tasksPerMin }) => tasksPerMin > 0).length) return null;
  return planOf(settled, {
    counts: agents.map(({ now }) => now),
    flows: flows.map(({ type, step, nowPerMin }) =>
      step < 0 && nowPerMin > 0 ? (nowPerMin / totals[type]!) * taskTypes[type]!.demandPerMin : 0,
    ),
    degraded: taskTypes.map(({ ladder }) => ladder.map(() => 0)),
    standby: [],
  });
}
