import { clockText } from '../show-time.ts';
import type { Period } from './period.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const steps = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 28].map((days) => days * DAY_MS),
];

/** Round moments (UTC) within a period, as many as fit at most. */
export function timeTicks({ fromMs, toMs }: Period, most: number): number[] {
  const lengthMs = toMs - fromMs;
  const stepMs = steps.find((step) => lengthMs / step <= most) ?? DAY_MS * Math.ceil(lengthMs / most / DAY_MS);
  const first = Math.ceil(fromMs / stepMs) * stepMs;
  return Array.from({ length: Math.max(0, Math.floor((toMs - first) / stepMs) + 1) }, (_, i) => first + i * stepMs);
}

/** `10:32`, or `23 Nov` at midnight where the period is longer than half a day. */
export function tickText(atMs: number, { fromMs, toMs }: Period): string {
  if (atMs % DAY_MS === 0 && toMs - fromMs > DAY_MS / 2) {
    return clockText(atMs, Number.NEGATIVE_INFINITY).replace(/ \d\d:\d\d$/, '');
  }
  return clockText(atMs, atMs);
}
