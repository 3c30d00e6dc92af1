import type { EpochMs } from '../model/time.ts';
import type { ActionClass } from '../remediate/action-class.ts';
import { armKey, type PriorOf, shippedPrior } from './arm.ts';
import { type ArmBelief, type Counts, fadedTo, newBelief } from './arm-belief.ts';
import type { Beliefs } from './beliefs.ts';
import { ImportTrust } from './import-trust.ts';
import { type Posterior, posteriorOf } from './posterior.ts';

/** What is known of an action against a fault, as other systems can read it. */
export interface KnowledgeEntry extends Counts {
  fault: string;
  action: ActionClass;
  /** {@link EVERYWHERE}, or "pool:ID". */
  context: string;
  posterior: Posterior;
}

export const EVERYWHERE = 'system';

/** How many trials of another system count at most, so that own ones soon outweigh them. Whether they count at all, ImportTrust says. */
const MOST_IMPORTED_TRIALS = 10;

/** What the system's own trials taught: of the system as a whole, then of each pool; what was imported is not passed on by itself. */
export function exportKnowledge(beliefs: Beliefs, nowMs: EpochMs, priorOf: PriorOf = shippedPrior): KnowledgeEntry[] {
  return knownEntries(beliefs, nowMs, priorOf).filter(({ trials }) => trials > 0);
}

/** The same with what is only known from an import: of that there are no trials. */
export function knownEntries(beliefs: Beliefs, nowMs: EpochMs, priorOf: PriorOf = shippedPrior): KnowledgeEntry[] {
  const trust = new ImportTrust(beliefs);
  return [...beliefs.values()].flatMap(({ fault, action, counts }) => {
    const pools = Object.entries(counts);
    const entry = (context: string, pool: string | null, of: Counts): KnowledgeEntry => {
      const posterior = posteriorOf(beliefs, { fault, action }, { pool, nowMs, priorOf, trust });
      return { fault, action, context, ...of, posterior };
    };
    const all = entry(EVERYWHERE, null, summed(pools.map(([, of]) => of)));
    return [all, ...pools.map(([pool, of]) => entry(`pool:${pool}`, pool, of))];
  });
}

/**
 * Takes what another system knows as a prior that its own trials confirm or outweigh. Pools of others are not the own, so only
 * what holds {@link EVERYWHERE} counts. Importing an arm again replaces what was imported of it.
 */
export function importKnowledge(beliefs: Beliefs, entries: readonly KnowledgeEntry[], nowMs: EpochMs): Beliefs {
  const merged = new Map(beliefs);
  for (const entry of entries) {
    if (entry.context !== EVERYWHERE || entry.trials <= 0) continue;
    const before = merged.get(armKey(entry)) ?? newBelief({ fault: entry.fault, action: entry.action }, nowMs);
    merged.set(armKey(entry), withImport(fadedTo(before, nowMs), entry));
  }
  return merged;
}

/** The likeliest run is as likely with the import as without it: ImportTrust says which it is. */
function withImport(belief: ArmBelief, { trials, posterior: { mean } }: KnowledgeEntry): ArmBelief {
  const worth = Math.min(MOST_IMPORTED_TRIALS, trials);
  const own = belief.runs.filter(({ imported }) => !imported);
  const total = own.reduce((sum, { weight }) => sum + weight, 0);
  const runs = own.map((run) => ({ ...run, weight: run.weight / total }));
  const likeliest = runs.reduce((most, run) => (run.weight > most.weight ? run : most));
  const imported = { helped: mean * worth, failed: (1 - mean) * worth };
  return { ...belief, runs: [...runs, { ...likeliest, imported }], importRatio: 1 };
}

function summed(all: readonly Counts[]): Counts {
  const of = (name: keyof Counts) => all.reduce((sum, counts) => sum + counts[name], 0);
  return { trials: of('trials'), helped: of('helped'), harmed: of('harmed'), noEffect: of('noEffect') };
}
