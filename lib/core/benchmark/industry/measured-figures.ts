import type { KpiScope } from '../../kpi/kpi-scope.ts';
import { emptyMetricRollup, type MetricRollup, mergeMetricRollup, metricSum } from '../../kpi/metric-rollup.ts';
import { type KpiId, kpiIdsFor, kpis, kpiValue } from '../../kpi/registry.ts';
import type { ScopeFigures } from '../../kpi/scope-figures.ts';
import type { Subject } from './benchmark-entry.ts';
import { dimensionOf } from './convert-unit.ts';
import { type FigureStatistic, statisticIn, statisticsOf, unitOfStatistic } from './figure-statistic.ts';

/** What was measured of a fleet, a pool or an agent, to be compared with what others tell. */
export type MeasuredFigure = Subject & {
  statistic: FigureStatistic;
  unit: string;
  value: number;
  /** Tasks, ratings, minutes, observations, or whatever else it was computed from. */
  n: number;
  /** Below this n it is not to be relied on. */
  minimumSample: number;
  /** Which way is better; null where neither is, or nobody said. */
  better: 'higher' | 'lower' | null;
};

/** A KPI or custom metric that there is no figure of, and why. */
export interface Unmeasured {
  name: string;
  reason: string;
}

/**
 * The rollups of custom metrics that are of a scope; those of a task type or a workflow type are of nobody.
 * @param poolOf the pool of an agent
 */
export function metricsOf(
  scope: KpiScope,
  metrics: Iterable<MetricRollup>,
  poolOf: (agent: string) => string,
): MetricRollup[] {
  return [...metrics].filter(({ agent, pool }) => {
    if (scope.kind === 'fleet') return true;
    if (scope.kind === 'agent') return agent === scope.id;
    return scope.kind === 'pool' && (agent === '' ? pool : poolOf(agent)) === scope.id;
  });
}

/** Fewer observations of a custom metric say little about its mean. */
const LEAST_OBSERVATIONS = 10;

/**
 * Every figure that can be compared, of one scope over one window such as 28 or 90 days: each statistic of each KPI, and the
 * mean of each custom metric whose unit is known.
 * @param metrics observations of the same scope and window, in any number of rollups
 */
export function measuredFigures(
  kind: KpiScope['kind'],
  figures: ScopeFigures,
  metrics: readonly MetricRollup[],
): { values: MeasuredFigure[]; unmeasured: Unmeasured[] } {
  const found = [...kpiIdsFor(kind).map((id) => ofKpi(id, kind, figures)), ...ofMetrics(metrics)];
  return {
    values: found.flatMap(({ values }) => values),
    unmeasured: found.flatMap(({ unmeasured }) => unmeasured ?? []),
  };
}

interface Found {
  values: MeasuredFigure[];
  unmeasured?: Unmeasured;
}

function ofKpi(kpi: KpiId, kind: KpiScope['kind'], figures: ScopeFigures): Found {
  const told = kpiValue(kpi, kind, figures);
  if (told.value === null) {
    return { values: [], unmeasured: { name: kpi, reason: `not measured: ${told.reason ?? 'no data'}` } };
  }
  const { minimumSample, better } = kpis[kpi];
  const values = statisticsOf(kpi).flatMap((statistic): MeasuredFigure[] => {
    const [value, unit] = [statisticIn(kpi, statistic, told), unitOfStatistic(kpi, statistic)];
    return value === null || unit === null ? [] : [{ kpi, statistic, unit, value, n: told.n, minimumSample, better }];
  });
  return { values };
}

function ofMetrics(rollups: readonly MetricRollup[]): Found[] {
  return [...Map.groupBy(rollups, ({ name }) => name)].map(([name, ofName]) => {
    const gauges = ofName.filter(({ kind }) => kind === 'gauge');
    const values = [...Map.groupBy(gauges, ({ unit }) => unit)].flatMap(([unit, some]): MeasuredFigure[] => {
      if (dimensionOf(unit) === null) return [];
      const { count, sum } = sumOf(some);
      if (count === 0) return [];
      const better = some.find(({ direction }) => direction !== 'none')?.direction;
      return [
        {
          ...{ metric: name, statistic: 'mean', unit, value: sum / count, n: count, minimumSample: LEAST_OBSERVATIONS },
          better: better === undefined || better === 'none' ? null : better,
        },
      ];
    });
    return values.length > 0 ? { values } : { values, unmeasured: { name, reason: unmeasuredMetric(gauges) } };
  });
}

function sumOf([first, ...rest]: readonly MetricRollup[]): { count: number; sum: number } {
  if (!first) return { count: 0, sum: 0 };
  const all = emptyMetricRollup(first);
  for (const rollup of [first, ...rest]) mergeMetricRollup(all, rollup);
  return { count: all.count, sum: metricSum(all) };
}

function unmeasuredMetric(gauges: readonly MetricRollup[]): string {
  const [first] = gauges;
  if (!first) return 'it is sent as a counter, of which there is no mean: send it as a gauge';
  if (first.unit === '') return 'it is sent without unit: send one, such as "percent", "ms" or "usd"';
  if (dimensionOf(first.unit) === null) return `its unit "${first.unit}" is not known`;
  return 'not measured: no observation in the window';
}
