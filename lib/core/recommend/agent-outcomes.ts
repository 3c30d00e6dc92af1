import { medianOf } from '../kpi/median.ts';
import type { WorkflowTask } from '../workflow/workflow-task.ts';
import type { RecommendationContext } from './recommendation-context.ts';

/** What one agent did of one task type. */
export interface AgentOutcome {
  pool: string;
  taskType: string;
  agent: string;
  /** That of most of its tasks; '' where none told. */
  version: string;
  /** Attempts that completed, failed or timed out, and those of them that did not complete. */
  n: number;
  failed: number;
  /** Of those that completed: logarithm of the service time, and the time itself. */
  logService: Moments;
  serviceMs: number;
  quality: Moments;
}

export interface Moments {
  n: number;
  sum: number;
  squares: number;
}

export function noMoments(): Moments {
  return { n: 0, sum: 0, squares: 0 };
}

export function addTo(moments: Moments, value: number): void {
  moments.n += 1;
  moments.sum += value;
  moments.squares += value * value;
}

export function meanOf({ n, sum }: Moments): number {
  return sum / n;
}

/** Variance of the mean of independent values. */
export function variance({ n, sum, squares }: Moments): number {
  return n < 2 ? Number.POSITIVE_INFINITY : Math.max(0, squares - sum ** 2 / n) / (n - 1) / n;
}

/** @param armOf what tasks of one agent are told apart by; the same for all where they are not */
export function agentOutcomes(
  { pools }: Pick<RecommendationContext, 'pools'>,
  armOf: (task: WorkflowTask) => string = () => '',
): (AgentOutcome & { arm: string })[] {
  const outcomes = new Map<string, AgentOutcome & { arm: string }>();
  for (const { pool, tasks } of pools.values()) {
    for (const task of tasks) {
      const { agent = '', taskType, status, version = '', qualityPpm } = task.event;
      const arm = armOf(task);
      const key = `${pool}\n${taskType}\n${agent}\n${arm}`;
      const its = outcomes.get(key) ?? {
        ...{ pool, taskType, agent, arm, version, n: 0, failed: 0, serviceMs: 0 },
        ...{ logService: noMoments(), quality: noMoments() },
      };
      outcomes.set(key, its);
      its.version = version;
      its.n += 1;
      if (status !== 'completed') {
        its.failed += 1;
        continue;
      }
      if (qualityPpm !== undefined) addTo(its.quality, qualityPpm / 1e6);
      if (task.endUs <= task.startUs) continue;
      addTo(its.logService, Math.log(task.endUs - task.startUs));
      its.serviceMs += (task.endUs - task.startUs) / 1_000;
    }
  }
  return [...outcomes.values()];
}

/** What agents that do the same differ by, as a standard deviation, and the degrees of freedom that tell it. */
export interface Spread {
  deviation: number;
  freedom: number;
}

/** What agents are taken to differ by before any were compared counts like so many degrees of freedom. */
const PRIOR_FREEDOM = 10;

/**
 * Of all groups together, by the distances from their medians, so that the one that is looked for does not hide itself, and of what is
 * usual, for few that happen to be alike tell little. What small samples make agents differ by is part of it.
 * @param usual standard deviation
 */
export function spreadWithin(groups: readonly (readonly number[])[], usual: number): Spread {
  const distances: number[] = [];
  let freedom = 0;
  for (const values of groups) {
    if (values.length < 3) continue;
    const middle = medianOf(values);
    distances.push(...values.map((value) => Math.abs(value - middle)));
    freedom += values.length - 1;
  }
  const seen = distances.length === 0 ? 0 : 1.4826 * medianOf(distances);
  const variance = (PRIOR_FREEDOM * usual ** 2 + freedom * seen ** 2) / (PRIOR_FREEDOM + freedom);
  // Agents that differ by more than is usual do so whatever is usual.
  return { deviation: Math.max(seen, Math.sqrt(variance)), freedom: PRIOR_FREEDOM + freedom };
}
