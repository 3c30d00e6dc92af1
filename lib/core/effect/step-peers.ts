import type { KpiMinute } from './kpi-minute.ts';
import { mean } from './mean.ts';
import type { ControlledSeries } from './step-effect.ts';

/** More peers than this add no more than chance. */
export const MOST_PEERS = 5;
/** A peer must have a value in so many of the known minutes; the others stay at the one before. */
const KNOWN_SHARE = 0.9;

/**
 * The peers that went along with a series most before the decision: what moves them as well is no effect.
 * @param series those of other pools to which nothing was done, by name, each oldest first
 * @returns up to {@link MOST_PEERS}, by name
 */
export function stepPeers(
  own: { known: readonly KpiMinute[]; since: readonly KpiMinute[] },
  series: ReadonlyMap<string, readonly KpiMinute[]>,
): Map<string, Pick<ControlledSeries, 'known' | 'since'>> {
  const values = own.known.map(({ value }) => value);
  const found = [...series].flatMap(([name, minutes]) => {
    const byMinute = new Map(minutes.map(({ minute, value }) => [minute, value]));
    const known = aligned(own.known, byMinute, KNOWN_SHARE);
    const since = aligned(own.since, byMinute, 1);
    return known && since ? [{ name, known, since, likeness: Math.abs(correlation(values, known)) }] : [];
  });
  const best = found.sort((a, b) => b.likeness - a.likeness || (a.name < b.name ? -1 : 1)).slice(0, MOST_PEERS);
  return new Map(best.map(({ name, known, since }) => [name, { known, since }]));
}

/** Values in the same minutes; null where too many have none. */
function aligned(
  minutes: readonly KpiMinute[],
  values: ReadonlyMap<number, number>,
  knownShare: number,
): number[] | null {
  const found = minutes.map(({ minute }) => values.get(minute));
  if (found.filter((value) => value !== undefined).length < knownShare * minutes.length) return null;
  let last = found.find((value) => value !== undefined);
  return found.flatMap((value) => {
    last = value ?? last;
    return last ?? [];
  });
}

/** Of Pearson, -1..1; 0 where one of them does not vary. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [products, squaresA, squaresB] = [0, 0, 0];
  a.forEach((value, i) => {
    const [da, db] = [value - meanA, b[i]! - meanB];
    products += da * db;
    squaresA += da ** 2;
    squaresB += db ** 2;
  });
  return squaresA > 0 && squaresB > 0 ? products / Math.sqrt(squaresA * squaresB) : 0;
}
