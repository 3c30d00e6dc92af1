import { chunkDigest } from '../../core/kpi/complete-minutes.ts';
import type { RollupChunk } from '../../core/kpi/rollup-chunk.ts';
import { DAY_MINUTES, MINUTE_MS, type Minute, startOfMinute } from '../../core/model/time.ts';
import type { RollupStore } from '../../ports/rollup-store.ts';
import { bytesOf, type DynamoTable, type Item, isLive, notBeyond, numberOf, ttlSeconds } from './dynamo-table.ts';
import { packChunk, type StoredChunk, unpackChunk, unpackColumns } from './packed-chunk.ts';
import { packJson, unpackJson } from './packed-json.ts';
import { MAX_BODY_BYTES, putParts, readParts } from './packed-parts.ts';

/**
 * Minute rollups in the Rollups table: a partition an hour, an item a chunk. A body above 300 KB lies in parts, written
 * before the item that names them, under a name that no other content has: so a chunk is read as it was before or as it
 * is now, never as a mixture.
 */
export function dynamoRollupStore(table: DynamoTable, keepDays: number, nowMs: () => number): RollupStore {
  async function itemsOf(system: string, from: Minute, through: Minute): Promise<Item[]> {
    const hours: Minute[] = [];
    for (let hour = Math.floor(from / 60); hour <= Math.floor(through / 60); hour++) hours.push(hour);
    const pages = await Promise.all(
      hours.map((hour) =>
        table.query(hourKey(system, hour), {
          from: minuteKey(Math.max(from, hour * 60)),
          to: `${minuteKey(Math.min(through, hour * 60 + 59))}~`,
        }),
      ),
    );
    return pages.flat().filter((item) => isLive(item, nowMs()));
  }

  async function itemOf(system: string, minute: Minute, index: number): Promise<Item | null> {
    const item = await table.get(hourKey(system, Math.floor(minute / 60)), chunkKey(minute, index));
    return item && isLive(item, nowMs()) ? item : null;
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
      const items = await itemsOf(system, from, through);
      return Promise.all(items.map(async (item) => unpackColumns(await bodyOf(table, system, item), chunkOf(item))));
    },

    async readChunkColumns(system, minute, index) {
      const item = await itemOf(system, minute, index);
      return item && unpackColumns(await bodyOf(table, system, item), chunkOf(item));
    },

    async save(system, chunk, fence) {
      const ttl = ttlSeconds(startOfMinute(chunk.minute) + keepDays * DAY_MINUTES * MINUTE_MS);
      const body = packJson(packChunk(chunk));
      const item: Item = {
        pk: hourKey(system, Math.floor(chunk.minute / 60)),
        sk: chunkKey(chunk.minute, chunk.index),
        minute: chunk.minute,
        index: chunk.index,
        chunks: chunk.chunks,
        fence,
        ttl,
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
