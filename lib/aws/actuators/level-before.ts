import type { DirectiveOf } from '../../core/remediate/directive.ts';

/** The agents to go back to when the directive that ordered a level has ended, or why the level stays. */
export function levelBefore({
  params: { before },
  ended,
}: Pick<DirectiveOf<'scale'>, 'params' | 'ended'>): { agents: number } | { because: string } {
  if (ended?.how !== 'rolled_back') return { because: 'a level stays until the next' };
  return before === undefined ? { because: 'it does not tell the level before' } : { agents: before };
}
