import type { SeriesMemory } from '../../core/detect/watch.ts';
import type { WatchStore } from '../../ports/watch-store.ts';
import type { ItemTable } from './item-table.ts';
import { readGeneration, saveGeneration } from './packed-generation.ts';
import { packGroups } from './packed-groups.ts';

const SERIES_PER_ITEM = 400;

interface PackedWatch {
  series: [string, SeriesMemory][];
}

/** What detection remembers, in the Rollups table: an item for some hundred series. */
export function dynamoWatchStore(table: ItemTable): WatchStore {
  return {
    async read(system) {
      const groups = await readGeneration<PackedWatch>(table, keyOf(system));
      return { series: new Map(groups.flatMap(({ series }) => series)) };
    },

    save(system, { series }, fence) {
      const groups = packGroups(
        [...series],
        ([id]) => id,
        SERIES_PER_ITEM,
        (some): PackedWatch => ({ series: some }),
      );
      return saveGeneration(table, keyOf(system), series.size === 0 ? [] : groups, fence);
    },
  };
}

function keyOf(system: string): string {
  return `WATCH#${system}`;
}
