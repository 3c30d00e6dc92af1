import type { SeriesDetector } from '../../lib/core/detect/series/detector.ts';
import { mean } from '../mean.ts';
import { countFalseAlarms, eventCurve } from './event-score.ts';
import { injectShift, SHIFT_POINTS, type Shift, shifts } from './inject-shift.ts';
import { type Judged, judge } from './judge.ts';
import { type LabelledSeries, probationaryLength } from './labelled-series.ts';
import { scoredPart } from './scored-part.ts';

const POINTS_A_FALSE_ALARM = 1_000;
/** A shift is injected near each of these shares of a series. */
const PLACES = [0.4, 0.7] as const;
const LEAST_BEFORE = 100;

export interface ShiftsFound {
  /** Shares of the injected shifts with an alarm within 144 points, 0..1. */
  byShift: Record<Shift, number>;
  all: number;
  /** The same where nothing was injected. */
  chance: number;
  /** In the series as they are, outside of labelled anomalies. */
  falseAlarmsPerThousand: number;
  places: number;
}

/**
 * How many shifts a detector finds at the threshold at which the series as they are give one false alarm in 1,000 points, one
 * threshold for all series.
 */
export function findShifts(judged: readonly Judged[], create: (series: LabelledSeries) => SeriesDetector): ShiftsFound {
  const { threshold, rate } = thresholdOfRate(judged);
  const places = judged.flatMap((it) => placesIn(it.series).map((at) => ({ judged: it, at })));
  const isFound = (alarms: ArrayLike<number>, at: number) => {
    for (let i = at; i < at + SHIFT_POINTS; i++) if (alarms[i]! >= threshold) return true;
    return false;
  };
  const shareOf = (shift: Shift) =>
    mean(
      places.map(({ judged: { series }, at }) => {
        const shifted = { ...series, v: injectShift(series.v, shift, at) };
        return isFound(judge(shifted, create(series)).alarms, at) ? 1 : 0;
      }),
    );
  const names = Object.keys(shifts) as Shift[];
  const byShift = Object.fromEntries(names.map((shift) => [shift, shareOf(shift)])) as Record<Shift, number>;
  return {
    byShift,
    all: mean(Object.values(byShift)),
    chance: mean(places.map(({ judged: { alarms }, at }) => (isFound(alarms, at) ? 1 : 0))),
    falseAlarmsPerThousand: rate,
    places: places.length,
  };
}

/** The lowest threshold with at most one false alarm in 1,000 points; infinity where every threshold has more. */
function thresholdOfRate(judged: readonly Judged[]): { threshold: number; rate: number } {
  const corpus = judged.map(scoredPart);
  const thousands = corpus.reduce((sum, { strengths }) => sum + strengths.length, 0) / POINTS_A_FALSE_ALARM;
  let lowest = { threshold: Number.POSITIVE_INFINITY, rate: 0 };
  // Last the laxest, at which any strength is an alarm: what says nothing of the series as they are may still speak of the shifted.
  for (const threshold of [...eventCurve(corpus).map((it) => it.threshold), Number.MIN_VALUE]) {
    const falseAlarms = corpus.reduce((sum, it) => sum + countFalseAlarms(it.strengths, it.events, threshold), 0);
    if (falseAlarms <= thousands) lowest = { threshold, rate: falseAlarms / thousands };
  }
  return lowest;
}

/** Where a shift would neither meet a labelled anomaly nor follow one closely. */
export function placesIn({ v, windows }: LabelledSeries): number[] {
  const places: number[] = [];
  for (const share of PLACES) {
    let at = Math.max(Math.round(share * v.length), probationaryLength(v.length), LEAST_BEFORE);
    for (const [first, last] of windows)
      if (first < at + SHIFT_POINTS && last >= at - SHIFT_POINTS) at = last + 1 + SHIFT_POINTS;
    if (at + SHIFT_POINTS <= v.length && !places.includes(at)) places.push(at);
  }
  return places;
}
