import type { FleetCondition } from './fleet-condition.ts';
import type { Action } from './guardrail.ts';
import { poolOfAgent, takenOut } from './taken-out.ts';

/**
 * Whether an action interrupts work or takes agents away, whatever it says of itself. Agents that are lent finish what they have, and are
 * back as soon as their pool needs them.
 */
export function isDisruptive(action: Action, fleet: FleetCondition): boolean {
  if (action.isDisruptive || action.kind === 'restart' || action.kind === 'failover') return true;
  return action.kind === 'scale' && action.params.pooling === undefined && takenOut(action, fleet) !== null;
}

/** The pool whose work it interrupts, by where agents are now if that is at hand, else by what it says of itself. */
export function disruptedPool(action: Action, fleet: FleetCondition | null): string {
  switch (action.kind) {
    case 'restart':
      return fleet ? poolOfAgent(action.params.agent, action, fleet) : action.blastRadius.pool;
    case 'failover':
      return action.params.from;
    case 'scale':
      return action.params.pool;
    default:
      return action.blastRadius.pool;
  }
}
