import type { Effect } from '../effect/effect.ts';
import type { MeasuredFigure } from '../effect/kpi-minute.ts';
import { measureDiversion } from '../effect/measure-diversion.ts';
import { measureErrorDiversion } from '../effect/measure-error-diversion.ts';
import { measureShift } from '../effect/measure-shift.ts';
import { type MeasuredEffect, measuredEffect, nothingToTell } from '../effect/measured-effect.ts';
import type { PoolHistory } from '../effect/pool-history.ts';
import type { PoolMinute } from '../effect/pool-minute.ts';
import { type EpochMs, type Minute, minuteOf, startOfMinute } from '../model/time.ts';
import type { Acknowledgement } from './acknowledgement.ts';
import type { Directive, DirectiveKindName, DirectiveOf, DirectiveRecord } from './directive.ts';
import { endDirective, noteMeasured } from './directive-lifecycle.ts';
import { decidedAt } from './hold-out.ts';
import {
  MEASURED_MINUTES,
  MIN_MEASURED_MINUTES,
  POOL_MEASURED_MINUTES,
  POOL_SETTLING_MINUTES,
  SETTLING_MINUTES,
} from './measured-minutes.ts';

/** What was normal is learned from this long before the onset: of a pool as a whole, and of its agents one by one. */
const POOL_BASELINE_MINUTES = 480;
const AGENT_BASELINE_MINUTES = 120;

/** What a measurement needs, through a minute. */
export interface Measurement {
  id: string;
  pool: string;
  /** The first minute of the pool, and of pools to compare it with. */
  from: Minute;
  /** The first minute of the agents of the pool; null where they are not told apart. */
  agentsFrom: Minute | null;
  through: Minute;
  /** Pools to which something was done meanwhile, or shortly before. */
  touched: ReadonlySet<string>;
  /** Why nothing can be told, whatever the minutes were; else null. */
  mixed: string | null;
}

/**
 * The measurement that falls due when `minute` is complete: what it compares has ended a minute before.
 * @param others directives whose effect may be mixed up with it; itself among them
 */
export function measurementDue(
  record: DirectiveRecord,
  minute: Minute,
  others: Iterable<DirectiveRecord>,
): Measurement | null {
  const { directive } = record;
  const { onsetMs, blastRadius, id } = directive;
  const measured = inMeasurement(directive);
  if (measured === null) return null;
  const to = measuredUntil(measured, directive);
  if (to > minute) return null;
  const onset = minuteOf(onsetMs);
  const meanwhile = atWorkMeanwhile(record, measured.from, to, others);
  return {
    ...{ id, pool: blastRadius.pool, from: onset - POOL_BASELINE_MINUTES, through: to - 1 },
    agentsFrom: !isControl(directive) && divertedFrom(directive) ? onset - AGENT_BASELINE_MINUTES : null,
    touched: new Set([record, ...meanwhile].flatMap(({ directive }) => [...poolsOf(directive)])),
    mixed: mixedUp(record, meanwhile),
  };
}

type Measuring = Extract<Effect, { state: 'measuring' }>;

/** What it does, or what happened while it was held out, if that is being measured: one after the other. */
function inMeasurement({ effect, holdOut }: Directive): Measuring | null {
  if (holdOut?.control.state === 'measuring') return holdOut.control;
  return effect.state === 'measuring' ? effect : null;
}

function isControl({ holdOut }: Directive): boolean {
  return holdOut?.control.state === 'measuring';
}

/** What is known for a measurement. */
export interface MeasuredHistory {
  /** Agents of the pool by minute, oldest first; empty where they are not told apart. */
  agents: readonly PoolMinute[];
  pool: PoolHistory;
}

/** A directive that ended is measured up to then; what is done once, and stays done, throughout. */
function measuredUntil({ to }: Measuring, { kind, ended }: Directive): Minute {
  const staysDone = kind === 'restart' && ended?.by === 'cause gone';
  return ended && !staysDone ? Math.min(to, minuteOf(ended.atMs)) : to;
}

/**
 * The next state of a directive's effect: pending → measuring → measured. A measured harm takes the directive back.
 * @param minute the minute that is complete
 * @param history what a measurement that is due needs; null while it is not at hand
 * @param others directives whose effect may be mixed up with it; itself among them
 */
export function progressEffect(
  record: DirectiveRecord,
  minute: Minute,
  history: (measurement: Measurement) => MeasuredHistory | null,
  others: Iterable<DirectiveRecord> = [],
): DirectiveRecord {
  const { directive, ack } = record;
  const { effect, ended, holdOut } = directive;
  if (holdOut?.control.state === 'measuring') return progressControl(record, minute, history, others);
  switch (effect.state) {
    case 'measured':
      return record;
    case 'pending':
      if (directive.inForceMs === null && ended) return unmeasurable(record, 'it never came into force', minute);
      if (ack?.applied) return startMeasuring(record, ack);
      // Until it ends, somebody may still apply it.
      if (!ended) return record;
      return unmeasurable(record, ack ? refusalOf(ack) : 'no orchestrator acknowledged it', minute);
    case 'measuring': {
      const broken = brokenOff(record, effect);
      if (broken) return unmeasurable(record, broken, minute);
      const appliedMs = effect.word?.atMs ?? ack?.atMs ?? null;
      const found = foundIn(record, effect, { minute, history, others, appliedMs });
      return found === null ? record : withFound(record, found, minute);
    }
  }
}

/** Why it was not applied throughout the minutes that are compared, by who said that it was; null where it was. */
function brokenOff({ acks, directive }: DirectiveRecord, measuring: Measuring): string | null {
  const { word } = measuring;
  const now = word && acks.find(({ by }) => by === word.by);
  const endMs = Math.min(startOfMinute(measuring.to), directive.ended?.atMs ?? Number.POSITIVE_INFINITY);
  if (!now || now.atMs === word.atMs || now.atMs >= endMs) return null;
  return now.applied ? `${now.by} said meanwhile that it did not apply it` : refusalOf(now);
}

function refusalOf({ by, note }: Acknowledgement): string {
  return `${by} did not apply it${note ? `: ${note}` : ''}`;
}

/** What happened while it was held out, as if that had been done. */
function progressControl(record: DirectiveRecord, ...[minute, history, others]: Known): DirectiveRecord {
  const { directive } = record;
  const { holdOut, inForceMs } = directive;
  if (holdOut?.control.state !== 'measuring') return record;
  const isCutShort = inForceMs !== null && inForceMs < holdOut.untilMs;
  const found = isCutShort
    ? nothingToTell('a person had it carried out at once')
    : foundIn(record, holdOut.control, { minute, history, others: others ?? [], appliedMs: null });
  if (found === null) return record;
  return { ...record, directive: { ...directive, holdOut: { ...holdOut, control: found } } };
}

type Known = [
  minute: Minute,
  history: (measurement: Measurement) => MeasuredHistory | null,
  others?: Iterable<DirectiveRecord>,
];

/** @returns what was measured in a window; null where that is not over, or not at hand */
function foundIn(
  record: DirectiveRecord,
  measuring: Measuring,
  given: {
    minute: Minute;
    history: (measurement: Measurement) => MeasuredHistory | null;
    others: Iterable<DirectiveRecord>;
    /** null where nothing was done */
    appliedMs: EpochMs | null;
  },
): MeasuredEffect | null {
  const { ended } = record.directive;
  const { from } = measuring;
  const to = measuredUntil(measuring, record.directive);
  if (ended && to - from < MIN_MEASURED_MINUTES)
    return nothingToTell(`it ended before it could be measured: ${ended.why}`);
  const due = measurementDue(record, given.minute, given.others);
  if (due?.mixed) return nothingToTell(due.mixed);
  const known = due && given.history(due);
  return known ? measure(record.directive, { known, appliedMs: given.appliedMs, from, to }) : null;
}

function startMeasuring(record: DirectiveRecord, { by, atMs }: Acknowledgement): DirectiveRecord {
  const [settling, minutes] = divertedFrom(record.directive)
    ? [SETTLING_MINUTES, MEASURED_MINUTES]
    : [POOL_SETTLING_MINUTES, POOL_MEASURED_MINUTES];
  const from = minuteOf(atMs) + 1 + settling;
  return withEffect(record, { state: 'measuring', from, to: from + minutes, word: { by, atMs } });
}

interface Compared {
  known: MeasuredHistory;
  appliedMs: EpochMs | null;
  from: Minute;
  to: Minute;
}

function measure(directive: Directive, compared: Compared): MeasuredEffect {
  const { from, to, known, appliedMs } = compared;
  const { onsetMs, expected } = directive;
  const decidedMs = appliedMs === null ? directive.issuedMs : decidedAt(directive);
  const measureFigure = (figure: MeasuredFigure) =>
    measureShift({ history: known.pool, figure, onsetMs, decidedMs, from, to });
  const targets = divertedFrom(directive);
  // Agents beside their peers, pools beside their forecast and other pools; what work is worth is known of the pool.
  if (targets && appliedMs !== null && expected.kpi !== 'quality_score') {
    const diversion = { minutes: known.agents, targets: new Set(targets), onsetMs, decidedMs, appliedMs, from, to };
    const isOfErrors = expected.kpi === 'error_ratio';
    const outcome = isOfErrors ? measureErrorDiversion(diversion) : measureDiversion(diversion);
    // What ends badly no more is what was saved; before the trouble began it was as few.
    const measureWorth = (figure: MeasuredFigure) =>
      isOfErrors && figure === 'lost_share' ? outcome : measureFigure(figure);
    return measuredEffect(outcome, 'down', { from, to, measure: measureWorth });
  }
  const effect = measuredEffect(measureFigure(expected.kpi), expected.direction, { from, to, measure: measureFigure });
  const otherCause = effect.verdict === 'harmed' ? loadInstead(directive) : null;
  return otherCause === null ? effect : nothingToTell(otherCause);
}

/** A measured harm takes the directive back. */
function withFound(record: DirectiveRecord, found: MeasuredEffect, minute: Minute): DirectiveRecord {
  const atMs = startOfMinute(minute + 1);
  const measured = noteMeasured(record, found, atMs);
  if (found.verdict !== 'harmed' || measured.directive.ended) return measured;
  return endDirective(measured, { how: 'rolled_back', why: 'it was measured to do harm', by: 'harm' }, atMs);
}

/**
 * Another level of a pool is measured by how busy it is, or by what a task costs there. More agents make it no busier and fewer
 * make no task dearer, so that the other way round is the load's doing. Whether tasks suffer is for the harm watch to see.
 * @returns the reason in words; null for a directive that could have done it
 */
function loadInstead({ kind, params }: Directive): string | null {
  if (kind !== 'scale' || params.desired === undefined || params.before === undefined) return null;
  return params.desired > params.before
    ? 'agents were added, which makes no pool busier: more came than was forecast'
    : 'agents were taken away, which makes no pool less busy and no task dearer: less came than was forecast';
}

/** Agents that work is led away from; null where it is not about single agents. */
function divertedFrom({ kind, params, blastRadius }: Directive): string[] | null {
  if (kind === 'route') return blastRadius.agents;
  return kind === 'breaker' && params.agent !== undefined ? [params.agent] : null;
}

/** What began, ended or came to set something else so shortly before, or while it was measured. */
function atWorkMeanwhile(
  { directive }: DirectiveRecord,
  from: Minute,
  to: Minute,
  others: Iterable<DirectiveRecord>,
): DirectiveRecord[] {
  const [firstMs, endMs] = [
    startOfMinute(Math.min(from, minuteOf(decidedAt(directive))) - MIXED_UP_MINUTES),
    startOfMinute(to),
  ];
  const isWithin = (ms: EpochMs | null | undefined) => ms != null && ms >= firstMs && ms < endMs;
  return [...others].filter(({ directive: { id, inForceMs, ended, changedMs }, acks }) => {
    if (id === directive.id || inForceMs === null) return false;
    // What nobody could carry out was not at work, and what nobody has spoken of may have been.
    if (acks.length > 0 && acks.every(({ applied }) => !applied)) return false;
    return isWithin(inForceMs) || isWithin(ended?.atMs) || (changedMs ?? []).some(isWithin);
  });
}

/** What was at work in the same pool has its share in the difference. */
function mixedUp({ directive }: DirectiveRecord, meanwhile: readonly DirectiveRecord[]): string | null {
  const other = meanwhile.find((it) => poolsOf(it.directive).has(directive.blastRadius.pool))?.directive;
  if (!other) return null;
  return `${other.id} (${other.summary}) was at work in the same pool at the same time: which of them did what cannot be told`;
}

/** What was done so long before shows what it does within the minutes that are compared. */
const MIXED_UP_MINUTES = 10;

/** What of a directive tells what it sets. */
export type WhatItSets = {
  [Kind in DirectiveKindName]: Pick<DirectiveOf<Kind>, 'kind' | 'params' | 'blastRadius'>;
}[DirectiveKindName];

/** Every pool that a directive sets. */
export function poolsOf({ kind, params, blastRadius }: WhatItSets): Set<string> {
  const pools = new Set([blastRadius.pool]);
  if (kind === 'failover') pools.add(params.from).add(params.to);
  if (kind === 'scale' && params.pooling) pools.add(params.pooling.from).add(params.pooling.to);
  return pools;
}

function unmeasurable(record: DirectiveRecord, reason: string, minute: Minute): DirectiveRecord {
  return withFound(record, nothingToTell(reason), minute);
}

function withEffect(record: DirectiveRecord, effect: Effect): DirectiveRecord {
  return { ...record, directive: { ...record.directive, effect } };
}
