import { type Actor, type AuditAction, type AuditEntry, auditIdOf } from '../core/model/audit-entry.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { AuditLog } from '../ports/audit-log.ts';

export interface AuditDeps {
  audit: AuditLog;
  /** Something that is never the same twice. */
  uniqueId: () => string;
}

export interface Intent {
  system: string;
  who: Actor;
  action: AuditAction;
  target: string;
  atMs: EpochMs;
  /** What is known before the change is made. */
  before?: Readonly<Record<string, unknown>>;
  after?: Readonly<Record<string, unknown>>;
}

/** What became of the change, for the log. */
export type Ending = Partial<Pick<AuditEntry, 'target' | 'reason' | 'before' | 'after'>> & {
  outcome: 'done' | 'refused';
};

/**
 * Makes a change that must be accounted for. The entry is written first: a line without a change can be explained, a
 * change without a line cannot. So nothing is changed while the log cannot be written.
 */
export async function audited<Result>(
  { audit, uniqueId }: AuditDeps,
  { system, ...intent }: Intent,
  change: () => Promise<Result>,
  endingOf: (result: Result) => Ending,
): Promise<Result> {
  const begun: AuditEntry = { id: auditIdOf(intent.atMs, uniqueId()), ...intent, outcome: 'begun' };
  await audit.write(system, begun);
  const end = (how: Partial<AuditEntry>) =>
    // The change has been made or not by now, and the answer must say so: the entry stays "begun", which is true.
    audit.write(system, { ...begun, ...how }).catch(() => undefined);
  let result: Result;
  try {
    result = await change();
  } catch (error) {
    await end({ outcome: 'failed', reason: error instanceof Error ? error.name : 'unknown' });
    throw error;
  }
  await end(endingOf(result));
  return result;
}
