import { type Principal, principalKinds } from './principal.ts';
import type { EpochMs } from './time.ts';

/** What people do that is written down, and what Fleetpulse changes of what it may do: a new action is a name here. */
export const auditActions = [
  'policy.change',
  'policy.demote',
  'pool.change',
  'budget.set',
  'budget.delete',
  'key.create',
  'key.rotate',
  'key.revoke',
  'directive.approve',
  'directive.reject',
  'directive.rollback',
  'recommendation.adopt',
  'recommendation.dismiss',
  'silence.create',
  'silence.end',
  'agent.forget',
  'history.import',
  'knowledge.import',
  'note.create',
  'note.delete',
  'benchmark.domain',
  'benchmark.entry.set',
  'benchmark.entry.delete',
  'benchmark.competitor.set',
  'benchmark.competitor.delete',
] as const;
export type AuditAction = (typeof auditActions)[number];

/**
 * What became of it. "begun" that stays means that nobody could say any more: the function was ended in the middle, and
 * the change may or may not have been made.
 */
export const auditOutcomes = ['begun', 'done', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

export const actorKinds = [...principalKinds, 'operator', 'fleetpulse'] as const;

/** Who did it: the principal, an operator at the command line with AWS credentials, or Fleetpulse by itself. */
export interface Actor {
  kind: (typeof actorKinds)[number];
  id: string;
  name: string;
  /** Whom the principal said that it speaks for. */
  onBehalfOf?: string;
}

export interface AuditEntry {
  /** In the order of time: 13 digits of epoch ms, and what tells apart those of the same millisecond. */
  id: string;
  atMs: EpochMs;
  who: Actor;
  action: AuditAction;
  /** What was changed, such as "policy" or the id of a directive or key. */
  target: string;
  outcome: AuditOutcome;
  /** Why it was refused or failed. */
  reason?: string;
  /** Of what was changed, before and after; never a secret. */
  before?: Readonly<Record<string, unknown>>;
  after?: Readonly<Record<string, unknown>>;
}

/** Fleetpulse, where it changes by itself what it may do. */
export const itself: Actor = { kind: 'fleetpulse', id: 'fleetpulse', name: 'fleetpulse' };

export function actorOf({ kind, id, name }: Principal, onBehalfOf?: string): Actor {
  return { kind, id, name, ...(onBehalfOf === undefined ? {} : { onBehalfOf }) };
}

/** @param unique tells entries of the same millisecond apart */
export function auditIdOf(atMs: EpochMs, unique: string): string {
  return `${String(Math.floor(atMs)).padStart(13, '0')}-${unique}`;
}
