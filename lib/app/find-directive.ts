import { reachesAny } from '../core/model/pool-access.ts';
import type { DirectiveRecord } from '../core/remediate/directive.ts';
import { poolsOf } from '../core/remediate/measure-directives.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';

/**
 * A directive as somebody may know of it.
 * @param reader one of whose pools it must set, where they are restricted to some
 * @returns null where there is none, or none for them
 */
export async function findDirective(
  deps: { directives: Pick<DirectiveStore, 'find'> },
  system: string,
  id: string,
  reader: { pools?: readonly string[] },
): Promise<DirectiveRecord | null> {
  const record = await deps.directives.find(system, id);
  return record && reachesAny(reader, poolsOf(record.directive)) ? record : null;
}
