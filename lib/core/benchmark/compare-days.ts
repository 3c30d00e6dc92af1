import { studentQuantile95 } from '../effect/student-quantile.ts';
import { medianSlope } from '../kpi/median-slope.ts';
import type { Estimate, KpiTrend, TrendVerdict } from './benchmark.ts';
import { slopeWeights, THEIL_SEN_VARIANCE } from './daily-slope.ts';
import { type LikelyNoise, likelyNoises, varianceOfSum } from './day-noise.ts';
import { type LeastVariance, newestLevelShift } from './newest-level-shift.ts';
import { oddDays } from './odd-days.ts';
import {
  daysWithWork,
  decomposeChange,
  type PerformanceIndex,
  performanceIndex,
  sumDays,
} from './performance-index.ts';
import type { StandardisedDays } from './standardisation.ts';
import type { TrendKpi } from './trend-kpi.ts';

/** The last days that are compared, a week, with what may be missing of them. */
export const CURRENT_DAYS = 7;
export const LEAST_CURRENT = 3;
export const LEAST_REFERENCE = 14;
/** Days since a lasting change of level that are compared with those before it, at most: four whole weeks. */
const MOST_CURRENT = 28;
/** Changes of level, where they come, are spread by so many times what is material. */
const USUAL = 3;
/** An odd day lies off by so many times what is material or more. */
const ODD = 5;

/** The trend with numbers of days in place of moments. */
export interface DayComparison extends Omit<KpiTrend, 'since'> {
  sinceDay: number | null;
  setAside: readonly number[];
}

/** Days to set aside, found with all days counted. */
export function daysToSetAside(of: StandardisedDays, kpi: TrendKpi): number[] {
  const days = daysWithWork(of, kpi.changeUnit);
  if (days.length < LEAST_REFERENCE + LEAST_CURRENT || sumDays(of, days).observed === 0) return [];
  const index = performanceIndex(of, days, kpi.changeUnit);
  const odd = oddDays(index, { least: ODD * kpi.material, fewest: kpi.minimumSample });
  return odd.map((at) => days[at] as number);
}

/**
 * The last days beside those before, by one KPI.
 * @param of standardised with `setAside` not counted; days are numbered in order, those from `currentFrom` on are the last
 */
export function compareDays(
  of: StandardisedDays,
  kpi: TrendKpi,
  { currentFrom, setAside }: { currentFrom: number; setAside: readonly number[] },
): DayComparison {
  const days = daysWithWork(of, kpi.changeUnit).filter((day) => !setAside.includes(day));
  const week = { current: days.filter((day) => day >= currentFrom), before: days.filter((day) => day < currentFrom) };
  const reason = whyUnknown(of, kpi, week);
  if (reason !== null) {
    const n = sumDays(of, week.current).tasks;
    return { ...unknownTrend(kpi), setAside, n, ...valuesOf(of, kpi, week), reason };
  }

  const index = performanceIndex(of, days, kpi.changeUnit);
  const leastVariance = leastVarianceOf(of, kpi);
  const shift = newestLevelShift(index, { spread: USUAL * kpi.material, material: kpi.material, leastVariance });
  const sinceDay = shift === null ? null : (days[shift.at] as number);
  const current = shift === null ? week.current : days.slice(shift.at).slice(-MOST_CURRENT);
  const reference = shift === null ? week.before : days.slice(shift.before, shift.at);
  const now = sumDays(of, current);
  const then = sumDays(of, reference);
  if (kpi.changeUnit === 'ratio' && (now.observed === 0 || then.observed === 0))
    return { ...unknownTrend(kpi), setAside, n: now.tasks, ...valuesOf(of, kpi, week), reason: kpi.nothing };
  const change = decomposeChange(now, then, kpi.changeUnit);
  const noises = likelyNoises(index, [days.map((day) => (day >= (sinceDay ?? currentFrom) ? 1 : 0))]);
  const ofDays = varianceOfSum(index, contrastOf(index, new Set(current), new Set(reference)), noises);
  const error = Math.sqrt(Math.max(ofDays, leastVariance(current) + leastVariance(reference)));
  const freedom = Math.max(4, days.length - 4);
  const interval = studentQuantile95(freedom) * error;
  const shown = (value: number) => (kpi.changeUnit === 'ratio' ? Math.expm1(value) : value);
  const mixEffect = change.change - change.performance;
  return {
    ...unknownTrend(kpi),
    ...{ setAside, n: now.tasks, ...valuesOf(of, kpi, { current, before: reference }) },
    change: shown(change.change),
    low: shown(change.change - interval),
    high: shown(change.change + interval),
    mixEffect: shown(mixEffect),
    mix: {
      taskTypes: shown(change.mix.taskTypes),
      agents: shown(change.mix.agents),
      hours: shown(change.mix.hours),
    },
    performanceEffect: {
      value: shown(change.performance),
      low: shown(change.performance - interval),
      high: shown(change.performance + interval),
    },
    perWeek: weeklyDrift(index, noises, freedom),
    verdict: shift === null ? 'same' : verdictOf(change.performance, interval, kpi),
    sinceDay,
  };
}

export function unknownTrend({ id, unit, changeUnit }: TrendKpi): DayComparison {
  return {
    ...{ kpi: id, unit, changeUnit, value: null, reference: null, n: 0, change: null, low: null, high: null },
    ...{ mixEffect: null, mix: null, performanceEffect: null, perWeek: null, verdict: 'unknown' },
    ...{ sinceDay: null, setAside: [] },
  };
}

interface Windows {
  current: readonly number[];
  before: readonly number[];
}

function valuesOf(
  of: StandardisedDays,
  { changeUnit }: TrendKpi,
  { current, before }: Windows,
): Pick<KpiTrend, 'value' | 'reference'> {
  const meanOf = (days: readonly number[]) => {
    const { observed, tasks } = sumDays(of, days);
    // Durations and costs of which nothing was told are not 0.
    return tasks === 0 || (changeUnit === 'ratio' && observed === 0) ? null : observed / tasks;
  };
  return { value: meanOf(current), reference: meanOf(before) };
}

function whyUnknown(of: StandardisedDays, kpi: TrendKpi, { current, before }: Windows): string | null {
  const [now, then] = [sumDays(of, current), sumDays(of, before)];
  if (now.tasks === 0) return `${kpi.nothing} in the last ${CURRENT_DAYS} days`;
  if (current.length < LEAST_CURRENT)
    return `only ${current.length} of the last ${CURRENT_DAYS} days tell it; ${LEAST_CURRENT} are needed`;
  if (before.length < LEAST_REFERENCE)
    return `only ${before.length} days before the last ${CURRENT_DAYS} tell it; ${LEAST_REFERENCE} are needed`;
  if (now.tasks < kpi.minimumSample)
    return `only ${now.tasks} in the last ${CURRENT_DAYS} days; ${kpi.minimumSample} are needed`;
  if (kpi.changeUnit === 'ratio' && (now.observed === 0 || then.observed === 0)) return kpi.nothing;
  return null;
}

/** By day: what it weighs in the mean of the current days less that of the reference. */
function contrastOf({ days, weights }: PerformanceIndex, current: ReadonlySet<number>, reference: ReadonlySet<number>) {
  const total = (of: ReadonlySet<number>) =>
    weights.reduce((sum, weight, i) => sum + (of.has(days[i] as number) ? weight : 0), 0);
  const [now, then] = [total(current), total(reference)];
  return weights.map((weight, i) => {
    const day = days[i] as number;
    return current.has(day) ? weight / now : reference.has(day) ? -weight / then : 0;
  });
}

/** Of tasks that all ended alike so far, the next may not: as if one more of each kind had been. 0 of what is no share. */
function leastVarianceOf(of: StandardisedDays, { isShare }: TrendKpi): LeastVariance {
  return (days) => {
    if (!isShare) return 0;
    const { observed, tasks } = sumDays(of, days);
    const share = (observed + 1) / (tasks + 2);
    return (share * (1 - share)) / tasks;
  };
}

function verdictOf(estimate: number, interval: number, { better, changeUnit, material }: TrendKpi): TrendVerdict {
  const size = changeUnit === 'ratio' ? Math.expm1(Math.abs(estimate)) : Math.abs(estimate);
  if (Math.abs(estimate) <= interval || size < material) return 'same';
  return estimate > 0 === (better === 'higher') ? 'better' : 'worse';
}

function weeklyDrift(index: PerformanceIndex, noises: readonly LikelyNoise[], freedom: number): Estimate {
  const value = 7 * medianSlope(index.days, index.values);
  const variance = varianceOfSum(index, slopeWeights(index.days), noises) * THEIL_SEN_VARIANCE;
  const interval = 7 * studentQuantile95(freedom) * Math.sqrt(variance);
  return { value, low: value - interval, high: value + interval };
}
