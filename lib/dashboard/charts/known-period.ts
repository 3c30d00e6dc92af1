import type { SeriesPoint } from '../answers.ts';
import type { Period } from './period.ts';

const LEAST_MS = 30 * 60_000;

/** The part of a period that begins with the first known value, half an hour at least: a new system has no empty past. */
export function knownPeriod(points: readonly SeriesPoint[], { fromMs, toMs }: Period): Period {
  const known = points.filter(({ value, at }) => value !== null && at >= fromMs).map(({ at }) => at);
  const firstMs = known.reduce((first, at) => Math.min(first, at), toMs);
  return { fromMs: Math.max(fromMs, Math.min(firstMs, toMs - LEAST_MS)), toMs };
}
