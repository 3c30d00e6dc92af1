import type { EpochMs } from '../model/time.ts';
import { type Arm, armKey, type PriorOf, shippedPrior } from './arm.ts';
import { chanceIn, fadedTo, newBelief } from './arm-belief.ts';
import type { Beliefs } from './beliefs.ts';
import { type BetaMixture, mixtureMean, mixtureQuantiles } from './beta-mixture.ts';
import { ImportTrust } from './import-trust.ts';

/** How likely an action helps against a fault: mean, and 90 % interval. */
export interface Posterior {
  mean: number;
  low: number;
  high: number;
}

export interface PosteriorSetting {
  /** Where it is asked for; null: in the system as a whole. */
  pool: string | null;
  nowMs: EpochMs;
  priorOf?: PriorOf | undefined;
  /** Of the same beliefs, where many arms are asked for. */
  trust?: ImportTrust | undefined;
}

/** What is believed of an arm: of each moment at which it may last have changed, what the trials since then tell. */
export function beliefIn(
  beliefs: Beliefs,
  arm: Arm,
  { pool, nowMs, priorOf = shippedPrior, trust = new ImportTrust(beliefs) }: PosteriorSetting,
): BetaMixture {
  const { runs } = fadedTo(beliefs.get(armKey(arm)) ?? newBelief(arm, nowMs), nowMs);
  const odds = runs.some(({ imported }) => imported) ? trust.oddsOf(arm) : 1;
  return runs.map((run) => ({
    weight: run.weight * (run.imported ? odds : 1),
    ...chanceIn(run, pool, priorOf(arm)),
  }));
}

export function posteriorOf(beliefs: Beliefs, arm: Arm, setting: PosteriorSetting): Posterior {
  const mixture = beliefIn(beliefs, arm, setting);
  const [low, high] = mixtureQuantiles(mixture, [0.05, 0.95]) as [number, number];
  return { mean: mixtureMean(mixture), low, high };
}
