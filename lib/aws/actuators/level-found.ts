import type { Directive } from '../../core/remediate/directive.ts';

/** Why a level stays though the directive that ordered it has ended; null where what was found before it goes back into place. */
export function reasonToStay({ ended }: Pick<Directive, 'ended'>): string | null {
  return ended?.how === 'rolled_back' ? null : 'a level stays until the next';
}

/**
 * Whether somebody else has set another level since: what is there is neither what was ordered nor what was there before.
 * @param found before it was applied first; null where it was not
 */
export function isSetSince<Level>(now: Level, ordered: Level, found: Level | null): boolean {
  return found !== null && now !== ordered && now !== found;
}
