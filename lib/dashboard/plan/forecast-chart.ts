import type { SeriesAnswer } from '../answers.ts';
import type { ChartProps } from '../charts/chart-props.ts';
import { readings } from '../charts/series-shape.ts';
import { clockText, lengthText } from '../show-time.ts';
import { valueText } from '../show-value.ts';
import type { ForecastAnswer } from './forecast-answer.ts';
import type { Breach } from './forecast-words.ts';

/** A capacity so much above the highest band would flatten the rest; it is told in words alone. */
const MOST_ABOVE = 5;
const MINUTE_MS = 60_000;

export interface Past {
  /** What came, by its steps; the counts of its points are what is shown. */
  own: SeriesAnswer | undefined;
  /** What was brought in, by the hour. */
  imported: SeriesAnswer | undefined;
}

/** What is drawn of a forecast, its past and what it is held against. @param fromMs where the chart begins */
export function forecastChart(
  forecast: ForecastAnswer,
  { own, imported }: Past,
  breach: Breach,
  { fromMs, nowMs }: { fromMs: number; nowMs: number },
): Omit<ChartProps, 'height'> {
  const { points, stepMs, unit, capacity, scope } = forecast;
  const middle = (at: number) => at + stepMs / 2;
  const toMs = (points.at(-1)?.at ?? nowMs) + stepMs;
  const past = pastLines({ own, imported });
  const wide = points.flatMap(({ at, q025, q975 }) =>
    q025 === undefined || q975 === undefined ? [] : [{ atMs: middle(at), low: q025, high: q975 }],
  );
  const most = Math.max(0, ...points.map(({ q90, q975 }) => q975 ?? q90));
  const perMin = capacity?.status === 'known' ? (capacity.capacityPerMin ?? null) : null;
  const isNear = perMin !== null && perMin <= MOST_ABOVE * most;
  return {
    summary: summaryOf(forecast, breach, { fromMs, toMs, nowMs }),
    unit,
    period: { fromMs, toMs },
    lines: [
      ...past,
      {
        label: 'forecast (median)',
        style: 'expected',
        points: points.map(({ at, q50 }) => ({ atMs: middle(at), value: q50 })),
        stepMs,
      },
    ],
    bands: [
      { label: '95 %', style: 'wide', points: wide },
      {
        label: '80 %',
        style: 'narrow',
        points: points.map(({ at, q10, q90 }) => ({ atMs: middle(at), low: q10, high: q90 })),
      },
    ],
    levels: isNear && perMin !== null ? [{ label: `capacity of ${scope.replace(':', ' ')}`, value: perMin }] : [],
    marks: [
      { atMs: nowMs, label: 'now', kind: 'now' },
      ...(breach.atMs === null || breach.tone === 'unknown'
        ? []
        : [{ atMs: Math.max(breach.atMs, nowMs), label: breachLabel(breach, nowMs), kind: 'breach' as const }]),
    ],
  };
}

/** Where the chart begins: with what is known of the past, an eighth of the horizon before the forecast at the latest. */
export function chartStart(
  { own, imported }: Past,
  { earliestMs, startMs, lengthMs }: { earliestMs: number; startMs: number; lengthMs: number },
): number {
  const known = [...(own?.points ?? []), ...(imported?.points ?? [])].filter(({ value }) => value !== null);
  const first = Math.min(startMs, ...known.map(({ at }) => at));
  return Math.max(earliestMs, Math.min(first, startMs - lengthMs / 8));
}

function breachLabel({ tone, atMs }: Breach, nowMs: number): string {
  const clock = clockText(atMs ?? nowMs, nowMs);
  return tone === 'expected' ? `full ${clock} UTC` : `full at the earliest ${clock} UTC`;
}

function pastLines({ own, imported }: Past): ChartProps['lines'] {
  const before = imported ? readings(imported.points, imported.stepMs) : [];
  const came = own ? readings(own.points, own.stepMs, ({ n, value }) => perMinute(n, value, own.stepMs)) : [];
  return [
    ...(came.length === 0 || !own
      ? []
      : [
          { label: `came (${lengthText(own.stepMs)} means)`, style: 'main' as const, points: came, stepMs: own.stepMs },
        ]),
    ...(before.length === 0 || !imported
      ? []
      : [{ label: 'imported (hourly)', style: 'second' as const, points: before, stepMs: imported.stepMs }]),
  ];
}

/** Tasks that ended in a step, a minute; a step of which nothing is known has no value. */
function perMinute(n: number, value: number | null, stepMs: number): number | null {
  return value === null ? null : (n * MINUTE_MS) / stepMs;
}

function summaryOf(
  { points, scope, unit }: ForecastAnswer,
  breach: Breach,
  { fromMs, toMs, nowMs }: { fromMs: number; toMs: number; nowMs: number },
): string {
  const name = `Tasks a minute of ${scope.replace(':', ' ')}, ${clockText(fromMs, nowMs)} to ${clockText(toMs, nowMs)} UTC`;
  const first = points[0];
  if (!first) return `${name}: no forecast`;
  const busiest = points.reduce((most, point) => (point.q50 > most.q50 ? point : most), first);
  const at = clockText(busiest.at, nowMs);
  return `${name}: busiest hour from ${at}, median ${valueText(busiest.q50, unit)}, nine of ten times at most ${valueText(busiest.q90, unit)}. ${breach.words}`;
}
