import type { Counts } from '../learn/arm-belief.ts';
import { EVERYWHERE, type KnowledgeEntry } from '../learn/transfer.ts';
import { entryBesideInWords, entryInWords } from './entry-in-words.ts';

/** What trials came to, in words that people can act on. */
export interface Insight {
  fault: string;
  /** {@link EVERYWHERE}, or "pool:ID" where a pool is another matter than the system as a whole. */
  context: string;
  text: string;
}

/** A pool with fewer trials of an action is not told apart. */
const TRIALS_TO_DIFFER = 3;

/**
 * For each fault what helped, the likeliest action first; then the pools in which an action's interval does not reach to what
 * it does in the system as a whole. Faults with the most trials come first.
 */
export function insightsOf(
  entries: readonly KnowledgeEntry[],
  leftAlone: Readonly<Record<string, Counts>> = {},
): Insight[] {
  const everywhere = Map.groupBy(
    entries.filter(({ context, trials }) => context === EVERYWHERE && trials > 0),
    ({ fault }) => fault,
  );
  return [...everywhere]
    .sort(([a, ofA], [b, ofB]) => trialsOf(ofB) - trialsOf(ofA) || (a < b ? -1 : 1))
    .flatMap(([fault, of]) => [
      { fault, context: EVERYWHERE, text: [inWords(of), ...aloneInWords(leftAlone[fault])].join('; ') },
      ...differingPools(entries, of),
    ]);
}

/** Beside what was done, so that it can be seen what would have gone away by itself. */
function aloneInWords(alone: Counts | undefined): string[] {
  return alone ? [`left alone it got better in ${alone.helped} of ${alone.trials}`] : [];
}

function inWords(entries: readonly KnowledgeEntry[]): string {
  const [best, ...others] = entries.toSorted((a, b) => b.posterior.mean - a.posterior.mean);
  return [...(best ? [entryInWords(best)] : []), ...others.map(entryBesideInWords)].join('; ');
}

function differingPools(entries: readonly KnowledgeEntry[], everywhere: readonly KnowledgeEntry[]): Insight[] {
  return everywhere.flatMap((all) =>
    entries
      .filter(({ fault, action, context, trials, posterior: { low, high } }) => {
        const isOfPool = fault === all.fault && action === all.action && context !== EVERYWHERE;
        return isOfPool && trials >= TRIALS_TO_DIFFER && (all.posterior.mean < low || all.posterior.mean > high);
      })
      .map((entry) => ({
        fault: all.fault,
        context: entry.context,
        text: `${entryInWords(entry)}; in all pools ${entryBesideInWords(all)}`,
      })),
  );
}

function trialsOf(entries: readonly KnowledgeEntry[]): number {
  return entries.reduce((sum, { trials }) => sum + trials, 0);
}
