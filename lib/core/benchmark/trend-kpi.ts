import type { Kpi } from '../kpi/kpi.ts';
import { type KpiId, kpis } from '../kpi/registry.ts';
import type { ChangeUnit } from './benchmark.ts';
import type { WorkCounter } from './work-day.ts';

/** A KPI whose changes of mix and of performance can be told apart: a sum over a count, both kept for each cell of work. */
export interface TrendKpi {
  id: KpiId;
  unit: string;
  /** Durations and costs change by a share of what they were, shares and ratings by points. */
  changeUnit: ChangeUnit;
  better: 'higher' | 'lower';
  /** Counters whose sum, times `scale`, is what the denominator divides. */
  numerator: readonly WorkCounter[];
  scale: number;
  denominator: readonly WorkCounter[];
  /** Whether the value of one task is 0 or 1, so that chance alone spreads a share of few. */
  isShare: boolean;
  /** A smaller change of performance is 'same', however certain; in `changeUnit`. */
  material: number;
  minimumSample: number;
  /** In words, what there is none of where the denominator or the numerator is 0 throughout. */
  nothing: string;
}

const MATERIAL_RATIO = 0.02;
const MATERIAL_SHARE = 0.01;
/** Of grades of 0 to 1. */
const MATERIAL_QUALITY = 0.01;
/** Of ratings of 1 to 5. */
const MATERIAL_CSAT = 0.05;

const judged = ['completed', 'failed', 'timeout', 'rejected'] as const;

/**
 * The definitions are those of lib/core/kpi, with two exceptions: days of work tell no cancelled tasks, so that `error_ratio` is of
 * those that are judged; and `cost_per_task` is of what tasks cost themselves, without the hours of agents.
 */
export const trendKpis: readonly TrendKpi[] = [
  share('task_completion_rate', ['completed'], judged, 'no task ended'),
  share('error_ratio', ['failed', 'timeout', 'rejected'], judged, 'no task ended'),
  amount('average_response_time', ['responseUs', 1e-3], 'responseCount', 'no task with a start or queueing time ended'),
  score('quality_score', ['qualityPpm', 1e-6], 'qualityCount', {
    material: MATERIAL_QUALITY,
    nothing: 'no task had a quality',
  }),
  score('customer_satisfaction', ['csatMilli', 1e-3], 'csatCount', {
    material: MATERIAL_CSAT,
    nothing: 'no task was rated',
  }),
  share('service_level_agreement_compliance', ['slaMet'], ['slaTotal'], 'no task had an slaMs'),
  amount('cost_per_task', ['costNanoUsd', 1e-9], 'completed', 'no completed task told its cost (costUsd)'),
];

function declared(id: KpiId): Pick<TrendKpi, 'id' | 'unit' | 'better' | 'minimumSample'> {
  const { unit, better, minimumSample }: Kpi = kpis[id];
  return { id, unit, better: better ?? 'higher', minimumSample };
}

function share(
  id: KpiId,
  numerator: readonly WorkCounter[],
  denominator: readonly WorkCounter[],
  nothing: string,
): TrendKpi {
  const of = { numerator, scale: 1, denominator, isShare: true, material: MATERIAL_SHARE, nothing };
  return { ...declared(id), changeUnit: 'points', ...of };
}

function score(
  id: KpiId,
  [counter, scale]: readonly [WorkCounter, number],
  count: WorkCounter,
  of: Pick<TrendKpi, 'material' | 'nothing'>,
): TrendKpi {
  const sum = { numerator: [counter], scale, denominator: [count], isShare: false };
  return { ...declared(id), changeUnit: 'points', ...sum, ...of };
}

function amount(
  id: KpiId,
  [counter, scale]: readonly [WorkCounter, number],
  count: WorkCounter,
  nothing: string,
): TrendKpi {
  const of = { numerator: [counter], scale, denominator: [count], isShare: false, material: MATERIAL_RATIO, nothing };
  return { ...declared(id), changeUnit: 'ratio', ...of };
}
