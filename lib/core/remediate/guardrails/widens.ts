import { priorities } from '../../model/event.ts';
import type { Directive } from '../directive.ts';
import type { DegradeParams } from '../kinds/degrade.ts';
import type { Action, GuardrailContext } from './guardrail.ts';
import { isWithin, knobsOf } from './knobs.ts';
import { addedBy, agentsActedOn } from './taken-out.ts';

/**
 * Whether a proposal goes further than the directive that it would renew: it takes more out of work, turns more of it away, sets
 * something else, or sets anew what has no gentler side.
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
    case 'degrade':
      return before.kind !== 'degrade' || turnsMoreAway(before.params, after.params, context);
    case 'route':
      // Also those that get less, and are not cut off: what speaks against an action speaks against it for each of them.
      return after.blastRadius.agents.some((agent) => !before.blastRadius.agents.includes(agent));
    case 'breaker':
      return false;
  }
}

/** Whether fewer tasks are admitted, or less is done of each. What cannot be compared may be more. */
function turnsMoreAway(before: DegradeParams, after: DegradeParams, { pools }: GuardrailContext): boolean {
  if (after.step !== undefined) {
    if (after.step === before.step) return false;
    const ladder = (pools.get(after.pool)?.ladder ?? []).map(({ step }) => step);
    const [from, to] = [ladder.indexOf(before.step ?? ''), ladder.indexOf(after.step)];
    return from < 0 || to < 0 || to > from;
  }
  if (after.admitFraction !== undefined)
    return after.admitFraction < (before.admitFraction ?? (before.shedBelow === undefined ? 0 : 1));
  if (after.shedBelow === undefined || before.shedBelow === undefined) return true;
  return priorities.indexOf(after.shedBelow) < priorities.indexOf(before.shedBelow);
}
