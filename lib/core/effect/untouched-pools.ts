import { poolOf, type Roster } from '../model/roster.ts';

/** Pools to which nothing was done, as peers of one to which something was: those of most agents first, of which most is known. */
export function untouchedPools(roster: Roster, touched: ReadonlySet<string>, most: number): string[] {
  return [...Map.groupBy(roster.values(), poolOf)]
    .filter(([pool]) => !touched.has(pool))
    .sort(([a, { length: sizeA }], [b, { length: sizeB }]) => sizeB - sizeA || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([pool]) => pool);
}
