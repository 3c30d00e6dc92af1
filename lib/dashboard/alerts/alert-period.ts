import type { Alert } from '../answers.ts';
import type { Period } from '../charts/period.ts';

const MINUTE_MS = 60_000;
const BEFORE_MS = 30 * MINUTE_MS;
const AFTER_MS = 15 * MINUTE_MS;
/** Longer ones are shown from a day before. */
const LONGEST_MS = 24 * 60 * MINUTE_MS;

/** Half an hour before an alert began until a quarter of an hour after it ended, as far as that has passed. */
export function alertPeriod({ onsetAt, resolvedAt }: Pick<Alert, 'onsetAt' | 'resolvedAt'>, nowMs: number): Period {
  const endMs = resolvedAt === undefined ? nowMs : Date.parse(resolvedAt) + AFTER_MS;
  const toMs = Math.max(Math.min(endMs, nowMs), Date.parse(onsetAt) + MINUTE_MS);
  const fromMs = Math.max(Date.parse(onsetAt) - BEFORE_MS, toMs - LONGEST_MS);
  return { fromMs: wholeMinute(fromMs), toMs: wholeMinute(toMs) };
}

function wholeMinute(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}
