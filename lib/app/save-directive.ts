import { TooLargeError } from '../core/model/too-large-error.ts';
import type { DirectiveRecord } from '../core/remediate/directive.ts';
import { staysOpen } from '../core/remediate/directive-lifecycle.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';

export interface SaveDirectiveDeps {
  directives: Pick<DirectiveStore, 'save'>;
  /** Is told of a directive that could not be saved. */
  tellUnsaved?: (of: { system: string; directive: string; error: unknown }) => void;
}

/**
 * Saves what the minute job decided of a directive. One that there is no room for stays as it was, until its lease runs out, and is
 * told: it must not end the run for all others.
 * @returns false when a later lease holder has saved it
 */
export async function saveDirective(
  { directives, tellUnsaved }: SaveDirectiveDeps,
  system: string,
  record: DirectiveRecord,
  fence: number,
): Promise<boolean> {
  try {
    return await directives.save(system, record.directive, record.unsent, staysOpen(record), fence);
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error;
    tellUnsaved?.({ system, directive: record.directive.id, error });
    return true;
  }
}
