import type { Directive } from '../directive.ts';
import type { Action, GuardrailContext } from './guardrail.ts';
import { isWithin, knobsOf } from './knobs.ts';
import { addedBy, agentsActedOn } from './taken-out.ts';

/**
 * Whether a proposal goes further than the directive that it would renew: it takes more out of work, sets something else, or
 * sets anew what has no gentler side.
 */
export function widens(before: Directive, after: Action, context: GuardrailContext): boolean {
  const { fleet } = context;
  if (after.blastRadius.pool !== before.blastRadius.pool || (after.isDisruptive && !before.isDisruptive)) return true;
  if (addedBy(after, context) !== null) return true;
  const agents = new Set(agentsActedOn(before));
  if (agentsActedOn(after).some((agent) => !agents.has(agent))) return true;
  const knobs = knobsOf(before, fleet);
  if (knobsOf(after, fleet).some((knob) => !knobs.some((it) => isWithin(knob, it)))) return true;
  switch (after.kind) {
    case 'scale':
    case 'restart':
    case 'tune':
      return JSON.stringify(before.params) !== JSON.stringify(after.params);
    case 'failover': {
      if (before.kind !== 'failover') return true;
      const { from, to, taskTypes } = before.params;
      if (after.params.from !== from || after.params.to !== to) return true;
      if (taskTypes.length === 0) return false;
      return after.params.taskTypes.length === 0 || after.params.taskTypes.some((type) => !taskTypes.includes(type));
    }
    case 'route':
    case 'breaker':
    case 'degrade':
      return false;
  }
}
