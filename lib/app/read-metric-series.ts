import { type HistoryLevel, levelOfStep } from '../core/kpi/history-point.ts';
import { emptyMetricRollup, type MetricRollup, mergeMetricRollup } from '../core/kpi/metric-rollup.ts';
import { floorTo, type TileProgress } from '../core/kpi/tile-progress.ts';
import type { Minute } from '../core/model/time.ts';
import { historyEnd, type SeriesDeps, type SeriesSpan, stepsOf } from './read-series.ts';
import { readWindow } from './read-window.ts';

/** One step of a custom metric, of all agents and pools that sent it; null without an observation. */
export interface MetricStep {
  from: Minute;
  metric: MetricRollup | null;
}

/**
 * A custom metric for each step of [from, to) whose minutes have all been completed, in order.
 * @returns "not-of-pools" for a reader that is restricted to some, because a metric is of all
 */
export async function readMetricSeries(
  deps: Pick<SeriesDeps, 'metrics' | 'tiles' | 'rollups' | 'log'>,
  system: string,
  { name, ...span }: SeriesSpan & { name: string },
  reader: { pools?: readonly string[] } = {},
): Promise<MetricStep[] | 'not-of-pools'> {
  if (reader.pools) return 'not-of-pools';
  const { doneThrough, tiles = null } = await deps.log.progress(system);
  const done = { ...span, to: Math.min(span.to, (doneThrough ?? span.from - 1) + 1) };
  const level = levelOfStep(span.stepMinutes);
  const historyTo = historyEnd(done, level, tiles);
  const points =
    historyTo > span.from ? await deps.metrics.read(system, `metric:${name}`, level, span.from, historyTo) : [];
  const sums = new Map<Minute, MetricRollup>();
  const add = (at: Minute, rollup: MetricRollup) => {
    const start = floorTo(at, span.stepMinutes);
    const sum = sums.get(start) ?? emptyMetricRollup({ ...rollup, agent: '', pool: '' });
    sums.set(start, sum);
    mergeMetricRollup(sum, rollup);
  };
  for (const { at, metric } of points) if (metric) add(at, metric);
  for await (const { at, rollup } of newest(deps, system, level, { ...done, from: historyTo }, tiles)) {
    if (rollup.name === name) add(at, rollup);
  }
  return stepsOf(done).map((from) => ({ from, metric: sums.get(from) ?? null }));
}

/** What is not in history yet: single minutes, or what remains of steps that are made of hours or days. */
async function* newest(
  deps: Pick<SeriesDeps, 'tiles' | 'rollups'>,
  system: string,
  level: HistoryLevel,
  { from, to, stepMinutes }: SeriesSpan,
  tiled: TileProgress | null,
): AsyncGenerator<{ at: Minute; rollup: MetricRollup }> {
  if (from >= to) return;
  if (level === 'minute') {
    for (const { minute, metrics } of await deps.rollups.readColumns(system, from, to - 1)) {
      for (const rollup of metrics) yield { at: minute, rollup };
    }
    return;
  }
  for (let start = from; start < to; start = floorTo(start, stepMinutes) + stepMinutes) {
    const end = Math.min(to, floorTo(start, stepMinutes) + stepMinutes);
    const { metrics } = await readWindow(deps, system, { from: start, to: end }, new Map(), tiled);
    for (const rollup of metrics.values()) yield { at: start, rollup };
  }
}
