import type { EpochMs } from '../core/model/time.ts';
import type { DirectiveRecord } from '../core/remediate/directive.ts';
import { withStop } from '../core/remediate/stopped.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';
import type { PolicyStore } from '../ports/policy-store.ts';
import { findDirective } from './find-directive.ts';

/**
 * One directive, however long ago it was issued. What people have stopped is not in force any more.
 * @param reader one of whose pools it must set, where they are restricted to some
 * @returns null where there is none, or none for them
 */
export async function readDirective(
  deps: { directives: Pick<DirectiveStore, 'find'>; policies: Pick<PolicyStore, 'read'> },
  { system, id }: { system: string; id: string },
  nowMs: EpochMs,
  reader: { pools?: readonly string[] } = {},
): Promise<DirectiveRecord | null> {
  const [record, stops] = await Promise.all([findDirective(deps, system, id, reader), deps.policies.read(system)]);
  return record && withStop(record, stops, nowMs);
}
