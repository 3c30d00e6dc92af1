import { crc32 } from 'node:zlib';
import type { BoundedCache } from '../../core/kpi/bounded-cache.ts';
import { type ChunkColumns, chunkBytes } from '../../core/kpi/chunk-columns.ts';
import { chunkDigest } from '../../core/kpi/complete-minutes.ts';
import { closedChunks, type RollupChunk } from '../../core/kpi/rollup-chunk.ts';
import { DAY_MINUTES, MINUTE_MS, type Minute, startOfMinute } from '../../core/model/time.ts';
import type { RollupStore } from '../../ports/rollup-store.ts';
import { bytesOf, type Item, type ItemTable, isLive, notBeyond, numberOf, ttlSeconds } from './item-table.ts';
import {
  type ChunkName,
  NEWEST_CHUNK,
  type PackedMarks,
  packChunk,
  packMarks,
  type StoredChunk,
  unpackChunk,
  unpackColumns,
  unpackMarks,
  unpackTasks,
} from './packed-chunk.ts';
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
  table: ItemTable,
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

  async function chunkIn(system: string, item: Item): Promise<RollupChunk> {
    const chunk = unpackChunk(await bodyOf(table, system, item), nameOf(item));
    return item['marks'] === undefined ? chunk : { ...chunk, ...marksOf(item) };
  }

  async function columnsIn(system: string, item: Item): Promise<ChunkColumns> {
    return unpackColumns(await bodyOf(table, system, item), nameOf(item));
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
      return Promise.all(items.map((item) => chunkIn(system, item)));
    },

    async readClosed(system, minute) {
      const items = await itemsOf(system, minute, minute, [...nameAttributes, 'marks']);
      // Of those on time that were stored before marks lay beside the figures, and of late ones, all is needed.
      const isMarked = (item: Item) => item['marks'] !== undefined && !nameOf(item).isLate;
      const { marked = [], others = [] } = Object.groupBy(items, (item) => (isMarked(item) ? 'marked' : 'others'));
      const whole = await Promise.all(others.map(({ pk, sk }) => table.get(pk, sk)));
      const chunks = await Promise.all(whole.filter((item) => item !== null).map((item) => chunkIn(system, item)));
      return closedChunks(
        [...marked.map((item) => ({ ...nameOf(item), ...marksOf(item) })), ...chunks.filter(({ isLate }) => !isLate)],
        chunks.filter(({ isLate }) => isLate),
      );
    },

    async readColumns(system, from, through) {
      const known = cache ? await knownIn(cache, system, from, through) : [];
      const unknown = known.flatMap(({ minute, columns }) => (columns ? [] : [minute]));
      if (known.length > 0 && unknown.length === 0) return known.flatMap(({ columns }) => columns ?? []);
      const span =
        known.length > 0 ? ([Math.min(...unknown), Math.max(...unknown)] as const) : ([from, through] as const);
      const items = await itemsOf(system, ...span);
      const read = items.map(async (item) => {
        const columns = await columnsIn(system, item);
        const digest = item['digest'];
        if (typeof digest === 'string') cache?.set(itemKey(item), { digest, columns }, chunkBytes(columns));
        return columns;
      });
      const others = known.flatMap(({ minute, columns }) =>
        minute < span[0] || minute > span[1] ? (columns ?? []) : [],
      );
      return [...others, ...(await Promise.all(read))];
    },

    async readTasks(system, from, through) {
      const items = await itemsOf(system, from, through);
      return Promise.all(items.map(async (item) => unpackTasks(await bodyOf(table, system, item), nameOf(item))));
    },

    async readChunkColumns(system, minute, index) {
      const sk = chunkKey(minute, index, false);
      const items = await table.query(hourKey(system, Math.floor(minute / 60)), { from: sk, to: `${sk}~` });
      return Promise.all(items.filter((item) => isLive(item, nowMs())).map((item) => columnsIn(system, item)));
    },

    async save(system, chunk, fence) {
      const ttl = ttlSeconds(startOfMinute(chunk.minute) + keepDays * DAY_MINUTES * MINUTE_MS);
      const body = packJson(packChunk(chunk));
      // A run may write a chunk twice, as more minutes of it are caught up.
      const digest = `${fence}.${body.length}.${crc32(body)}`;
      const item: Item = {
        pk: hourKey(system, Math.floor(chunk.minute / 60)),
        sk: chunkKey(chunk.minute, chunk.index, chunk.isLate),
        minute: chunk.minute,
        index: chunk.index,
        chunks: chunk.chunks,
        marks: packJson(packMarks(chunk)),
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

function partsKey(system: string, { sk, minute }: Item, name: string): string {
  return `ROLLUPPARTS#${system}#${minute}#${sk}#${name}`;
}

function minuteKey(minute: Minute): string {
  return String(minute % 60).padStart(2, '0');
}

const LATE = '#late';

function chunkKey(minute: Minute, index: number, isLate: boolean): string {
  return `${minuteKey(minute)}#${String(index).padStart(4, '0')}${isLate ? LATE : ''}`;
}

async function bodyOf(table: ItemTable, system: string, item: Item): Promise<StoredChunk> {
  const name = item['parts'];
  const body =
    name === undefined ? bytesOf(item, 'body') : await readParts(table, partsKey(system, item, String(name)));
  const chunk = unpackJson<StoredChunk>(body);
  if (!('v' in chunk) || chunk.v <= NEWEST_CHUNK) return chunk;
  throw new Error(
    `${item.pk}/${item.sk} holds a chunk of format ${chunk.v}, and this version reads ${NEWEST_CHUNK}: deploy the version that wrote it, or a later one`,
  );
}

const nameAttributes = ['pk', 'sk', 'minute', 'index', 'chunks', 'ttl', 'format'];

function nameOf(item: Item): ChunkName {
  const [minute, index, chunks] = [numberOf(item, 'minute'), numberOf(item, 'index'), numberOf(item, 'chunks')];
  return { minute, index, chunks, isLate: item.sk.endsWith(LATE) };
}

function marksOf(item: Item) {
  return unpackMarks(unpackJson<PackedMarks>(bytesOf(item, 'marks')));
}
