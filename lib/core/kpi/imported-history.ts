import type { MetricKind } from '../model/event.ts';
import { DAY_MINUTES, type EpochMs, type Minute, minuteOf, startOfMinute } from '../model/time.ts';
import { type HistoryLevel, type HistoryPoint, historySteps } from './history-point.ts';
import { countObservation, emptyMetricRollup, type MetricRollup } from './metric-rollup.ts';
import { floorTo } from './tile-progress.ts';

/** Any version of the minute job is higher, so what it has counted itself is never replaced by what is brought in. */
export const IMPORTED_VERSION = 0;

/** Clocks differ, and a step that is at the end of its time must still be there when it arrives at the store. */
const MARGIN_MINUTES = 60;

/** Of which times history can be brought in. */
export interface ImportPeriod {
  /** The first step of each level that is still kept, all of it. */
  keptFrom: Record<HistoryLevel, Minute>;
  /** What is newer comes as events. A whole minute. */
  before: Minute;
}

/** @param days how long each level is kept */
export function importPeriod(nowMs: EpochMs, days: Readonly<Record<HistoryLevel, number>>): ImportPeriod {
  const now = minuteOf(nowMs);
  const first = (level: HistoryLevel) => {
    const step = historySteps[level];
    return floorTo(now + MARGIN_MINUTES - days[level] * DAY_MINUTES + step - 1, step);
  };
  return {
    keptFrom: { minute: first('minute'), hour: first('hour'), day: first('day') },
    before: now - DAY_MINUTES,
  };
}

/** What is brought in of a metric at one moment: the value of a gauge, or by how much a counter grew. */
export interface ImportedPoint {
  atMs: EpochMs;
  value: number;
}

export interface ImportedMetric {
  name: string;
  unit: string;
  kind: MetricKind;
}

/** What becomes of the points of one UTC day. */
export interface ImportedDay {
  /** First minute of the day. */
  from: Minute;
  /** Every step of the day that is kept and lies in the period, those without a point as empty ones. */
  points: Record<HistoryLevel, HistoryPoint[]>;
}

/**
 * Sums up points by minute, hour and day. A day is complete: a step of it without points is empty, so that writing the
 * day replaces whatever was brought in of it before.
 * @param points all within the period, in any order
 * @returns days with points, oldest first
 */
export function rollUpImport(
  metric: ImportedMetric,
  points: readonly ImportedPoint[],
  period: ImportPeriod,
): ImportedDay[] {
  const byDay = Map.groupBy(points, ({ atMs }) => floorTo(minuteOf(atMs), DAY_MINUTES));
  return [...byDay]
    .sort(([a], [b]) => a - b)
    .map(([from, its]) => ({
      from,
      points: {
        minute: stepsOfDay(metric, its, 'minute', from, period),
        hour: stepsOfDay(metric, its, 'hour', from, period),
        day: stepsOfDay(metric, its, 'day', from, period),
      },
    }));
}

function stepsOfDay(
  { name, unit, kind }: ImportedMetric,
  points: readonly ImportedPoint[],
  level: HistoryLevel,
  day: Minute,
  { keptFrom, before }: ImportPeriod,
): HistoryPoint[] {
  const of = { agent: '', pool: '', name, unit, kind, direction: 'none' as const };
  const rollups = new Map<Minute, MetricRollup>();
  for (const { atMs, value } of points) {
    const start = floorTo(minuteOf(atMs), historySteps[level]);
    const rollup = rollups.get(start) ?? emptyMetricRollup(of);
    rollups.set(start, rollup);
    countObservation(rollup, { ...of, atMs, value });
  }
  const steps: HistoryPoint[] = [];
  for (let at = Math.max(day, keptFrom[level]); at < Math.min(day + DAY_MINUTES, before); at += historySteps[level]) {
    steps.push({ scope: `metric:${name}`, at, figures: null, metric: rollups.get(at) ?? null });
  }
  return steps;
}

/** Why a moment is not in the period; null when it is. */
export function whyOutside(atMs: EpochMs, { keptFrom, before }: ImportPeriod): 'too_recent' | 'too_old' | null {
  if (atMs >= startOfMinute(before)) return 'too_recent';
  return minuteOf(atMs) < keptFrom.day ? 'too_old' : null;
}
