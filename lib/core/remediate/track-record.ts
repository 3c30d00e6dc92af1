import { studentQuantile95 } from '../effect/student-quantile.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS } from '../model/time.ts';
import { type ActionClass, type Mode, modes } from './action-class.ts';
import type { Directive, DirectiveRecord } from './directive.ts';

/** What is held against a class of action, and for how long it is demoted. */
const DAY_MS = DAY_MINUTES * MINUTE_MS;
/** So many in a day demote. */
const HARMFUL_FOR_DEMOTION = 1;
const FALSE_FOR_DEMOTION = 2;

/** A directive whose cause was gone so soon was not needed, and one that did nothing, when it was gone within the measurement. */
const GONE_AT_ONCE_MS = 2 * MINUTE_MS;
const GONE_SOON_MS = 10 * MINUTE_MS;
/** What is done once and ends when it is done: its end says nothing of its cause. */
const endsWhenDone: ReadonlySet<ActionClass> = new Set(['restart', 'scale', 'tune']);

/** Directives of a class that are needed before it may be promoted, and how many of them may have been false. */
export const PROMOTION_MIN = 20;
export const PROMOTION_MAX_FALSE = 0.1;
/** An outcome counts at most this many times the half width of its own interval, so that one does not outweigh all others. */
const MOST_BENEFIT = 3;

export interface Demotion {
  /** When what demoted it became known, and when it may act again. */
  sinceMs: EpochMs;
  untilMs: EpochMs;
  why: string;
  /** Of `scale`: whether only more or only fewer agents are concerned. */
  of?: 'more' | 'fewer';
}

/** How an action came out, for the record of its class. */
type Outcome = { kind: 'harmful' | 'false'; atMs: EpochMs; why: string } | null;

/**
 * Harmful is what was measured to do harm, or what the harm watch took back. False is what was not needed: a person took it
 * back, or its cause was gone within {@link GONE_AT_ONCE_MS}, or it was measured to do nothing and ended within
 * {@link GONE_SOON_MS} because its cause was gone.
 */
function outcomeOf({ directive, rolledBack }: DirectiveRecord): Outcome {
  const { kind, inForceMs, ended, effect, measuredMs, id, summary } = directive;
  if (inForceMs === null) return null;
  const what = `${id} (${summary})`;
  const verdict = effect.state === 'measured' ? effect.verdict : null;
  const measuredTo = effect.state === 'measured' && effect.verdict !== 'unmeasurable' ? effect.to * MINUTE_MS : 0;
  const verdictMs = measuredMs ?? measuredTo;
  if (verdict === 'harmed' || ended?.by === 'harm')
    return { kind: 'harmful', atMs: ended?.by === 'harm' ? ended.atMs : verdictMs, why: `${what} did harm` };
  if (rolledBack) return { kind: 'false', atMs: rolledBack.atMs, why: `${rolledBack.by} rolled ${what} back` };
  if (ended?.by !== 'cause gone' || endsWhenDone.has(kind)) return null;
  const stoodMs = ended.atMs - inForceMs;
  if (stoodMs <= GONE_AT_ONCE_MS)
    return { kind: 'false', atMs: ended.atMs, why: `the cause of ${what} was gone at once` };
  if (verdict === 'no_effect' && stoodMs <= GONE_SOON_MS)
    return {
      ...{ kind: 'false', atMs: Math.max(ended.atMs, verdictMs) },
      why: `${what} did nothing, and its cause went away`,
    };
  return null;
}

/**
 * Whether a class of action works as "recommend" for now: one harmful or two false actions within a day, until a day after.
 * @param forgivenMs when people last set its mode: what was known then does not count
 * @param like one that is to be decided. That taking agents away did harm says nothing against adding some, nor the other way round
 */
export function demotionOf(
  name: ActionClass,
  records: Iterable<DirectiveRecord>,
  {
    nowMs,
    forgivenMs = Number.NEGATIVE_INFINITY,
    like,
  }: { nowMs: EpochMs; forgivenMs?: EpochMs | undefined; like?: Pick<Directive, 'isDisruptive'> | undefined },
): Demotion | null {
  const isAlike = ({ isDisruptive }: Directive) =>
    name !== 'scale' || like === undefined || isDisruptive === like.isDisruptive;
  const outcomes = [...records]
    .filter(({ directive }) => directive.kind === name && isAlike(directive))
    .flatMap((record) => outcomeOf(record) ?? [])
    .filter(({ atMs }) => atMs > forgivenMs && atMs <= nowMs && nowMs - atMs < DAY_MS)
    .sort((a, b) => b.atMs - a.atMs);
  const nth = (kind: 'harmful' | 'false', n: number) => outcomes.filter((it) => it.kind === kind)[n - 1];
  const harmful = nth('harmful', HARMFUL_FOR_DEMOTION);
  const falseBefore = nth('false', FALSE_FOR_DEMOTION);
  // It lasts until too few are left within a day.
  const untilMs = Math.max(harmful?.atMs ?? 0, falseBefore?.atMs ?? 0) + DAY_MS;
  const newestFalse = nth('false', 1);
  if (harmful && (!falseBefore || harmful.atMs >= falseBefore.atMs))
    return { sinceMs: harmful.atMs, untilMs, why: harmful.why };
  if (!falseBefore || !newestFalse) return null;
  return { sinceMs: newestFalse.atMs, untilMs, why: `${newestFalse.why}, and before it ${falseBefore.why}` };
}

/** All that a class is demoted for: of `scale` more agents and fewer each by their own record. */
export function demotionsOf(
  name: ActionClass,
  records: Iterable<DirectiveRecord>,
  when: { nowMs: EpochMs; forgivenMs?: EpochMs | undefined },
): Demotion[] {
  if (name !== 'scale') return [demotionOf(name, records, when) ?? []].flat();
  const all = [...records];
  return (['more', 'fewer'] as const).flatMap((of) => {
    const demotion = demotionOf(name, all, { ...when, like: { isDisruptive: of === 'fewer' } });
    return demotion ? { ...demotion, of } : [];
  });
}

/** What a mode comes to under a demotion: a class that did less keeps to that. */
export function demoted(mode: Mode): Mode {
  return mode === 'observe' ? mode : 'recommend';
}

/** What is known of a class from the directives of it that were measured. */
export interface TrackRecord {
  measured: number;
  /** Share of those in force that were false or harmful, 0..1; 0 where there were none. */
  falseShare: number;
  /** Lower end of the 90 % interval of the mean benefit, in half widths of each effect's own interval; null below 6. */
  benefitLow: number | null;
}

/**
 * The mean over effects of many units is taken in half widths of their own intervals, so 1 is what can just be told from
 * chance. "Unmeasurable" counts neither way.
 */
export function trackRecordOf(name: ActionClass, records: Iterable<DirectiveRecord>): TrackRecord {
  const own = [...records].filter(({ directive }) => directive.kind === name);
  const benefits = own.flatMap(({ directive: { effect, expected } }) => {
    if (effect.state !== 'measured' || effect.verdict === 'unmeasurable') return [];
    const halfWidth = (effect.high - effect.low) / 2;
    const wanted = expected.direction === 'down' ? -effect.estimate : effect.estimate;
    const benefit = halfWidth > 0 ? wanted / halfWidth : Math.sign(wanted) * MOST_BENEFIT;
    return [Math.max(-MOST_BENEFIT, Math.min(MOST_BENEFIT, benefit))];
  });
  const inForce = own.filter(({ directive }) => directive.inForceMs !== null);
  const falseOnes = inForce.filter((record) => outcomeOf(record) !== null).length;
  const n = benefits.length;
  const mean = benefits.reduce((sum, benefit) => sum + benefit, 0) / n;
  const variance = benefits.reduce((sum, benefit) => sum + (benefit - mean) ** 2, 0) / (n - 1);
  return {
    measured: n,
    falseShare: inForce.length === 0 ? 0 : falseOnes / inForce.length,
    benefitLow: n < 6 ? null : mean - studentQuantile95(n - 1) * Math.sqrt(variance / n),
  };
}

/**
 * The next mode of a class that has earned it, one step at a time.
 * @returns null where it stays as it is
 */
export function promotionOf(mode: Mode, upTo: Mode, { measured, falseShare, benefitLow }: TrackRecord): Mode | null {
  const next = modes[modes.indexOf(mode) + 1];
  if (mode === 'observe' || !next || modes.indexOf(next) > modes.indexOf(upTo)) return null;
  const isEarned = measured >= PROMOTION_MIN && falseShare <= PROMOTION_MAX_FALSE && (benefitLow ?? 0) > 0;
  return isEarned ? next : null;
}
