import { fixedRules } from './policies.ts';
import type { Run } from './run-seed.ts';
import { liveThrough } from './world.ts';

/**
 * What the log of the learner says that the fixed rules would have earned, and what they would have, in the incidents in which
 * any play might have been chosen: mean of outcome ÷ propensity where the choice was theirs, else 0.
 * @see Horvitz, Thompson, JASA 47 (1952); Bottou et al., JMLR 14 (2013)
 */
export function fixedRulesFromLog({ log, truth }: Run): { estimate: number; truth: number; n: number } {
  const rules = fixedRules();
  let [estimate, earned, n] = [0, 0, 0];
  for (const { incident, choice, helped } of log) {
    const order = rules.order(incident, truth);
    const [theirs] = order;
    const propensity = theirs && choice.propensities.get(theirs);
    const seen = liveThrough(truth, incident, order).tried[0]?.outcome;
    if (!propensity || [...choice.propensities.values()].includes(1) || helped === null || seen === 'unmeasurable')
      continue;
    n += 1;
    if (choice.action === theirs && helped) estimate += 1 / propensity;
    if (seen === 'helped') earned += 1;
  }
  return { estimate, truth: earned, n };
}
