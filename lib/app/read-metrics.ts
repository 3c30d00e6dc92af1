import { emptyMetricRollup, type MetricRollup, mergeMetricRollup, metricRollupKey } from '../core/kpi/metric-rollup.ts';
import type { Minute } from '../core/model/time.ts';
import type { RollupStore } from '../ports/rollup-store.ts';

/** Every metric that was observed in the minutes [from, to), by agent (or pool), name, unit and kind. */
export async function readMetrics(
  { rollups }: { rollups: RollupStore },
  system: string,
  from: Minute,
  to: Minute,
): Promise<MetricRollup[]> {
  const merged = new Map<string, MetricRollup>();
  for (const { metrics } of await rollups.read(system, from, to - 1)) {
    for (const rollup of metrics.values()) {
      const key = metricRollupKey(rollup);
      const found = merged.get(key) ?? emptyMetricRollup(rollup);
      merged.set(key, found);
      mergeMetricRollup(found, rollup);
    }
  }
  return [...merged.values()];
}
