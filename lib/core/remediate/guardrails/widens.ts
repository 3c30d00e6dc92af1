import type { Directive } from '../directive.ts';
import type { Action, GuardrailContext } from './guardrail.ts';
import { addedBy } from './taken-out.ts';

/**
 * Whether a proposal goes further than the directive that it would renew: it takes more out of work, or sets what has no
 * gentler side.
 */
export function widens(before: Directive, after: Action, context: GuardrailContext): boolean {
  if (addedBy(after, { ...context, live: [] }) !== null) return true;
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
