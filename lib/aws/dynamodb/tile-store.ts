import { emptyTile, type TileLength, tileLengths } from '../../core/kpi/tile.ts';
import { DAY_MINUTES, MINUTE_MS, type Minute, startOfMinute } from '../../core/model/time.ts';
import type { TileStore } from '../../ports/tile-store.ts';
import { bytesOf, type ItemTable, isLive, notBeyond, numberOf, ttlSeconds } from './item-table.ts';
import { packGroups } from './packed-groups.ts';
import { packWithBytes, unpackWithBytes } from './packed-json.ts';
import { enterGroup, type PackedTile, packAgents, packScopes } from './packed-tile.ts';

const AGENTS_PER_ITEM = 1_000;
/** How many minutes share a partition: a window reads few of them. */
const PARTITION_MINUTES: Record<TileLength, number> = { 10: DAY_MINUTES, 60: 7 * DAY_MINUTES, 1440: 64 * DAY_MINUTES };

/**
 * Tiles in the Rollups table: an item for each thousand agents or so. A tile is written over by one that knows more, which
 * may take another number of items; who reads in between gets those of the one or the other.
 * @param keepDays how long tiles of each length are kept
 */
export function dynamoTileStore(
  table: ItemTable,
  keepDays: Record<TileLength, number>,
  nowMs: () => number,
): TileStore {
  return {
    async read(system, length, from, to) {
      const partitions = new Set<number>();
      const span = PARTITION_MINUTES[length];
      for (let at = from; at < to; at = (Math.floor(at / span) + 1) * span) partitions.add(Math.floor(at / span));
      const pages = await Promise.all(
        [...partitions].map((partition) =>
          table.query(partitionKey(system, length, partition), { from: timeKey(from), to: `${timeKey(to - 1)}~` }),
        ),
      );
      const items = pages.flat().filter((item) => isLive(item, nowMs()));
      const byTile = Map.groupBy(items, (item) => numberOf(item, 'from'));
      return [...byTile].flatMap(([start, of]) => {
        const fence = Math.max(...of.map((item) => numberOf(item, 'fence')));
        const groups = Math.max(...of.filter((item) => numberOf(item, 'fence') === fence).map(groupsOf));
        const tile = emptyTile(start, start + length);
        for (const item of of) {
          if (groupsOf(item) === groups) enterGroup(tile, unpacked(bytesOf(item, 'body')));
        }
        return [tile];
      });
    },

    async save(system, tile, fence) {
      const length = tile.to - tile.from;
      if (!isTileLength(length)) throw new RangeError(`a tile has ${tileLengths.join(', ')} minutes; got ${length}`);
      const pk = partitionKey(system, length, Math.floor(tile.from / PARTITION_MINUTES[length]));
      const range = { from: timeKey(tile.from), to: `${timeKey(tile.from)}~` };
      const before = await table.query(pk, range, ['pk', 'sk', 'fence', 'groups']);
      if (before.some((item) => numberOf(item, 'fence') > fence)) return false;
      const groups = packGroups(
        [...tile.agents.ids.keys()],
        (row) => tile.agents.ids[row] as string,
        AGENTS_PER_ITEM,
        (rows) => packAgents(tile, rows, length === tileLengths[0]),
        packed,
      );
      groups.push(packed(packScopes(tile)));
      const ttl = ttlSeconds(startOfMinute(tile.to) + keepDays[length] * DAY_MINUTES * MINUTE_MS);
      const saved = await Promise.all(
        groups.map((body, index) => {
          const sk = `${timeKey(tile.from)}#${String(groups.length).padStart(4, '0')}#${index}`;
          const item = { pk, sk, from: tile.from, groups: groups.length, fence, ttl, body };
          return table.put(item, notBeyond(fence));
        }),
      );
      if (saved.includes(false)) return false;
      const stale = before.filter((item) => groupsOf(item) !== groups.length);
      await Promise.all(stale.map(({ sk }) => table.delete(pk, sk)));
      return true;
    },
  };
}

function packed({ head, columns }: PackedTile): Uint8Array {
  return packWithBytes(head, columns);
}

function unpacked(body: Uint8Array): PackedTile {
  const { value: head, bytes: columns } = unpackWithBytes<PackedTile['head']>(body);
  return { head, columns };
}

function groupsOf(item: Parameters<typeof numberOf>[0]): number {
  return numberOf(item, 'groups');
}

function isTileLength(minutes: number): minutes is TileLength {
  return tileLengths.some((length) => length === minutes);
}

function partitionKey(system: string, length: TileLength, partition: number): string {
  return `TILE#${system}#${length}#${partition}`;
}

function timeKey(minute: Minute): string {
  return String(minute).padStart(10, '0');
}
