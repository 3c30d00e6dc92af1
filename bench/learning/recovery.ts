import type { Lived } from './episode.ts';

/** How much less than the best a choice may help and still count as good: what few trials cannot tell apart. */
const NEARLY = 0.1;
/** So many good choices in a row, and a class counts as recovered from the first of them. */
const IN_A_ROW = 3;

/** Of one fault class: its incidents since the change, and how many of them came before it had recovered; null: it never did. */
export interface Recovery {
  incidents: number;
  before: number | null;
}

export function recoveries(sinceChange: readonly Lived[]): Recovery[] {
  const byFault = Map.groupBy(sinceChange, ({ incident }) => incident.of.fault);
  return [...byFault.values()].map((of) => {
    const isGood = of.map(({ shortOfBest }) => shortOfBest <= NEARLY);
    const before = isGood.findIndex(
      (_, i) => i + IN_A_ROW <= of.length && isGood.slice(i, i + IN_A_ROW).every(Boolean),
    );
    return { incidents: of.length, before: before < 0 ? null : before };
  });
}
