import { DAY_MINUTES, type EpochMs, MINUTE_MS } from '../../model/time.ts';
import { couldNot } from '../acknowledgement.ts';
import type { DirectiveOf, DirectiveRecord, Ruling } from '../directive.ts';
import type { DecisionContext } from '../directive-kind.ts';
import { isInForce } from '../directive-status.ts';

/** A level that was decided for a pool. */
export interface ScaleStep {
  directive: DirectiveOf<'scale'>;
  desired: number;
  /** Agents that it had then; null where it is not told. */
  before: number | null;
  issuedMs: EpochMs;
  /** When it came into force, acknowledged or not; null while it waits for a person. */
  sinceMs: EpochMs | null;
  /** In words, that a person or a measured harm took it back, or turned it down, or an orchestrator could not; null where nobody did. */
  refused: string | null;
  /** The pool is as it was before: it was refused, or stopped by the kill switch or for maintenance. */
  wasUndone: boolean;
}

const REMEMBERED_MS = DAY_MINUTES * MINUTE_MS;

/** What was decided for pools' levels and came into force in the last day, or did not, by pool, newest first. */
export function scaleHistories({ recent, live, nowMs }: DecisionContext): Map<string, ScaleStep[]> {
  const records = new Map([...recent, ...live].map((record) => [record.directive.id, record]));
  const steps = [...records.values()].flatMap((record): ScaleStep[] => {
    const { directive } = record;
    if (directive.kind !== 'scale' || directive.issuedMs > nowMs) return [];
    const { desired, before = null } = directive.params;
    if (desired === undefined) return [];
    const sinceMs = isInForce(record) ? (directive.inForceMs ?? directive.issuedMs) : null;
    if (directive.ended && sinceMs !== null && nowMs - sinceMs > REMEMBERED_MS) return [];
    const [refused, wasUndone] = [refusalOf(record), isUndone(record)];
    return [{ directive, desired, before, issuedMs: directive.issuedMs, sinceMs, refused, wasUndone }];
  });
  return Map.groupBy(
    steps.sort((one, other) => other.issuedMs - one.issuedMs),
    ({ directive }) => directive.params.pool,
  );
}

/** The pool is as it was before, as far as this goes: see {@link ScaleStep}. */
export function isUndone(record: DirectiveRecord): boolean {
  return refusalOf(record) !== null || record.directive.ended?.how === 'rolled_back';
}

/** In earlier versions it was not told what took a directive back. */
function refusalOf({ directive: { ended }, ack, rejected, rolledBack }: DirectiveRecord): string | null {
  if (rejected) return `${rejected.by} turned it down${noted(rejected)}`;
  if (rolledBack) return `${rolledBack.by} took it back${noted(rolledBack)}`;
  if (ended?.how === 'rolled_back' && (ended.by === 'harm' || ended.by === undefined))
    return `it did harm: ${ended.why}`;
  return ack?.applied === false ? couldNot(ack) : null;
}

function noted({ note }: Ruling): string {
  return note ? `: ${note}` : '';
}

/** After the same was taken back, a pool's level is left alone for so long. */
const HOLD_MS = 30 * MINUTE_MS;

/**
 * Why none is asked for again in that direction, and until when: somebody turned the last step down, or took it back, or could not, lately.
 * Fewer agents that did harm say nothing against more.
 * @returns in words; null where nothing is held
 */
export function heldBecause(history: readonly ScaleStep[], isMore: boolean, nowMs: EpochMs): string | null {
  const last = history.find(
    ({ refused, desired, before }) => refused !== null && (before === null || desired > before === isMore),
  );
  if (!last) return null;
  const { ended } = last.directive;
  if (nowMs - (ended?.atMs ?? last.issuedMs) >= HOLD_MS) return null;
  // One that is not over ends now.
  const untilMs = (ended?.atMs ?? nowMs) + HOLD_MS;
  return `${last.refused} (${last.directive.summary}): none in the same direction until ${new Date(untilMs).toISOString()}`;
}

/** Agents that are ordered take a minute or two to come up, and their samples as long to come in. */
export const SETTLING_MS = 5 * MINUTE_MS;

/** Of a pool that nothing was ordered for yet: how many agents there are is known once their reports have come in. */
const KNOWN_MS = 5 * MINUTE_MS;
/** Clients say again every ten minutes what their agents are: where that was lost once, it is known by then. */
export const DESCRIBED_MS = 12 * MINUTE_MS;
/** Where a larger part of its agents is missing, they may work and be out of sight. */
const MOST_MISSING = 0.3;

export interface PoolLevel {
  /** Agents that the pool has, by what was ordered: also those that come up, and those that are out. */
  agents: number;
  /** Of those, out: dead, hung, behind an open breaker. */
  out: number;
  /** Agents that were ordered may still be coming up, or leaving. */
  isSettling: boolean;
  /** So many agents are out of sight that their number cannot be told. */
  isInDoubt: boolean;
}

/** Agents of a pool by what they do, those that are lent to it not counted. */
export interface OwnStaff {
  working: number;
  idled: number;
  missing: number;
  /** Without heartbeats, and not heard of lately: idle, or gone. */
  unheard: number;
  /** Of the fleet, at work and heard of for less than {@link DESCRIBED_MS}, without having said what they are: some may be of the pool. */
  unplaced: number;
  /** When the first of them was heard of. */
  sinceMs: EpochMs;
}

/**
 * How many agents a pool has. What was ordered last counts while it comes about; then what is there, and up to what was ordered
 * also those that are dead, unless whoever runs them has replaced them already, and those that have not said yet what they are.
 * @returns null of a pool that has just appeared: to order what is known of it by then could take away agents
 */
export function levelOf(
  { working, idled, missing, unheard, unplaced, sinceMs }: OwnStaff,
  history: readonly ScaleStep[],
  nowMs: EpochMs,
): PoolLevel | null {
  const last = history.find((step) => step.sinceMs !== null && !step.wasUndone);
  if (!last && nowMs - sinceMs < (unplaced > 0 ? DESCRIBED_MS : KNOWN_MS)) return null;
  const alive = working + idled;
  const isSettling = last?.sinceMs != null && nowMs - last.sinceMs < SETTLING_MS;
  const there = last ? Math.max(alive, Math.min(last.desired, alive + missing + unplaced)) : alive + missing;
  const agents = isSettling ? last.desired : there;
  return {
    ...{ agents, isSettling, isInDoubt: missing + unheard > MOST_MISSING * (alive + missing + unheard) },
    out: idled + Math.max(0, Math.min(missing, agents - alive)),
  };
}
