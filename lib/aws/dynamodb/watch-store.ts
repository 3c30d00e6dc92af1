import type { SeriesMemory } from '../../core/detect/watch.ts';
import { type StoredTally, storedTally, tallyFromStored } from '../../core/slo/budget-tally.ts';
import type { WatchStore } from '../../ports/watch-store.ts';
import type { ItemTable } from './item-table.ts';
import { readGeneration, saveGeneration } from './packed-generation.ts';
import { packGroups } from './packed-groups.ts';

const SERIES_PER_ITEM = 400;
const BUDGETS_PER_ITEM = 60;

interface PackedWatch {
  series: [string, SeriesMemory][];
  budgets: [string, { counts: string; tally: StoredTally }][];
}

/** What detection remembers, in the Rollups table: an item for some hundred series. */
export function dynamoWatchStore(table: ItemTable): WatchStore {
  return {
    async read(system) {
      const groups = await readGeneration<PackedWatch>(table, keyOf(system));
      return {
        series: new Map(groups.flatMap(({ series }) => series)),
        budgets: new Map(
          groups.flatMap(({ budgets }) =>
            budgets.map(([name, { counts, tally }]) => [name, { counts, tally: tallyFromStored(tally) }]),
          ),
        ),
      };
    },

    save(system, { series, budgets }, fence) {
      const groups = packGroups(
        [...series],
        ([id]) => id,
        SERIES_PER_ITEM,
        (some): PackedWatch => ({ series: some, budgets: [] }),
      );
      const tallies = packGroups(
        [...budgets],
        ([name]) => name,
        BUDGETS_PER_ITEM,
        (some): PackedWatch => ({
          series: [],
          budgets: some.map(([name, { counts, tally }]) => [name, { counts, tally: storedTally(tally) }]),
        }),
      );
      const filled = [...(series.size > 0 ? groups : []), ...(budgets.size > 0 ? tallies : [])];
      return saveGeneration(table, keyOf(system), filled, fence);
    },
  };
}

function keyOf(system: string): string {
  return `WATCH#${system}`;
}
