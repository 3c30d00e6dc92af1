import type { EpochMs } from '../model/time.ts';
import type { Directive, DirectiveRecord } from './directive.ts';
import { isHeldOut } from './hold-out.ts';

export const directiveStatuses = ['proposed', 'approved', 'active', 'rejected', 'expired', 'rolled_back'] as const;
export type DirectiveStatus = (typeof directiveStatuses)[number];

/** A directive that waits for a person waits this long; one that a person approves gets a lease of this length. */
export const LEASE_MS = 15 * 60_000;

/** When the lease runs out, as an approval extends it. */
export function leaseUntil({ directive, approved }: DirectiveRecord): EpochMs {
  return Math.max(directive.leaseUntilMs, (approved?.atMs ?? Number.NEGATIVE_INFINITY) + LEASE_MS);
}

/**
 * What a directive is at a moment. Derived, not stored: a word of a person acts at once, and a lease runs out on time
 * also when the minute job does not run.
 *
 * | not ended, nobody objected | before the lease ends | after it |
 * |---|---|---|
 * | in force by its mode or by approval | active | expired |
 * | waits for approval, or is held out | proposed | expired |
 *
 * `approved` is part of the contract, but an approval is in force at once, so none stays in it.
 */
export function statusAt(record: DirectiveRecord, nowMs: EpochMs): DirectiveStatus {
  const { directive, approved, rejected, rolledBack } = record;
  if (rolledBack && rolledBack.atMs <= nowMs) return 'rolled_back';
  if (rejected && rejected.atMs <= nowMs) return 'rejected';
  if (directive.ended && directive.ended.atMs <= nowMs) return directive.ended.how;
  if (nowMs >= leaseUntil(record)) return 'expired';
  return isInForce(record) || (approved !== null && approved.atMs <= nowMs) ? 'active' : 'proposed';
}

/** Why and when a directive is over, whether or not the minute job has written it down; null while it is not. */
export function endAt(record: DirectiveRecord, nowMs: EpochMs): Directive['ended'] {
  const { directive, rejected, rolledBack } = record;
  if (directive.ended) return directive.ended;
  switch (statusAt(record, nowMs)) {
    case 'rolled_back':
      return {
        ...{ how: 'rolled_back', why: `rolled back by ${rolledBack?.by}`, by: 'person' },
        atMs: rolledBack?.atMs ?? nowMs,
      };
    case 'rejected':
      return { how: 'expired', why: `rejected by ${rejected?.by}`, by: 'person', atMs: rejected?.atMs ?? nowMs };
    case 'expired':
      return { how: 'expired', why: 'its lease ran out', by: 'lease', atMs: leaseUntil(record) };
    default:
      return null;
  }
}

/**
 * Whether a directive waits for a person: nobody has carried it out, so that it has nothing to be led back from. One that was approved
 * since the minute began does not, although it counts as in force from the next one on.
 * @param live with its record
 */
export function isWaiting(
  { id, inForceMs }: Pick<Directive, 'id' | 'inForceMs'>,
  live: readonly DirectiveRecord[],
): boolean {
  return inForceMs === null && !live.some((record) => record.directive.id === id && isInForce(record));
}

/** By its mode alone, once it is not held out any more, or because a person approved it. */
export function isInForce({ directive, approved }: DirectiveRecord): boolean {
  return (directive.mode === 'auto' && !isHeldOut(directive)) || approved !== null;
}
