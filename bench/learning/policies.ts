import { armKey } from '../../lib/core/learn/arm.ts';
import { type Beliefs, learn, noBeliefs } from '../../lib/core/learn/beliefs.ts';
import { type Choice, chooseAction } from '../../lib/core/learn/choose-action.ts';
import { afterChoice, afterFallback, afterOutcome, type GuardState, noHistory } from '../../lib/core/learn/guard.ts';
import { ImportTrust } from '../../lib/core/learn/import-trust.ts';
import type { Trial } from '../../lib/core/learn/trial.ts';
import type { EpochMs } from '../../lib/core/model/time.ts';
import type { ActionClass } from '../../lib/core/remediate/action-class.ts';
import { createRandom } from '../../lib/sim/random.ts';
import { faultClasses } from './fault-classes.ts';
import { type Incident, successOf, type Tried, type Truth } from './world.ts';

/** Decides in which order the plays of an incident are tried, and is told what came of it. */
export interface Policy {
  order(incident: Incident, truth: Truth): readonly ActionClass[];
  told(incident: Incident, tried: readonly Tried[]): void;
}

/** The playbook by shipped prior: never learns. */
export function fixedRules(): Policy {
  return { order: ({ of }) => byValue(of.plays, ({ prior }) => prior), told: () => {} };
}

/** Knows the truth of the incident's class and type of pool, but not the difficulty and luck of the incident. */
export function oracle(): Policy {
  return {
    order: (incident, truth) => byValue(incident.of.plays, ({ kind }) => usualSuccess(truth, incident, kind)),
    told: () => {},
  };
}

/** The mean of a beta distribution around the shipped prior, over the whole system: no doubt, no memory loss, no guard. */
export function greedy(): Policy {
  const seen = new Map<string, { helped: number; trials: number }>();
  return {
    order: ({ of: { fault, plays } }) =>
      byValue(plays, ({ kind, prior }) => {
        const { helped, trials } = seen.get(`${fault}/${kind}`) ?? { helped: 0, trials: 0 };
        return (5 * prior + helped) / (5 + trials);
      }),
    told({ of: { fault } }, tried) {
      for (const { action, outcome } of tried) {
        if (outcome === 'unmeasurable') continue;
        const { helped, trials } = seen.get(`${fault}/${action}`) ?? { helped: 0, trials: 0 };
        seen.set(`${fault}/${action}`, { helped: helped + (outcome === 'helped' ? 1 : 0), trials: trials + 1 });
      }
    },
  };
}

/** What was decided in an incident, as a log would have it. */
export interface Logged {
  incident: Incident;
  choice: Choice;
  /** Of the first action; null where it could not be measured, or nothing was tried. */
  helped: boolean | null;
}

const priors = new Map(
  faultClasses.flatMap(({ fault, plays }) => plays.map(({ kind, prior }) => [armKey({ fault, action: kind }), prior])),
);
const priorOf = (arm: { fault: string; action: ActionClass }) => priors.get(armKey(arm)) as number;

/** What is judged: the product's own learning. */
export class Learner implements Policy {
  beliefs: Beliefs;
  guard: GuardState = noHistory;
  readonly log: Logged[] = [];
  readonly #random: () => number;
  #choice: Choice | null = null;

  constructor(seed: number, beliefs: Beliefs = noBeliefs) {
    const random = createRandom(seed, 'learner');
    this.#random = () => random.uniform();
    this.beliefs = beliefs;
  }

  order({ of: { fault, plays }, pool, severity, atMs }: Incident): readonly ActionClass[] {
    const { beliefs, guard } = this;
    const trust = new ImportTrust(beliefs);
    this.#choice = chooseAction({
      ...{ fault, plays, pool, severity, beliefs, guard, trust, nowMs: atMs, random: this.#random },
    });
    return this.#choice.order;
  }

  told(incident: Incident, tried: readonly Tried[]): void {
    const choice = this.#choice as Choice;
    const { pool, of } = incident;
    const [first, ...fallbacks] = tried;
    if (!first) return;
    const helped = first.outcome === 'unmeasurable' ? null : first.outcome === 'helped';
    this.log.push({ incident, choice, helped });
    this.guard = afterOutcome(afterChoice(this.guard, choice), choice.stake, helped);
    for (const _ of fallbacks) this.guard = afterFallback(this.guard);
    const trials = tried.flatMap(({ action, atMs, outcome }, i): Trial[] => {
      if (outcome === 'unmeasurable') return [];
      const propensity = i === 0 ? (choice.propensities.get(action) as number) : 1;
      return [{ fault: of.fault, action, pool, outcome, atMs, propensity, explored: i === 0 && choice.explored }];
    });
    this.beliefs = learn(this.beliefs, trials, priorOf);
  }
}

export function knowledgeOf(learner: Learner, nowMs: EpochMs) {
  return { beliefs: learner.beliefs, nowMs, priorOf };
}

/** How likely a play helps in an incident of usual difficulty. */
export function usualSuccess(truth: Truth, incident: Incident, action: ActionClass): number {
  return successOf(truth, { ...incident, difficulty: 0 }, action);
}

function byValue<Play extends { kind: ActionClass }>(
  plays: readonly Play[],
  value: (play: Play) => number,
): ActionClass[] {
  return plays.toSorted((a, b) => value(b) - value(a)).map(({ kind }) => kind);
}
