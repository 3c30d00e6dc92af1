import type { Guardrail } from './guardrail.ts';
import { knobsOf, sharedKnob } from './knobs.ts';

/** What can be set in one way at a time is set by one directive at a time. */
export const oneOwner: Guardrail = {
  name: 'one owner',
  takesBack: false,
  refuse(proposal, { live, fleet }) {
    const knobs = knobsOf(proposal, fleet);
    for (const { directive } of live) {
      const shared = sharedKnob(knobs, knobsOf(directive, fleet));
      if (shared) return `the ${shared.name} is set by ${directive.id}: ${directive.summary}`;
    }
    return null;
  },
};
