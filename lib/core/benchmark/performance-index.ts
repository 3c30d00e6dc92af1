import type { ChangeUnit } from './benchmark.ts';
import type { DailyIndex } from './noise-fit.ts';
import type { StandardisedDays } from './standardisation.ts';

/** How the work was done day by day, apart from what work it was; `at` are the numbers of the days. */
export interface PerformanceIndex extends DailyIndex {
  /** What each day counts for in a mean of days. */
  weights: readonly number[];
}

/** Sums of some of the days. */
export interface DaySums {
  observed: number;
  tasks: number;
  expected: number;
  expectedByAgents: number;
  expectedByTypes: number;
}

/** Days that have tasks, and of which something can be expected. */
export function daysWithWork({ tasks, expected }: StandardisedDays, changeUnit: ChangeUnit): number[] {
  return [...tasks.keys()].filter(
    (day) => (tasks[day] as number) > 0 && (changeUnit === 'points' || (expected[day] as number) > 0),
  );
}

/**
 * Observed over expected, as a share of what that is over all days ('ratio'), or less expected, a task (points). Means of few
 * tasks are too low in the logarithm, so the index stays linear.
 */
export function performanceIndex(
  of: StandardisedDays,
  days: readonly number[],
  changeUnit: ChangeUnit,
): PerformanceIndex {
  const tasks = days.map((day) => of.tasks[day] as number);
  if (changeUnit === 'points') {
    const values = days.map(
      (day, i) => ((of.observed[day] as number) - (of.expected[day] as number)) / (tasks[i] as number),
    );
    return { days, values, tasks, weights: tasks };
  }
  const { observed, expected } = sumDays(of, days);
  const weights = days.map((day) => of.expected[day] as number);
  const values = days.map(
    (day, i) => ((of.observed[day] as number) / (weights[i] as number)) * (expected / observed) - 1,
  );
  return { days, values, tasks, weights };
}

export function sumDays(of: StandardisedDays, days: readonly number[]): DaySums {
  const sum = (values: Float64Array) => days.reduce((total, day) => total + (values[day] as number), 0);
  return {
    ...{ observed: sum(of.observed), tasks: sum(of.tasks), expected: sum(of.expected) },
    ...{ expectedByAgents: sum(of.expectedByAgents), expectedByTypes: sum(of.expectedByTypes) },
  };
}

/** A change and its parts, which add up: natural logarithms of factors ('ratio'), or points. */
export interface DecomposedChange {
  change: number;
  mix: { taskTypes: number; agents: number; hours: number };
  performance: number;
}

/**
 * Nested expectations tell the parts of the mix: first task types alone, then by whom they are done, then when. What the expected does
 * not move is performance.
 */
export function decomposeChange(current: DaySums, reference: DaySums, changeUnit: ChangeUnit): DecomposedChange {
  const level = (sum: number, tasks: number) => (changeUnit === 'ratio' ? Math.log(sum / tasks) : sum / tasks);
  const moved = (of: (days: DaySums) => number) =>
    level(of(current), current.tasks) - level(of(reference), reference.tasks);
  const [byTypes, byAgents, byAll, change] = [
    moved(({ expectedByTypes }) => expectedByTypes),
    moved(({ expectedByAgents }) => expectedByAgents),
    moved(({ expected }) => expected),
    moved(({ observed }) => observed),
  ];
  const mix = { taskTypes: byTypes, agents: byAgents - byTypes, hours: byAll - byAgents };
  return { change, mix, performance: change - byAll };
}
