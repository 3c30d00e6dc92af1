import type { SeriesPoint } from '../answers.ts';

/** KPIs whose value is a mean over what `n` counts, so that a part can be taken out of the whole. */
const means = new Set([
  'average_response_time',
  'error_ratio',
  'quality_score',
  'resource_utilization',
  'task_completion_rate',
]);

/**
 * What the other agents of a pool had in the same steps: the mean of the pool without what one agent adds to it.
 * @param own points of the agent
 * @param ofPool points of its pool, in the same steps
 * @returns nothing for KPIs that are no means; null where the others had nothing
 */
export function peersOf(kpi: string, own: readonly SeriesPoint[], ofPool: readonly SeriesPoint[]): SeriesPoint[] {
  if (!means.has(kpi)) return [];
  const ownAt = new Map(own.map((point) => [point.at, point]));
  return ofPool.map(({ at, value, n }) => {
    const mine = ownAt.get(at);
    const myN = mine?.value == null ? 0 : mine.n;
    const others = n - myN;
    if (value === null || others <= 0) return { at, value: null, n: Math.max(0, others) };
    return { at, value: Math.max(0, (value * n - (mine?.value ?? 0) * myN) / others), n: others };
  });
}

/**
 * Throughput of each other agent of a pool, on average.
 * @param agents of the pool, that one included
 */
export function meanOfOthers(
  own: readonly SeriesPoint[],
  ofPool: readonly SeriesPoint[],
  agents: number,
): SeriesPoint[] {
  if (agents < 2) return [];
  const ownAt = new Map(own.map((point) => [point.at, point]));
  return ofPool.map(({ at, value, n }) => {
    const mine = ownAt.get(at);
    if (value === null) return { at, value, n };
    return { at, value: Math.max(0, (value - (mine?.value ?? 0)) / (agents - 1)), n: n - (mine?.n ?? 0) };
  });
}
