import type { MeasuredFigure } from '../effect/kpi-minute.ts';
import { measureLasting } from '../effect/measure-lasting.ts';
import { type MeasuredEffect, measuredEffect, nothingToTell } from '../effect/measured-effect.ts';
import type { PoolHistory } from '../effect/pool-history.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, type Minute, minuteOf, startOfMinute } from '../model/time.ts';
import type { Directive, DirectiveRecord } from './directive.ts';
import { decidedAt } from './hold-out.ts';

/** What lasts is measured again when so many days are over: the last of them. */
export const LATER_DAYS = [1, 7] as const;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = DAY_MINUTES * MINUTE_MS;
/** What was normal is learned from this long before. */
export const LATER_BASELINE_MINUTES = 14 * DAY_MINUTES;
/** A run that was missed is made up for within so many hours. */
export const LATER_HOURS = 6;

/** What it was measured to do when it had lasted for some days. */
export interface LaterEffect {
  afterDays: number;
  effect: MeasuredEffect;
}

/** A day of one pool that is to be measured: whole hours, [from, to). */
export interface LaterMeasurement {
  record: DirectiveRecord;
  afterDays: number;
  pool: string;
  from: Minute;
  to: Minute;
}

/**
 * What falls due by an hour.
 * @param atMs a full hour
 * @param candidates those issued about {@link LATER_DAYS} before
 */
export function laterDue(candidates: readonly DirectiveRecord[], atMs: EpochMs): LaterMeasurement[] {
  const to = minuteOf(atMs);
  return candidates.flatMap((record) => {
    const { directive } = record;
    if (!lasts(directive) || directive.inForceMs === null || !record.ack?.applied) return [];
    const dayMs = directive.inForceMs;
    return LATER_DAYS.filter((days) => {
      const lateMs = atMs - dayMs - days * DAY_MS;
      const isKnown = directive.later?.some(({ afterDays }) => afterDays === days) ?? false;
      return lateMs >= 0 && lateMs < LATER_HOURS * HOUR_MS && !isKnown;
    }).map((afterDays) => ({ record, afterDays, pool: directive.blastRadius.pool, from: to - DAY_MINUTES, to }));
  });
}

/** Levels of agents stay until the next, and settings where agents adopt them; everything else ends with its lease. */
function lasts({ kind, params }: Directive): boolean {
  return kind === 'tune' || (kind === 'scale' && params.desired !== undefined);
}

/**
 * @param since directives that were issued since it was, or just before
 * @param history by the hour
 */
export function withLater(
  { record, afterDays, from, to }: LaterMeasurement,
  since: readonly DirectiveRecord[],
  history: PoolHistory,
): DirectiveRecord {
  const { directive } = record;
  const effect = laterEffect(directive, { from, to, since, history });
  const later = [...(directive.later ?? []), { afterDays, effect }];
  return { ...record, directive: { ...directive, later } };
}

function laterEffect(
  directive: Directive,
  { from, to, since, history }: { from: Minute; to: Minute; since: readonly DirectiveRecord[]; history: PoolHistory },
): MeasuredEffect {
  const over = overBecause(directive, since, startOfMinute(to));
  if (over) return nothingToTell(over);
  const { expected } = directive;
  const measure = (figure: MeasuredFigure) =>
    measureLasting({ history, figure, decidedMs: decidedAt(directive), from, to });
  return measuredEffect(measure(expected.kpi), expected.direction, { from, to, measure });
}

/** Why what it set is not in force any more; null where it is. */
function overBecause(
  { id, kind, blastRadius, inForceMs, ended }: Directive,
  since: readonly DirectiveRecord[],
  atMs: EpochMs,
): string | null {
  if (ended?.how === 'rolled_back') return `it was taken back: ${ended.why}`;
  const afterHours = (ms: EpochMs) => `after ${Number(((ms - (inForceMs ?? 0)) / HOUR_MS).toPrecision(2))} h`;
  if (kind === 'tune' && ended && ended.by !== 'adopted' && ended.atMs < atMs)
    return `it ended ${afterHours(ended.atMs)}: ${ended.why}`;
  const next = since
    .map(({ directive }) => directive)
    .filter((other) => other.id !== id && other.kind === kind && other.blastRadius.pool === blastRadius.pool)
    .filter(lasts)
    .filter((other) => other.inForceMs !== null && inForceMs !== null && other.inForceMs > inForceMs)
    .sort((a, b) => (a.inForceMs ?? 0) - (b.inForceMs ?? 0))[0];
  if (!next) return null;
  return `it was replaced ${afterHours(next.inForceMs ?? 0)} by ${next.id} (${next.summary})`;
}
