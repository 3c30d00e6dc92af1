import type { KpiValue } from '../../kpi/kpi-value.ts';
import type { KpiId } from '../../kpi/registry.ts';

/**
 * What a figure says of the tasks (or whatever is counted) of one fleet. `share` is the part of them of some kind, `index` a
 * figure that is made of several.
 */
export const figureStatistics = [
  'mean',
  'median',
  'p75',
  'p90',
  'p95',
  'p99',
  'p99.9',
  'p95 - median',
  'share',
  'rate',
  'sum',
  'index',
] as const;
export type FigureStatistic = (typeof figureStatistics)[number];

interface KpiStatistic {
  unit: string;
  /** null where it is not known. */
  of: (value: KpiValue) => number | null;
}

type Statistics = Partial<Record<FigureStatistic, KpiStatistic>>;

const value = ({ value }: KpiValue) => value;
const percentile = (name: 'p50' | 'p95' | 'p99') => (kpi: KpiValue) => kpi[name] ?? null;
const latencies: Statistics = {
  mean: { unit: 'ms', of: value },
  median: { unit: 'ms', of: percentile('p50') },
  p95: { unit: 'ms', of: percentile('p95') },
  p99: { unit: 'ms', of: percentile('p99') },
  'p95 - median': { unit: 'ms', of: ({ p95, p50 }) => (p95 === undefined || p50 === undefined ? null : p95 - p50) },
};

/** What each KPI tells, by statistic. */
const ofKpi: Readonly<Record<KpiId, Statistics>> = {
  task_completion_rate: { share: { unit: 'ratio', of: value } },
  average_response_time: latencies,
  error_frequency: { rate: { unit: '1/min', of: value } },
  error_ratio: { share: { unit: 'ratio', of: value } },
  resource_utilization: { mean: { unit: 'ratio', of: value } },
  quality_score: { mean: { unit: 'ratio', of: value } },
  overall_throughput: { rate: { unit: '1/min', of: value } },
  queue_depth: { mean: { unit: 'count', of: value } },
  end_to_end_latency: latencies,
  system_availability: { share: { unit: 'ratio', of: value } },
  scalability_index: { index: { unit: 'ratio', of: value } },
  cost_per_task: { mean: { unit: 'usd', of: value } },
  customer_satisfaction: {
    mean: { unit: 'points', of: value },
    share: { unit: 'ratio', of: ({ parts }) => parts?.['satisfiedRatio'] ?? null },
  },
  service_level_agreement_compliance: { share: { unit: 'ratio', of: value } },
  revenue_impact: { sum: { unit: 'usd', of: value } },
  operational_efficiency: { index: { unit: 'ratio', of: value } },
  efficiency_score: { index: { unit: 'points', of: value } },
};

/** The statistics that a KPI has, in the order of {@link figureStatistics}. */
export function statisticsOf(kpi: KpiId): FigureStatistic[] {
  return figureStatistics.filter((statistic) => ofKpi[kpi][statistic] !== undefined);
}

/** The unit of a statistic of a KPI; null where it has none such. */
export function unitOfStatistic(kpi: KpiId, statistic: FigureStatistic): string | null {
  return ofKpi[kpi][statistic]?.unit ?? null;
}

/** A statistic of a KPI's value; null where the KPI has none such, or it is not known. */
export function statisticIn(kpi: KpiId, statistic: FigureStatistic, of: KpiValue): number | null {
  return of.value === null ? null : (ofKpi[kpi][statistic]?.of(of) ?? null);
}

/** A statistic of a KPI in words, such as "share of ratings of 4 or better" or "p99". */
export function statisticInWords(kpi: KpiId, statistic: FigureStatistic): string {
  if (kpi === 'customer_satisfaction' && statistic === 'share') return 'share of ratings of 4 or better';
  return statistic;
}

/**
 * Whether a custom metric can have a statistic. Of its observations the mean is known, whatever each of them is: so a share,
 * a rate or a mean can be of any metric, and a percentile of one that is named after it, such as `answer_time_p95`, each
 * observation of which is a p95 itself.
 */
export function metricTells(metric: string, statistic: FigureStatistic): boolean {
  if (statistic === 'mean' || statistic === 'share' || statistic === 'rate') return true;
  const suffix = { median: '_p50', p75: '_p75', p90: '_p90', p95: '_p95', p99: '_p99' } as const;
  return statistic in suffix && metric.endsWith(suffix[statistic as keyof typeof suffix]);
}
