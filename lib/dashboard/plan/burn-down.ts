import type { ChartProps } from '../charts/chart-props.ts';
import type { Reading } from '../charts/series-shape.ts';
import { windowMinutes } from '../show-time.ts';
import type { Budget } from './budget-answer.ts';
import { lastsSentence, leftSentence, promiseSentence } from './budget-words.ts';

const MINUTE_MS = 60_000;
/** Moments of the past at which a budget is asked for. */
const MOMENTS = 16;

/**
 * Over what a budget's past is shown: its period, or the shortest window in which all lies that is known, so that a young
 * fleet has more than a point.
 */
export function burnDownSpan({ period, burnRate, remaining }: Budget): number {
  const whole = (windowMinutes(period) ?? 60) * MINUTE_MS;
  const holding = Object.entries(burnRate).find(([, { n }]) => n > 0 && n === remaining.n)?.[0];
  const minutes = holding === undefined ? undefined : windowMinutes(holding);
  return minutes === undefined ? whole : Math.min(whole, minutes * MINUTE_MS);
}

/** The moments, each a multiple of their distance, so that those asked for before can be kept. */
export function burnDownMoments(toMs: number, spanMs: number): { moments: number[]; stepMs: number } {
  const stepMs = Math.max(MINUTE_MS, Math.ceil(spanMs / MOMENTS / MINUTE_MS) * MINUTE_MS);
  const last = Math.ceil(toMs / stepMs) * stepMs - stepMs;
  const count = Math.floor(spanMs / stepMs);
  return { stepMs, moments: Array.from({ length: count }, (_, i) => last - (count - 1 - i) * stepMs) };
}

/** What was left, and what will be if it is spent as now; below nothing it is drawn as nothing. */
export function burnDownChart(
  budget: Budget,
  past: readonly Reading[],
  { stepMs, spanMs }: { stepMs: number; spanMs: number },
): Omit<ChartProps, 'height'> {
  const nowMs = Date.parse(budget.window.to);
  const { value, unit } = budget.remaining;
  const left = value === null ? null : Math.max(0, value);
  const endMs = budget.exhaustsAt === null ? null : Date.parse(budget.exhaustsAt);
  const toMs = nowMs + Math.max(2 * stepMs, endMs === null ? 0 : Math.min(1.1 * (endMs - nowMs), spanMs));
  const line = [...past.map((its) => ({ ...its, value: Math.max(0, its.value) })), ...here(nowMs, left)];
  const coming = left === null || endMs === null ? [] : towards(nowMs, left, endMs, toMs);
  const whole = budget.objective === null ? (budget.limit ?? left ?? 1) : 1;
  return {
    summary: `${budget.name}: ${promiseSentence(budget)}. ${leftSentence(budget)}. ${lastsSentence(budget, nowMs)}.`,
    unit,
    period: { fromMs: nowMs - spanMs, toMs },
    lines: [
      { label: 'left', style: 'main', points: line, stepMs },
      ...(coming.length === 0
        ? []
        : [{ label: 'if work goes on', style: 'expected' as const, points: coming, stepMs: toMs - nowMs }]),
    ],
    levels: [{ label: `the whole budget,`, value: whole }],
    marks: [
      { atMs: nowMs, label: 'now', kind: 'now' },
      ...(endMs === null || endMs > toMs ? [] : [{ atMs: endMs, label: 'spent', kind: 'breach' as const }]),
    ],
  };
}

function here(atMs: number, left: number | null): Reading[] {
  return left === null ? [] : [{ atMs, value: left }];
}

function towards(nowMs: number, left: number, endMs: number, toMs: number): Reading[] {
  const untilMs = Math.min(endMs, toMs);
  const share = endMs > nowMs ? (untilMs - nowMs) / (endMs - nowMs) : 1;
  return [
    { atMs: nowMs, value: left },
    { atMs: untilMs, value: left * (1 - share) },
  ];
}
