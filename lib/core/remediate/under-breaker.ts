import type { DirectiveOf, DirectiveRecord } from './directive.ts';
import { isInForce } from './directive-status.ts';

/** Agents that a breaker keeps work from, by directive: no weight matters for them. */
export function agentsUnderBreaker(live: readonly DirectiveRecord[]): Map<string, DirectiveOf<'breaker'>> {
  const found = new Map<string, DirectiveOf<'breaker'>>();
  for (const record of live) {
    const { directive } = record;
    if (directive.kind !== 'breaker' || directive.params.agent === undefined || !isInForce(record)) continue;
    if (directive.params.state !== 'closed') found.set(directive.params.agent, directive);
  }
  return found;
}
