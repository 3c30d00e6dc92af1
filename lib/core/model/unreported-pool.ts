import { nearestName } from './nearest-name.ts';
import { poolOf, type Roster } from './roster.ts';

/** The pools that agents have reported from. */
export function reportedPools(roster: Roster): Set<string> {
  return new Set([...roster.values()].map(poolOf));
}

/**
 * Of a setting that names a pool which nobody has reported from: a typing error, or a pool that is yet to come, which is why it
 * is a word to whoever set it and no refusal.
 * @param what is named where, with what comes of it until somebody reports: `so nothing can fail over to it`
 * @returns null where somebody has
 */
export function unreportedPool(
  { path, pool, so }: { path: string; pool: string; so: string },
  reported: ReadonlySet<string>,
): string | null {
  if (reported.has(pool)) return null;
  const meant = nearestName(pool, [...reported]);
  const ask = meant === null ? '' : ` Did you mean ${meant}?`;
  return `${path}: no agent has reported from pool ${pool}, ${so}.${ask} Set it again with the name that is meant, or leave it if the pool is yet to come.`;
}
