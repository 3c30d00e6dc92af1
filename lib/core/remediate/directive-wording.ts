import type { Effect } from '../effect/effect.ts';
import { startOfMinute } from '../model/time.ts';
import { actionClasses } from './action-class.ts';
import type { DirectiveRecord } from './directive.ts';
import { leaseUntil, statusAt } from './directive-status.ts';

/** A directive as the API, the bus and actuators give it, with moments in ISO 8601. */
export function directiveForMachines(record: DirectiveRecord, nowMs: number): Record<string, unknown> {
  const { directive, ack, approved, rejected, rolledBack } = record;
  const { id, kind, params, mode, summary, causes, evidence, expected, blastRadius, undo } = directive;
  const { byMs, ...expectation } = expected;
  return {
    id,
    kind,
    response: actionClasses[kind].response,
    summary,
    params,
    mode,
    status: statusAt(record, nowMs),
    issuedAt: iso(directive.issuedMs),
    renewedAt: iso(directive.renewedMs),
    expiresAt: iso(directive.ended?.atMs ?? leaseUntil(record)),
    ...(directive.ended ? { endedBecause: directive.ended.why } : {}),
    ...(ack ? { ackedAt: iso(ack.atMs), applied: ack.applied, ackedBy: ack.by } : {}),
    ...(ack?.note ? { ackNote: ack.note } : {}),
    ...(approved ? { approvedBy: approved.by, approvedAt: iso(approved.atMs) } : {}),
    ...(rejected ? { rejectedBy: rejected.by, rejectedAt: iso(rejected.atMs) } : {}),
    ...(rolledBack ? { rolledBackBy: rolledBack.by, rolledBackAt: iso(rolledBack.atMs) } : {}),
    onsetAt: iso(directive.onsetMs),
    alerts: causes,
    evidence,
    expected: { ...expectation, by: iso(byMs) },
    blastRadius,
    undo,
    effect: effectForMachines(directive.effect),
  };
}

function effectForMachines(effect: Effect): Record<string, unknown> {
  switch (effect.state) {
    case 'pending':
      return { state: effect.state };
    case 'measuring':
      return { state: effect.state, window: windowOf(effect) };
    case 'measured': {
      if (effect.verdict === 'unmeasurable') return { ...effect };
      const { from, to, ...measured } = effect;
      return { ...measured, window: windowOf({ from, to }) };
    }
  }
}

function windowOf({ from, to }: { from: number; to: number }): { from: string; to: string } {
  return { from: iso(startOfMinute(from)), to: iso(startOfMinute(to)) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
