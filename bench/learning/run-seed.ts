import { noBeliefs } from '../../lib/core/learn/beliefs.ts';
import { exportKnowledge, importKnowledge } from '../../lib/core/learn/transfer.ts';
import { type Lived, live } from './episode.ts';
import { fixedRules, greedy, knowledgeOf, Learner, type Logged, oracle } from './policies.ts';
import { drawIncidents, drawTruth, drifted, permuted, swapped, type Truth, type WorldKind } from './world.ts';

export const SWAP_AT = 250;
/** How far another fleet's truth is from the own, on the logit scale, where what it learned is right. */
const DRIFT = 0.4;

export const policyNames = ['fixed', 'greedy', 'learner', 'oracle'] as const;
export type PolicyName = (typeof policyNames)[number];
type Lives = Record<PolicyName, Lived[]>;

/** What one world, drawn with one seed, came to under every policy. All live through the same incidents with the same luck. */
export interface Run {
  /** Where the truth stays as it is. */
  steady: Lives;
  /** Where it changes: see swapped in world.ts. */
  swap: Lives;
  /** The learner with what another fleet learned where the truth is nearly the same, and where it is permuted. */
  right: Lived[];
  wrong: Lived[];
  /** Of the learner where the truth stays as it is. */
  truth: Truth;
  log: readonly Logged[];
  exploredShare: number;
}

export function runSeed(world: WorldKind, seed: number): Run {
  const truth = drawTruth(world, seed);
  const incidents = drawIncidents(seed);
  const learner = new Learner(seed);
  const always = () => truth;
  const after = swapped(truth, seed);
  const lives = (own: Learner, truthAt: (index: number) => Truth): Lives => ({
    fixed: live(fixedRules(), incidents, truthAt),
    greedy: live(greedy(), incidents, truthAt),
    learner: live(own, incidents, truthAt),
    oracle: live(oracle(), incidents, truthAt),
  });
  const taught = (theirs: Truth, theirSeed: number) =>
    live(new Learner(seed, learnedElsewhere(theirs, theirSeed)), incidents, always);
  return {
    steady: lives(learner, always),
    swap: lives(new Learner(seed), (i) => (i < SWAP_AT ? truth : after)),
    right: taught(drifted(truth, DRIFT, seed), seed + 100_000),
    wrong: taught(permuted(truth), seed + 200_000),
    truth,
    log: learner.log,
    exploredShare: learner.guard.explored / learner.guard.actions,
  };
}

/** What another fleet exports after all its incidents, whose classes come as often as they come there. */
function learnedElsewhere(truth: Truth, seed: number) {
  const donor = new Learner(seed);
  const incidents = drawIncidents(seed);
  live(donor, incidents, () => truth);
  const { beliefs, nowMs, priorOf } = knowledgeOf(donor, incidents.at(-1)?.atMs ?? 0);
  return importKnowledge(noBeliefs, exportKnowledge(beliefs, nowMs, priorOf), 0);
}
