import type { Effect } from '../effect/effect.ts';
import { type EpochMs, startOfMinute } from '../model/time.ts';
import type { Acknowledgement } from './acknowledgement.ts';
import { actionClasses } from './action-class.ts';
import type { Directive, DirectiveRecord, Ruling } from './directive.ts';
import { type DirectiveStatus, endAt, leaseUntil, statusAt } from './directive-status.ts';
import type { ChosenPlay } from './experience.ts';
import type { HoldOut } from './hold-out.ts';
import type { LaterEffect } from './later-effect.ts';

/** A directive as the API gives it, with moments in ISO 8601. */
export function directiveForMachines(record: DirectiveRecord, nowMs: number): Record<string, unknown> {
  const { directive, ack, acks, approved, rejected, rolledBack } = record;
  const asItIs = { ...directive, ended: endAt(record, nowMs) };
  return {
    ...instructionForMachines(asItIs, leaseUntil(record), statusAt(record, nowMs)),
    ...(ack ? { ackedAt: iso(ack.atMs), applied: ack.applied, ackedBy: ack.by } : {}),
    ...(ack?.note ? { ackNote: ack.note } : {}),
    ...(acks.length > 1 ? { acknowledgements: acks.map(acknowledgementForMachines) } : {}),
    ...rulingForMachines('approved', approved),
    ...rulingForMachines('rejected', rejected),
    ...rulingForMachines('rolledBack', rolledBack),
    ...(directive.chosen ? { chosen: chosenForMachines(directive.chosen) } : {}),
    ...(directive.holdOut ? { holdOut: holdOutForMachines(directive.holdOut) } : {}),
    effect: effectForMachines(directive.effect),
    ...(directive.later ? { later: directive.later.map(laterForMachines) } : {}),
  };
}

function rulingForMachines(what: 'approved' | 'rejected' | 'rolledBack', ruling: Ruling | null) {
  if (!ruling) return {};
  const { by, atMs, note } = ruling;
  return { [`${what}By`]: by, [`${what}At`]: iso(atMs), ...(note === null ? {} : { [`${what}Note`]: note }) };
}

function acknowledgementForMachines({ by, atMs, applied, note }: Acknowledgement): Record<string, unknown> {
  return { by, at: iso(atMs), applied, ...(note === null ? {} : { note }) };
}

/** What a directive says to those who carry it out: the same, without what became of it but for how and why it ended. */
export function instructionForMachines(
  directive: Directive,
  leaseUntilMs: EpochMs,
  status: DirectiveStatus = directive.ended?.how ?? 'active',
): Record<string, unknown> {
  const { id, kind, params, mode, summary, causes, evidence, expected, blastRadius, undo } = directive;
  const { byMs, ...expectation } = expected;
  return {
    id,
    kind,
    response: actionClasses[kind].response,
    summary,
    ...(directive.began === undefined ? {} : { began: directive.began }),
    params,
    mode,
    status,
    ...(directive.ended ? { endedBecause: directive.ended.why } : {}),
    issuedAt: iso(directive.issuedMs),
    renewedAt: iso(directive.renewedMs),
    expiresAt: iso(directive.ended?.atMs ?? leaseUntilMs),
    onsetAt: iso(directive.onsetMs),
    alerts: causes,
    evidence,
    expected: { ...expectation, by: iso(byMs) },
    blastRadius,
    undo,
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
      const { from, to, worth, ...measured } = effect;
      return { ...measured, ...worth, window: windowOf({ from, to }) };
    }
  }
}

function chosenForMachines({ fault, isFirst, propensity, explored }: ChosenPlay): Record<string, unknown> {
  return { fault, isFirst, propensity, explored };
}

function holdOutForMachines({ untilMs, share, control }: HoldOut): Record<string, unknown> {
  return { until: iso(untilMs), share, control: effectForMachines(control) };
}

function laterForMachines({ afterDays, effect }: LaterEffect): Record<string, unknown> {
  return { afterDays, ...effectForMachines(effect) };
}

function windowOf({ from, to }: { from: number; to: number }): { from: string; to: string } {
  return { from: iso(startOfMinute(from)), to: iso(startOfMinute(to)) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
