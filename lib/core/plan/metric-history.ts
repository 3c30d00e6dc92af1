import type { HistoryPoint } from '../kpi/history-point.ts';
import { metricSum } from '../kpi/metric-rollup.ts';
import type { Minute } from '../model/time.ts';
import type { WorkloadHistory } from './workload-history.ts';

const HOUR_MINUTES = 60;

/** A custom metric hour by hour: of a gauge the mean of what was observed, of a counter what it grew by in a minute. */
export function metricHistory(
  { from, to }: { from: Minute; to: Minute },
  points: readonly HistoryPoint[],
): { history: WorkloadHistory; unit: string } {
  const perMin = new Float64Array(Math.max(0, (to - from) / HOUR_MINUTES)).fill(Number.NaN);
  let unit = '';
  for (const { at, metric } of points) {
    if (!metric || metric.count === 0) continue;
    const isCounter = metric.kind === 'counter';
    perMin[(at - from) / HOUR_MINUTES] = metricSum(metric) / (isCounter ? HOUR_MINUTES : metric.count);
    unit = isCounter ? `${metric.unit}/min` : metric.unit;
  }
  return { history: { from, perMin, imported: 0 }, unit };
}
