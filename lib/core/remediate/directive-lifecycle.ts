import { type MeasuredEffect, nothingToTell } from '../effect/measured-effect.ts';
import { fingerprint } from '../model/fingerprint.ts';
import { type EpochMs, MINUTE_MS, minuteOf } from '../model/time.ts';
import type { Mode } from './action-class.ts';
import type {
  Directive,
  DirectiveKindName,
  DirectiveOf,
  DirectiveRecord,
  DirectiveTransition,
  Proposal,
} from './directive.ts';
import { endAt, isInForce, LEASE_MS, leaseUntil } from './directive-status.ts';
import type { ChosenPlay } from './experience.ts';
import { type HoldOut, isHeldOut } from './hold-out.ts';

/** A new directive: in force at once under `auto` unless it is held out, else it waits for a person. */
export function issueDirective<Kind extends DirectiveKindName>(
  proposal: Proposal<Kind>,
  mode: Exclude<Mode, 'observe'>,
  nowMs: EpochMs,
  {
    holdOut = null,
    chosen = null,
    replaces,
  }: { holdOut?: HoldOut | null; chosen?: ChosenPlay | null; replaces?: string } = {},
): DirectiveRecord {
  const subject = fingerprint(`${proposal.kind}\n${proposal.subject}\n`);
  const directive: DirectiveOf<Kind> = {
    ...proposal,
    id: `${minuteOf(nowMs).toString(36)}-${proposal.kind}-${subject}`,
    mode,
    issuedMs: nowMs,
    renewedMs: nowMs,
    leaseUntilMs: nowMs + LEASE_MS,
    inForceMs: null,
    ended: null,
    ...(chosen && { chosen }),
    ...(holdOut && { holdOut }),
    ...(replaces !== undefined && { replaces }),
    effect: { state: 'pending' },
  };
  const record: DirectiveRecord = {
    directive: directive as Directive,
    unsent: [],
    ...{ ack: null, acks: [] },
    approved: null,
    rejected: null,
    rolledBack: null,
  };
  return mode === 'auto' && holdOut === null ? noteInForce(record, nowMs) : told(record, 'proposed', nowMs);
}

/**
 * Extends the lease of a directive that is still called for: when half of it is over, or when its params have changed
 * so that orchestrators must know. One that waits for an approval within its lease is not extended: it is asked anew.
 * One that its kind calls over ends.
 */
export function renewDirective<Kind extends DirectiveKindName>(
  record: DirectiveRecord & { directive: DirectiveOf<Kind> },
  proposal: Proposal<Kind>,
  differs: boolean,
  nowMs: EpochMs,
): DirectiveRecord {
  if (proposal.over) return endDirective(record, { how: 'expired', ...proposal.over }, nowMs);
  const isWaiting = record.directive.mode === 'approve' && !isInForce(record);
  const isFresh = leaseUntil(record) - nowMs > LEASE_MS / 2;
  // What is remembered belongs to the params that stand.
  const memory = isWaiting && differs ? record.directive.memory : proposal.memory;
  if (isWaiting || (isFresh && !differs)) {
    return { ...record, directive: { ...record.directive, memory } as Directive };
  }
  const next = extended(record, proposal, nowMs, differs);
  return isHeldOut(record.directive) ? next : told(next, 'renewed', nowMs);
}

/** With a lease from now on, and what is called for by now. */
function extended<Kind extends DirectiveKindName>(
  record: DirectiveRecord & { directive: DirectiveOf<Kind> },
  { params, memory, summary, causes, evidence, blastRadius }: Proposal<Kind>,
  nowMs: EpochMs,
  differs = false,
): DirectiveRecord {
  const renewed = {
    ...record.directive,
    params,
    ...before(record.directive, params, nowMs),
    ...(differs ? changed(record.directive, nowMs) : {}),
    ...granted(record, params),
    memory,
    summary,
    ...began(record.directive, summary),
    causes: newestCauses(record.directive.causes, causes),
    // What was expected, and what it is measured against, stays as it was said before it was done.
    evidence: [...new Set([...record.directive.evidence, ...evidence])].slice(-MAX_EVIDENCE),
    blastRadius,
    renewedMs: nowMs,
    leaseUntilMs: nowMs + LEASE_MS,
  };
  return withChangedSubjects({ ...record, directive: renewed as Directive }, record, nowMs);
}

/** What is led back in steps says so by then; what it did is measured of what it began as. */
function began({ summary, began: known, inForceMs }: Directive, after: string): Pick<Directive, 'began'> {
  return known === undefined && inForceMs !== null && summary !== after ? { began: summary } : {};
}

/** Longer than anything looks back. */
const WAS_KEPT_MS = 5 * MINUTE_MS;
/** What a directive sets in a large pool is long, and has to fit into an item several times. */
const MOST_KEPT = 2;

function before<Kind extends DirectiveKindName>(
  { params, was = [] }: DirectiveOf<Kind>,
  after: DirectiveOf<Kind>['params'],
  nowMs: EpochMs,
): Pick<DirectiveOf<Kind>, 'was'> {
  if (isSame(params, after)) return {};
  const lately = was.filter(({ untilMs }) => nowMs - untilMs < WAS_KEPT_MS);
  return { was: [...lately, { params, untilMs: nowMs }].slice(-MOST_KEPT) };
}

/** Longer than an effect is measured, and mixed up with what was done before. */
const CHANGES_KEPT_MS = 45 * MINUTE_MS;

/** What others do in the pool at that time cannot be told from it. */
function changed({ inForceMs, changedMs = [] }: Directive, nowMs: EpochMs): Pick<Directive, 'changedMs'> {
  if (inForceMs === null) return {};
  return { changedMs: [...changedMs.filter((ms) => nowMs - ms < CHANGES_KEPT_MS), nowMs] };
}

/**
 * A directive as it was approved, until it has come into force: an approval is of what stood there, also where a run that did not know of it
 * has taken the proposal further since.
 */
export function asApproved(record: DirectiveRecord): DirectiveRecord {
  const { directive, approved } = record;
  if (directive.inForceMs !== null || !approved?.of || isSame(approved.of.params, directive.params)) return record;
  return { ...record, directive: { ...directive, ...approved.of } as Directive };
}

/** An approval is of what stood then. */
function granted<Kind extends DirectiveKindName>(
  { directive, approved }: DirectiveRecord & { directive: DirectiveOf<Kind> },
  after: DirectiveOf<Kind>['params'],
): Pick<DirectiveOf<Kind>, 'granted'> {
  const { params, summary, blastRadius } = directive;
  if (!approved || directive.granted || isSame(params, after)) return {};
  return { granted: { params, summary, blastRadius } };
}

function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

/** What is measured is what was begun: when it comes to concern other agents in the middle, nothing can be told. */
function withChangedSubjects(renewed: DirectiveRecord, before: DirectiveRecord, nowMs: EpochMs): DirectiveRecord {
  const areSame = String(renewed.directive.blastRadius.agents) === String(before.directive.blastRadius.agents);
  if (areSame || renewed.directive.effect.state !== 'measuring') return renewed;
  const reason = `it came to concern ${renewed.directive.blastRadius.agents.join(', ')} while it was measured`;
  return noteMeasured(renewed, nothingToTell(reason), nowMs);
}

const MAX_EVIDENCE = 10;
/** A route that leads around one agent after the other would come to have those of weeks. */
const MAX_CAUSES = 50;

/** Those that call for it now, and of earlier ones as many as there is room for. */
function newestCauses(before: readonly string[], now: readonly string[]): string[] {
  const earlier = before.filter((id) => !now.includes(id));
  return [...earlier.slice(Math.max(0, earlier.length + now.length - MAX_CAUSES)), ...now];
}

/** Brings what waited into force by the mode of its class, as it is called for by now and with a lease of its own. */
export function releaseDirective<Kind extends DirectiveKindName>(
  record: DirectiveRecord & { directive: DirectiveOf<Kind> },
  proposal: Proposal<Kind>,
  nowMs: EpochMs,
): DirectiveRecord {
  const released = extended(record, proposal, nowMs);
  return noteInForce({ ...released, directive: { ...released.directive, mode: 'auto' } }, nowMs);
}

/** Ends a directive before its lease runs out. */
export function endDirective(
  record: DirectiveRecord,
  ending: Omit<NonNullable<Directive['ended']>, 'atMs'>,
  atMs: EpochMs,
): DirectiveRecord {
  return told({ ...record, directive: { ...record.directive, ended: { ...ending, atMs } } }, 'ended', atMs);
}

/** Notes an effect that has become known. */
export function noteMeasured(record: DirectiveRecord, effect: MeasuredEffect, atMs: EpochMs): DirectiveRecord {
  return told({ ...record, directive: { ...record.directive, effect, measuredMs: atMs } }, 'measured', atMs);
}

/** Takes up what happened to a directive outside of the minute job: approval, rejection, roll-back, a lease run out. */
export function settleDirective(record: DirectiveRecord, nowMs: EpochMs): DirectiveRecord {
  const { directive, approved } = record;
  if (directive.ended) return record;
  const isNowInForce = isInForce(record) && (approved === null || approved.atMs <= nowMs);
  const noted = directive.inForceMs === null && isNowInForce ? noteInForce(record, approved?.atMs ?? nowMs) : record;
  const end = endAt(record, nowMs);
  return end ? endDirective(noted, end, end.atMs) : noted;
}

/** Whether there is still something to come: an end, a measurement, or a transition to tell. */
export function staysOpen({ directive, unsent }: DirectiveRecord): boolean {
  return directive.ended === null || directive.effect.state !== 'measured' || unsent.length > 0;
}

/** When it was issued, ended or measured, whichever was last. */
export function lastEventMs({ issuedMs, ended, measuredMs }: Directive): EpochMs {
  return Math.max(issuedMs, ended?.atMs ?? issuedMs, measuredMs ?? issuedMs);
}

function noteInForce(record: DirectiveRecord, atMs: EpochMs): DirectiveRecord {
  return told({ ...record, directive: { ...record.directive, inForceMs: atMs } }, 'issued', atMs);
}

function told(record: DirectiveRecord, what: DirectiveTransition['what'], atMs: EpochMs): DirectiveRecord {
  const id = `${record.directive.id}-${what}${what === 'renewed' ? `-${minuteOf(atMs).toString(36)}` : ''}`;
  if (record.unsent.some((transition) => transition.id === id)) return record;
  return { ...record, unsent: [...record.unsent, { id, what, atMs }] };
}
