/**
 * Sums of something that is told of tasks in groups (all tasks of a minute together, or one by one), where older groups count
 * less. Enough for a mean, how much it is worth, and how much single tasks vary, though nobody told their squares.
 */
export interface DecayedMoments {
  /** Σ w·n over groups of n tasks with weight w. */
  tasks: number;
  /** Σ w²·n */
  squaredTasks: number;
  /** Σ w·s, s the sum over the tasks of a group. */
  sum: number;
  /** Σ w·s² ÷ n */
  squares: number;
  /** Σ w over groups. */
  groups: number;
}

export function noMoments(): DecayedMoments {
  return { tasks: 0, squaredTasks: 0, sum: 0, squares: 0, groups: 0 };
}

/**
 * Adds so many groups of equal size, in place.
 * @param group n tasks that sum up to `sum`; 0 tasks add nothing
 * @param weight 0..1
 */
export function addGroups(
  to: DecayedMoments,
  { n, sum }: { n: number; sum: number },
  weight: number,
  groups = 1,
): void {
  if (n === 0 || weight === 0) return;
  to.tasks += groups * weight * n;
  to.squaredTasks += groups * weight ** 2 * n;
  to.sum += groups * weight * sum;
  to.squares += (groups * weight * sum ** 2) / n;
  to.groups += groups * weight;
}

/** Of how many tasks of equal weight a mean would be as certain; 0 without any. */
export function effectiveTasks({ tasks, squaredTasks }: DecayedMoments): number {
  return squaredTasks > 0 ? tasks ** 2 / squaredTasks : 0;
}

/**
 * What tells how much single tasks vary: squares ÷ freedom estimates the variance of one task without bias, if tasks of one
 * agent and type vary by chance alone.
 * @returns both 0 with fewer than two groups
 */
export function withinTasks({ tasks, squaredTasks, sum, squares, groups }: DecayedMoments): {
  squares: number;
  freedom: number;
} {
  if (tasks === 0) return { squares: 0, freedom: 0 };
  const freedom = Math.max(0, groups - squaredTasks / tasks);
  return freedom < 1e-6 ? { squares: 0, freedom: 0 } : { squares: Math.max(0, squares - sum ** 2 / tasks), freedom };
}
