import { nonNegativeLeastSquares } from '../kpi/non-negative-least-squares.ts';
import { type LevelMean, levelMeans } from './level-means.ts';
import type { ObservedPool } from './recommendation-context.ts';
import { type TaskAtWork, tasksAtWork } from './tasks-at-work.ts';

/**
 * How tasks slow each other down, by the Universal Scalability Law: with n at work at once one takes
 * 1 + sigma (n − 1) + kappa n (n − 1) times as long as alone.
 */
export interface ScalingLaw {
  sigma: number;
  kappa: number;
  /** What has to share: the slots of one agent, where it has several, or all agents of the pool. */
  within: 'agent' | 'pool';
  /** Completed tasks by how many were at work when they started, themselves included. */
  levels: ReadonlyMap<number, number>;
  /** Mean time of a completed task, ms. */
  meanMs: number;
  /** By how much more squares the law leaves without kappa: chi-square of one degree, where kappa is 0. */
  kappaChiSquare: number;
}

const LEAST_LEVELS = 4;
const LEAST_OF_LEVEL = 20;
/** Levels with fewer are seldom, but where many are at work they say most of kappa. */
const LEAST_TO_COUNT = 5;
const ROUNDS = 10;
/** Share of the tasks that take longer than the end of the window is looked away from. */
const LONGEST_SHARE = 0.01;

/**
 * Of single tasks, each beside how many were at work when it started: that does not depend on how long it takes itself, which tasks at work
 * by the minute do.
 * @param window in which all tasks that ended are there
 * @returns null where too few numbers of tasks at once were seen
 * @see Gunther: Guerrilla Capacity Planning, Springer 2007, chapter 4
 */
export function scalingLaw(
  { agents, tasks }: Pick<ObservedPool, 'agents' | 'tasks'>,
  window: { fromMs: number; toMs: number },
): ScalingLaw | null {
  const within = agents.some(({ slots }) => slots > 1) ? 'agent' : 'pool';
  const all = [...tasksAtWork(tasks, within)];
  const done = all.filter(isCompleted);
  const levels = new Map<number, number>();
  for (const { atWork } of done) levels.set(atWork, (levels.get(atWork) ?? 0) + 1);
  if ([...levels.values()].filter((n) => n >= LEAST_OF_LEVEL).length < LEAST_LEVELS) return null;
  const { means, variance } = levelMeans(whollySeen(all, window));
  const told = means.filter(({ n }) => n >= LEAST_TO_COUNT);
  const whole = fitted(told, variance, (level) => [1, level - 1, level * (level - 1)]);
  const without = fitted(told, variance, (level) => [1, level - 1]);
  const [alone = 0, contention = 0, coherency = 0] = whole.coefficients;
  if (!(alone > 0)) return null;
  const dispersion = Math.max(1, whole.squares / Math.max(1, told.length - 3));
  return {
    ...{ sigma: contention / alone, kappa: coherency / alone, within, levels },
    meanMs: done.reduce((sum, { task }) => sum + task.endUs - task.startUs, 0) / done.length / 1_000,
    kappaChiSquare: Math.max(0, without.squares - whole.squares) / dispersion,
  };
}

/** How many times as long as alone a task takes with n at work. @param n 1 or more */
export function slowdown({ sigma, kappa }: Pick<ScalingLaw, 'sigma' | 'kappa'>, n: number): number {
  return 1 + sigma * (n - 1) + kappa * n * (n - 1);
}

/**
 * Without tasks that began before the window, of which only the long ones are there, and without those that began so late that only
 * the short ones are, beside too few at work.
 */
function whollySeen(all: readonly TaskAtWork[], { fromMs, toMs }: { fromMs: number; toMs: number }): TaskAtWork[] {
  const lengths = Float64Array.from(all, ({ task }) => task.endUs - task.startUs).sort();
  const untilUs = toMs * 1_000 - (lengths.at(-1 - Math.floor(LONGEST_SHARE * lengths.length)) ?? 0);
  return all.filter((it) => {
    const { startUs, event } = it.task;
    return startUs >= fromMs * 1_000 && startUs <= untilUs && (isCompleted(it) || event.status === 'timeout');
  });
}

function isCompleted({ task }: TaskAtWork): boolean {
  return task.event.status === 'completed';
}

/**
 * Least squares of the logarithms, by Gauss-Newton: on them single tasks vary alike at every level, and their long tails do not count for
 * more than the rest. Weights are of what is fitted: those of what was seen would favour the levels that came out low.
 */
function fitted(
  means: readonly LevelMean[],
  variance: number,
  terms: (level: number) => number[],
): { coefficients: number[]; squares: number } {
  let coefficients: number[] = [];
  const lawAt = (level: number) => terms(level).reduce((sum, term, i) => sum + term * (coefficients[i] ?? 0), 0);
  for (let round = 0; round < ROUNDS; round++) {
    coefficients = nonNegativeLeastSquares(
      means.map(({ level, n, mean }) => {
        const near = round === 0 ? Math.exp(mean) : lawAt(level);
        return { row: terms(level), target: near * (1 + mean - Math.log(near)), weight: n / (variance * near ** 2) };
      }),
    );
    if (!((coefficients[0] ?? 0) > 0)) return { coefficients: [], squares: Number.POSITIVE_INFINITY };
  }
  const squares = means.reduce((sum, { level, n, mean }) => {
    return sum + (n * (mean - Math.log(lawAt(level))) ** 2) / variance;
  }, 0);
  return { coefficients, squares };
}
