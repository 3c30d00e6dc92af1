import { crc32 } from 'node:zlib';
import type { BoundedCache } from '../../core/kpi/bounded-cache.ts';
import { type ChunkColumns, chunkBytes } from '../../core/kpi/chunk-columns.ts';
import { chunkDigest } from '../../core/kpi/complete-minutes.ts';
import type { RollupChunk } from '../../core/kpi/rollup-chunk.ts';
import { DAY_MINUTES, MINUTE_MS, type Minute, startOfMinute } from '../../core/model/time.ts';
import type { RollupStore } from '../../ports/rollup-store.ts';
import { bytesOf, type DynamoTable, type Item, isLive, notBeyond, numberOf, ttlSeconds } from './dynamo-table.ts';
import { packChunk, type StoredChunk, unpackChunk, unpackColumns } from './packed-chunk.ts';
import { packJson, unpackJson } from './packed-json.ts';
import { MAX_BODY_BYTES, putParts, readParts } from './packed-parts.ts';

/** Chunks that were read before, by their keys, and the digest of what they were read from. */
type ColumnsCache = BoundedCache<{ digest: string; columns: ChunkColumns }>;

/**
 * Minute rollups in the Rollups table: a partition an hour, an item a chunk. A body above 300 KB lies in parts, written
 * before the item that names them, under a name that no other content has: so a chunk is read as it was before or as it
 * is now, never as a mixture.
 * @param cache spares reading columns again of chunks that are as they were
 */
export function dynamoRollupStore(
  table: DynamoTable,
  keepDays: number,
  nowMs: () => number,
  cache?: ColumnsCache,
): RollupStore {
  async function itemsOf(system: string, from: Minute, through: Minute, only?: readonly string[]): Promise<Item[]> {
    const hours: Minute[] = [];
    for (let hour = Math.floor(from / 60); hour <= Math.floor(through / 60); hour++) hours.push(hour);
    const pages = await Promise.all(
      hours.map((hour) =>
        table.query(
          hourKey(system, hour),
          {
            from: minuteKey(Math.max(from, hour * 60)),
            to: `${minuteKey(Math.min(through, hour * 60 + 59))}~`,
          },
          only,
        ),
      ),
    );
    return pages.flat().filter((item) => isLive(item, nowMs()));
  }

  async function itemOf(system: string, minute: Minute, index: number): Promise<Item | null> {
    const item = await table.get(hourKey(system, Math.floor(minute / 60)), chunkKey(minute, index));
    return item && isLive(item, nowMs()) ? item : null;
  }

  /** What is stored now, and what is known of it already: of minutes on their way, too, it tells what has changed. */
  async function knownIn(columns: ColumnsCache, system: string, from: Minute, through: Minute) {
    const items = await itemsOf(system, from, through, ['pk', 'sk', 'minute', 'digest', 'ttl']);
    return items.map((item) => {
      const found = columns.get(itemKey(item));
      const isSame = found !== undefined && found.digest === item['digest'];
      return { minute: numberOf(item, 'minute'), columns: isSame ? found.columns : null };
    });
  }

  return {
    async read(system, from, through) {
      const items = await itemsOf(system, from, through);
      return Promise.all(items.map(async (item) => unpackChunk(await bodyOf(table, system, item), chunkOf(item))));
    },

    async readChunk(system, minute, index) {
      const item = await itemOf(system, minute, index);
      return item && unpackChunk(await bodyOf(table, system, item), chunkOf(item));
    },

    async readColumns(system, from, through) {
      const known = cache ? await knownIn(cache, system, from, through) : [];
      const unknown = known.flatMap(({ minute, columns }) => (columns ? [] : [minute]));
      if (known.length > 0 && unknown.length === 0) return known.flatMap(({ columns }) => columns ?? []);
      const span =
        known.length > 0 ? ([Math.min(...unknown), Math.max(...unknown)] as const) : ([from, through] as const);
      const items = await itemsOf(system, ...span);
      const read = items.map(async (item) => {
        const columns = unpackColumns(await bodyOf(table, system, item), chunkOf(item));
        const digest = item['digest'];
        if (typeof digest === 'string') cache?.set(itemKey(item), { digest, columns }, chunkBytes(columns));
        return columns;
      });
      const others = known.flatMap(({ minute, columns }) =>
        minute < span[0] || minute > span[1] ? (columns ?? []) : [],
      );
      return [...others, ...(await Promise.all(read))];
    },

    async readChunkColumns(system, minute, index) {
      const item = await itemOf(system, minute, index);
      return item && unpackColumns(await bodyOf(table, system, item), chunkOf(item));
    },

    async save(system, chunk, fence) {
      const ttl = ttlSeconds(startOfMinute(chunk.minute) + keepDays * DAY_MINUTES * MINUTE_MS);
      const body = packJson(packChunk(chunk));
      // A run may write a chunk twice, as more minutes of it are caught up.
      const digest = `${fence}.${body.length}.${crc32(body)}`;
      const item: Item = {
        pk: hourKey(system, Math.floor(chunk.minute / 60)),
        sk: chunkKey(chunk.minute, chunk.index),
        minute: chunk.minute,
        index: chunk.index,
        chunks: chunk.chunks,
        ...{ fence, digest, ttl },
      };
      if (body.length <= MAX_BODY_BYTES) item['body'] = body;
      else {
        const name = `${fence}.${chunkDigest(chunk)}`;
        item['parts'] = name;
        await putParts(table, partsKey(system, item, name), body, ttl);
      }
      return table.put(item, notBeyond(fence));
    },
  };
}

function itemKey({ pk, sk }: Item): string {
  return `${pk} ${sk}`;
}

function hourKey(system: string, hour: number): string {
  return `ROLLUP#${system}#${hour}`;
}

function partsKey(system: string, { minute, index }: Item, name: string): string {
  return `ROLLUPPARTS#${system}#${minute}#${index}#${name}`;
}

function minuteKey(minute: Minute): string {
  return String(minute % 60).padStart(2, '0');
}

function chunkKey(minute: Minute, index: number): string {
  return `${minuteKey(minute)}#${String(index).padStart(4, '0')}`;
}

async function bodyOf(table: DynamoTable, system: string, item: Item): Promise<StoredChunk> {
  const name = item['parts'];
  const body =
    name === undefined ? bytesOf(item, 'body') : await readParts(table, partsKey(system, item, String(name)));
  return unpackJson(body);
}

function chunkOf(item: Item): Pick<RollupChunk, 'minute' | 'index' | 'chunks'> {
  return { minute: numberOf(item, 'minute'), index: numberOf(item, 'index'), chunks: numberOf(item, 'chunks') };
}
