import { emptyMetricRollup, type MetricRollup, mergeMetricRollup, metricRollupKey } from '../core/kpi/metric-rollup.ts';
import { shownFrom } from '../core/model/forgotten-agent.ts';
import { type Minute, startOfMinute } from '../core/model/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { RollupStore } from '../ports/rollup-store.ts';

/**
 * Every metric that was observed in the minutes [from, to), by agent (or pool), name, unit and kind; of an agent that was
 * forgotten in them, what came after.
 */
export async function readMetrics(
  { rollups, fleet }: { rollups: RollupStore; fleet: Pick<FleetStore, 'forgotten'> },
  system: string,
  from: Minute,
  to: Minute,
): Promise<MetricRollup[]> {
  const merged = new Map<string, MetricRollup>();
  const [chunks, forgotten] = await Promise.all([
    rollups.readColumns(system, from, to - 1),
    fleet.forgotten(system, startOfMinute(from)),
  ]);
  for (const { minute, metrics } of chunks) {
    for (const rollup of metrics) {
      if (minute < shownFrom(forgotten, rollup.agent)) continue;
      const key = metricRollupKey(rollup);
      const found = merged.get(key) ?? emptyMetricRollup(rollup);
      merged.set(key, found);
      mergeMetricRollup(found, rollup);
    }
  }
  return [...merged.values()];
}
