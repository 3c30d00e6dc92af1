import type { TaskRow } from '../kpi/closed-tasks.ts';
import { countTasks } from '../kpi/task-rollup.ts';

/** Bounds of a weight: enough at the low end to see whether an agent has recovered, never a herd at the high end. */
export const MIN_WEIGHT = 0.05;
export const MAX_WEIGHT = 3;
/** A weight that was cut comes back in steps of this factor a minute. */
export const MAX_GROWTH = 2;
/** What an agent's own figures weigh against the pool's: this many tasks count half. */
const PRIOR_TASKS = 10;

/** What one agent showed lately. */
export interface AgentRecord {
  agent: string;
  /** Concurrent tasks it takes; 1 where it never said. */
  slots: number;
  /** Its rollups of the minutes that count. */
  rollups: readonly Pick<TaskRow, 'counters'>[];
}

/**
 * How much work an agent should get beside its peers: slots × share of tasks that succeed × quality ÷ service time.
 * Each factor is shrunk to the pool's by {@link PRIOR_TASKS} tasks, so an agent that was hardly seen counts like its
 * pool. Only ratios between the agents of one pool mean anything.
 * @returns agent → capability, above 0
 */
export function capabilities(agents: readonly AgentRecord[]): Map<string, number> {
  const seen = agents.map(({ agent, slots, rollups }) => ({ agent, slots, ...sumsOf(rollups) }));
  const pool = sumsOf(agents.flatMap(({ rollups }) => rollups));
  const shrunk = (sum: number, n: number, poolSum: number, poolN: number): number =>
    poolN === 0 ? 1 : (sum + (PRIOR_TASKS * poolSum) / poolN) / (n + PRIOR_TASKS);
  return new Map(
    seen.map(({ agent, slots, judged, completed, qualityPpm, graded, serviceUs, served }) => {
      const success = shrunk(completed, judged, pool.completed, pool.judged);
      const quality = shrunk(qualityPpm, graded, pool.qualityPpm, pool.graded);
      const service = shrunk(serviceUs, served, pool.serviceUs, pool.served);
      return [
        agent,
        (Math.max(slots, 0.01) * Math.max(success, 0.01) * Math.max(quality, 0.01)) / Math.max(service, 1),
      ];
    }),
  );
}

/**
 * Weights of mean 1 in proportion to the capabilities, as far as the bounds allow: the common factor is found by
 * bisection, because the mean of the bounded weights grows with it.
 * @param cut agents that get {@link MIN_WEIGHT}
 * @param before the weights in force, which grow by {@link MAX_GROWTH} at most; empty when there are none
 * @returns agent → weight in [0.05, 3], rounded to 4 decimals; mean 1 within 1e-4 unless most agents are cut
 */
export function routeWeights(
  capability: ReadonlyMap<string, number>,
  cut: ReadonlySet<string>,
  before: ReadonlyMap<string, number>,
): Record<string, number> {
  const agents = [...capability].map(([agent, of]) => {
    const ceiling = Math.min(MAX_WEIGHT, (before.get(agent) ?? MAX_WEIGHT) * MAX_GROWTH);
    return { agent, of, ceiling: cut.has(agent) ? MIN_WEIGHT : Math.max(MIN_WEIGHT, ceiling) };
  });
  const weightsAt = (factor: number) =>
    agents.map(({ of, ceiling }) => Math.min(ceiling, Math.max(MIN_WEIGHT, factor * of)));
  const meanAt = (factor: number) => weightsAt(factor).reduce((sum, weight) => sum + weight, 0) / agents.length;
  let low = 0;
  let high = MAX_WEIGHT / agents.reduce((least, { of }) => Math.min(least, of), Number.POSITIVE_INFINITY);
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (meanAt(middle) < 1) low = middle;
    else high = middle;
  }
  const weights = weightsAt(high);
  return Object.fromEntries(agents.map(({ agent }, i) => [agent, Math.round((weights[i] ?? 1) * 1e4) / 1e4]));
}

function sumsOf(rollups: readonly Pick<TaskRow, 'counters'>[]) {
  const sums = { judged: 0, completed: 0, qualityPpm: 0, graded: 0, serviceUs: 0, served: 0 };
  for (const { counters } of rollups) {
    sums.judged += countTasks(counters) - counters.cancelled;
    sums.completed += counters.completed;
    sums.qualityPpm += counters.qualityPpm;
    sums.graded += counters.qualityCount;
    sums.serviceUs += counters.serviceUs;
    sums.served += counters.serviceCount;
  }
  return sums;
}
