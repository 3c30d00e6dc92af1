import type { AllocationProblem } from '../../lib/core/optimize/allocation-problem.ts';
import { createRandom } from '../../lib/sim/random.ts';

/** Adds some of everything that a problem may ask for, drawn with a seed. */
export function withRandomOptions(problem: AllocationProblem, seed: number): AllocationProblem {
  const random = createRandom(seed, 'allocation options');
  const isChosen = (share: number) => random.uniform() < share;
  const most = problem.agents.reduce(
    (sum, { count, costPerHourUsd }) => sum + (count.max ?? count.now) * costPerHourUsd,
    0,
  );
  const shares = problem.agents.flatMap(({ id, skills }) => {
    const [taskType] = Object.keys(skills);
    return taskType === undefined ? [] : [{ taskType, agent: id, tasksPerMin: random.uniform(0, 20) }];
  });
  return {
    ...problem,
    agents: problem.agents.map((it) => ({ ...it, healthy: !isChosen(0.05) })),
    ...(isChosen(0.3) && { budgetUsdPerHour: most * random.uniform(0.3, 3) }),
    ...(isChosen(0.3) && { resilience: { servedShare: random.uniform(0.1, 0.5) } }),
    ...(isChosen(0.3) && { pooling: { maxLentShare: random.uniform(0, 0.5) } }),
    ...(isChosen(0.3) && { fairness: 'none' as const }),
    ...(isChosen(0.3) && { balanceUsdPerHour: random.uniform(0, 20) }),
    ...(isChosen(0.3) && { qualityUsdPerTask: random.uniform(0, 0.02) }),
    ...(isChosen(0.3) && {
      current: { shares },
      churn: { costPerMovedTaskUsd: 0.001, maxMovedShare: random.uniform(0.3, 1), costPerAgentChangeUsd: 0.1 },
    }),
  };
}
