import { DAY_MINUTES, type EpochMs, MINUTE_MS } from '../model/time.ts';
import { type Arm, PRIOR_TRIALS } from './arm.ts';
import type { BetaComponent } from './beta-mixture.ts';
import type { Trial } from './trial.ts';

/** What a day leaves of the evidence of the day before: fleets change. */
export const KEPT_PER_DAY = 0.98;
/** How likely an arm changes from one of its trials to the next. */
const CHANGE_HAZARD = 0.03;
/** Moments of the last change that are kept in mind. */
const MOST_RUNS = 6;
/** As many trials of its own as a pool needs to be believed as much as what the fault is elsewhere. */
const POOL_TRIALS = 12;

/** Trials that count: less than one each, the older they are. */
export interface Evidence {
  helped: number;
  failed: number;
}

/** All trials ever, as they came out. */
export interface Counts {
  trials: number;
  helped: number;
  harmed: number;
  noEffect: number;
}

/** What is believed if an arm has been the same since some moment: a run of trials without a change. */
export interface Run {
  /** How likely that is; over all runs of an arm the sum is 1. */
  weight: number;
  /** What was imported, where the run takes that for true; else null. */
  imported: Evidence | null;
  pools: Readonly<Record<string, Evidence>>;
}

/** What is known of an arm: plain data, which JSON keeps. */
export interface ArmBelief extends Arm {
  /** To when evidence is faded. */
  asOfMs: EpochMs;
  /** By pool. */
  counts: Readonly<Record<string, Counts>>;
  runs: readonly Run[];
  /** How much better the trials since agree with what was imported than with the shipped prior; null without an import. */
  importRatio: number | null;
}

export function newBelief({ fault, action }: Arm, asOfMs: EpochMs): ArmBelief {
  const runs = [{ weight: 1, imported: null, pools: {} }];
  return { fault, action, asOfMs, counts: {}, runs, importRatio: null };
}

/**
 * The belief after one more trial. How likely the arm last changed before each of its trials is kept as in Bayesian online
 * change-point detection: a run that foresaw the outcome gains weight over others, and each trial may be the first of a new
 * run, which starts from the shipped prior.
 * @param prior shipped chance of success, strictly between 0 and 1
 * @see Adams, MacKay: Bayesian Online Changepoint Detection, arXiv 0710.3742
 * @see Schmidli et al., Biometrics 70 (2014): an informative prior beside a vague one, whose weights move by what is seen
 */
export function learnTrial(belief: ArmBelief, trial: Trial, prior: number): ArmBelief {
  const { pool, outcome, atMs } = trial;
  const now = fadedTo(belief, atMs);
  const isHelp = outcome === 'helped';
  const worth = keptAfter(now.asOfMs - atMs);
  const likelihood = (run: Run) => {
    const { alpha, beta } = chanceIn(run, pool, prior);
    return (isHelp ? alpha : beta) / (alpha + beta);
  };
  const changed: Run = { weight: CHANGE_HAZARD, imported: null, pools: {} };
  const runs = [
    ...now.runs.map((run) => ({ ...run, weight: run.weight * (1 - CHANGE_HAZARD) * likelihood(run) })),
    { ...changed, weight: CHANGE_HAZARD * likelihood(changed) },
  ].map((run) => ({ ...run, pools: withTrial(run.pools, pool, isHelp, worth) }));
  const imported = now.runs.find((run) => run.imported);
  const ratio = imported ? likelihood(imported) / likelihood({ ...imported, imported: null }) : 1;
  return {
    ...now,
    counts: { ...now.counts, [pool]: counted(ownOf(now.counts, pool), outcome) },
    runs: likeliestRuns(runs),
    importRatio: now.importRatio === null ? null : bounded(now.importRatio * ratio),
  };
}

/** A chance of success that nothing but one run tells of. */
type Chance = Omit<BetaComponent, 'weight'>;

/**
 * How likely the arm helps in a pool, if the run holds. What others saw, together with the shipped prior, is what is
 * expected of a pool; how far pools differ limits how much that says.
 * @param pool null: the system as a whole
 */
export function chanceIn(
  { imported, pools }: Pick<Run, 'imported' | 'pools'>,
  pool: string | null,
  prior: number,
): Chance {
  let alpha = PRIOR_TRIALS * prior + (imported?.helped ?? 0);
  let beta = PRIOR_TRIALS * (1 - prior) + (imported?.failed ?? 0);
  for (const id in pools) {
    if (id === pool) continue;
    const { helped, failed } = pools[id] as Evidence;
    // Trials of one pool are alike: together they tell less of the others than as many from everywhere.
    const alike = Math.min(1, (POOL_TRIALS + 1) / (POOL_TRIALS + helped + failed));
    alpha += helped * alike;
    beta += failed * alike;
  }
  if (pool === null) return { alpha, beta };
  const [ofMean, ofPool] = [1 / (alpha + beta + 1), 1 / (POOL_TRIALS + 1)];
  const trials = 1 / (ofMean + ofPool - ofMean * ofPool) - 1;
  const mean = alpha / (alpha + beta);
  const own = ownOf(pools, pool);
  return { alpha: trials * mean + (own?.helped ?? 0), beta: trials * (1 - mean) + (own?.failed ?? 0) };
}

/** The same belief with evidence faded to a later moment; one that is not later changes nothing. */
export function fadedTo(belief: ArmBelief, atMs: EpochMs): ArmBelief {
  if (atMs <= belief.asOfMs) return belief;
  const kept = keptAfter(atMs - belief.asOfMs);
  const fade = ({ helped, failed }: Evidence) => ({ helped: helped * kept, failed: failed * kept });
  const runs = belief.runs.map(({ weight, imported, pools }) => ({
    weight,
    imported: imported && fade(imported),
    pools: Object.fromEntries(Object.entries(pools).map(([id, evidence]) => [id, fade(evidence)])),
  }));
  return { ...belief, asOfMs: atMs, runs };
}

/** Pools may be called as what every object has. */
function ownOf<Of>(byPool: Readonly<Record<string, Of>>, pool: string): Of | undefined {
  return Object.hasOwn(byPool, pool) ? byPool[pool] : undefined;
}

/** Beyond a million to one there is nothing to be added, and JSON has no infinity. */
function bounded(ratio: number): number {
  return Math.max(1e-6, Math.min(1e6, ratio));
}

function keptAfter(ms: number): number {
  return KEPT_PER_DAY ** (ms / (DAY_MINUTES * MINUTE_MS));
}

function withTrial(pools: Run['pools'], pool: string, isHelp: boolean, worth: number): Run['pools'] {
  const { helped, failed } = ownOf(pools, pool) ?? { helped: 0, failed: 0 };
  return { ...pools, [pool]: isHelp ? { helped: helped + worth, failed } : { helped, failed: failed + worth } };
}

/** With one more. */
export function counted(before: Counts | undefined, outcome: Trial['outcome']): Counts {
  const { trials, ...by } = before ?? { trials: 0, helped: 0, harmed: 0, noEffect: 0 };
  return { trials: trials + 1, ...by, [outcome]: by[outcome] + 1 };
}

function likeliestRuns(runs: readonly Run[]): Run[] {
  const lightest = runs.reduce((least, run) => (run.weight < least.weight ? run : least));
  const kept = runs.length > MOST_RUNS ? runs.filter((run) => run !== lightest) : runs;
  const total = kept.reduce((sum, { weight }) => sum + weight, 0);
  return kept.map((run) => ({ ...run, weight: run.weight / total }));
}
