import { type Equation, nonNegativeLeastSquares } from '../kpi/non-negative-least-squares.ts';
import type { WorkflowTask } from '../workflow/workflow-task.ts';
import type { ObservedPool } from './recommendation-context.ts';

/**
 * How tasks slow each other down, by the Universal Scalability Law: with n at work at once one takes
 * 1 + sigma (n − 1) + kappa n (n − 1) times as long as alone.
 */
export interface ScalingLaw {
  sigma: number;
  kappa: number;
  /** What has to share: the slots of one agent, where it has several, or all agents of the pool. */
  within: 'agent' | 'pool';
  /** Tasks by how many were at work when they started, themselves included. */
  levels: ReadonlyMap<number, number>;
  /** Mean time of a task, ms. */
  meanMs: number;
  /** By how much more squares the law leaves without kappa: chi-square of one degree, where kappa is 0. */
  kappaChiSquare: number;
}

const LEAST_LEVELS = 4;
const LEAST_OF_LEVEL = 20;

/**
 * Of single tasks, each beside how many were at work when it started: that does not depend on how long it takes itself, which tasks at work
 * by the minute do. Times are taken relative to the middle of the same agent and type, so that neither who is slow nor what is long
 * passes for contention.
 * @returns null where too few numbers of tasks at once were seen
 * @see Gunther: Guerrilla Capacity Planning, Springer 2007, chapter 4
 */
export function scalingLaw({ agents, tasks }: Pick<ObservedPool, 'agents' | 'tasks'>): ScalingLaw | null {
  const within = agents.some(({ slots }) => slots > 1) ? 'agent' : 'pool';
  const done = tasks.filter(({ event, startUs, endUs }) => event.status === 'completed' && endUs > startUs);
  const usual = usualTimes(done);
  const levels = new Map<number, { n: number; sum: number; squares: number }>();
  for (const { task, atWork } of withTasksAtWork(tasks, within)) {
    const usualUs = task.event.status === 'completed' ? usual.get(keyOf(task)) : undefined;
    if (usualUs === undefined) continue;
    const relative = Math.log((task.endUs - task.startUs) / usualUs);
    const its = levels.get(atWork) ?? { n: 0, sum: 0, squares: 0 };
    levels.set(atWork, its);
    its.n += 1;
    its.sum += relative;
    its.squares += relative ** 2;
  }
  const told = [...levels].filter(([, { n }]) => n >= LEAST_OF_LEVEL);
  if (told.length < LEAST_LEVELS) return null;
  // On logarithms single tasks vary alike at every level, and their long tails do not count for more than the rest.
  const [squares, freedom] = told.reduce(
    ([sum, count], [, its]) => [sum + its.squares - its.sum ** 2 / its.n, count + its.n - 1],
    [0, 0],
  );
  const rowsOf = (terms: (level: number) => number[]): Equation[] =>
    told.map(([level, { n, sum }]) => {
      const middle = Math.exp(sum / n);
      return { row: terms(level), target: middle, weight: (n * freedom) / (squares * middle ** 2) };
    });
  const whole = fitted(rowsOf((level) => [1, level - 1, level * (level - 1)]));
  const without = fitted(rowsOf((level) => [1, level - 1]));
  const [alone = 0, contention = 0, coherency = 0] = whole.coefficients;
  if (!(alone > 0)) return null;
  const dispersion = Math.max(1, whole.squares / Math.max(1, told.length - 3));
  return {
    ...{ sigma: contention / alone, kappa: coherency / alone, within },
    levels: new Map([...levels].map(([level, { n }]) => [level, n])),
    meanMs: done.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0) / done.length / 1_000,
    kappaChiSquare: Math.max(0, without.squares - whole.squares) / dispersion,
  };
}

/** How many times as long as alone a task takes with n at work. @param n 1 or more */
export function slowdown({ sigma, kappa }: Pick<ScalingLaw, 'sigma' | 'kappa'>, n: number): number {
  return 1 + sigma * (n - 1) + kappa * n * (n - 1);
}

function fitted(rows: Equation[]): { coefficients: number[]; squares: number } {
  const coefficients = nonNegativeLeastSquares(rows);
  const squares = rows.reduce((sum, { row, target, weight }) => {
    return sum + weight * (target - row.reduce((total, term, i) => total + term * (coefficients[i] ?? 0), 0)) ** 2;
  }, 0);
  return { coefficients, squares };
}

function keyOf({ event }: WorkflowTask): string {
  return `${event.agent}\n${event.taskType}`;
}

/** Geometric means. */
function usualTimes(tasks: readonly WorkflowTask[]): Map<string, number> {
  return new Map(
    [...Map.groupBy(tasks, keyOf)].map(([key, its]) => {
      return [key, Math.exp(its.reduce((sum, { startUs, endUs }) => sum + Math.log(endUs - startUs), 0) / its.length)];
    }),
  );
}

/** Each task with how many were at work when it started, itself among them. */
function* withTasksAtWork(
  tasks: readonly WorkflowTask[],
  within: ScalingLaw['within'],
): Generator<{ task: WorkflowTask; atWork: number }> {
  const running = new Map<string, number[]>();
  const inOrder = tasks.filter(({ startUs, endUs }) => endUs > startUs).sort((a, b) => a.startUs - b.startUs);
  for (const task of inOrder) {
    const key = within === 'agent' ? (task.event.agent ?? '') : '';
    const ends = (running.get(key) ?? []).filter((endUs) => endUs > task.startUs);
    ends.push(task.endUs);
    running.set(key, ends);
    yield { task, atWork: ends.length };
  }
}
