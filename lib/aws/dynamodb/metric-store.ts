import {
  HISTORY_GROUPS,
  type HistoryLevel,
  type HistoryPoint,
  type HistoryScope,
  hashedName,
  historyBlocks,
  historyGroup,
} from '../../core/kpi/history-point.ts';
import type { MetricRollup } from '../../core/kpi/metric-rollup.ts';
import { type PackedFigures, packFigures, unpackFigures } from '../../core/kpi/packed-figures.ts';
import { chunkIndex } from '../../core/kpi/rollup-chunk.ts';
import { fingerprint } from '../../core/model/fingerprint.ts';
import { DAY_MINUTES, MINUTE_MS, type Minute, minuteOf, startOfMinute } from '../../core/model/time.ts';
import type { MetricStore } from '../../ports/metric-store.ts';
import { inParallel } from '../in-parallel.ts';
import { bytesOf, type Condition, type Item, type ItemTable, isLive, ttlSeconds } from './item-table.ts';
import { packJson, unpackJson } from './packed-json.ts';
import { packTogether, unpackOf } from './points-together.ts';

/** Few, because a table that was idle takes some 4,000 units a second, and a write is about ten. */
const WRITES_AT_ONCE = 8;
/** DynamoDB hands out 1 MB after the other, so a long series is read in several queries at once. */
const QUERIES_AT_ONCE = 16;
const FEWEST_BLOCKS = 180;

/** Bits of a scope's hash that its group leaves: 32 without 10. */
const HASH_BITS_LEFT = 22;

/** An item may have 400 KB. */
const MOST_BYTES = 300_000;
/** An expression may have 4 KB. */
const MOST_ATTRIBUTES = 50;

/**
 * History in the Rollups table: a partition for each system, level and group of scopes; an item in it for each ten
 * minutes, hour or day; an attribute of that for each scope, named like the scope, and one for the minutes of all agents that are written
 * together. So a fleet of any size up to some
 * 50,000 agents takes 1,024 writes a time, and the series of one scope is a range of one partition, of which only its
 * attribute is sent. Each hour and each day has an item of its own because a write is paid by the size of the whole item.
 *
 * An attribute begins with the version of its points and the time of writing, so that DynamoDB itself can compare them.
 * Where an item would get too large, its scopes are divided between two, and those again. Of a scope that is found in
 * several, what was written last counts.
 * @param days how long points of each level are kept
 */
export function dynamoMetricStore(
  table: ItemTable,
  days: Record<HistoryLevel, number>,
  nowMs: () => number,
): MetricStore {
  let newestMs = 0;
  return {
    async write(system, level, points, version) {
      // Of two writings in one millisecond the second counts, whoever is together with whom.
      const writtenAtMs = Math.max(nowMs(), newestMs + 1);
      newestMs = writtenAtMs;
      await inParallel(divide(level, points), WRITES_AT_ONCE, ({ block, group, scopes }) => {
        const endMs = startOfMinute((block + 1) * historyBlocks[level]);
        const item: HistoryItem = {
          ...{ pk: partitionKey(system, level, group), block, path: '', version },
          ttl: ttlSeconds(endMs + days[level] * DAY_MINUTES * MINUTE_MS),
        };
        const start = block * historyBlocks[level];
        return writeScopes(table, item, scopes, (some) => {
          const agents = level === 'minute' ? [...some].filter(([scope]) => isAgent(scope)) : [];
          const together = new Map(agents.length > 1 ? agents : []);
          const others = [...some].filter(([scope]) => !together.has(scope));
          const attributes = others.map(([name, its]) => ({
            name,
            bytes: packPoints(its, start, version, writtenAtMs),
          }));
          return together.size === 0 ? attributes : [togetherAttribute(together, version, writtenAtMs), ...attributes];
        });
      });
    },

    async read(system, scope, level, from, to) {
      const length = historyBlocks[level];
      const keptFrom = minuteOf(nowMs()) - days[level] * DAY_MINUTES - length;
      const first = Math.floor(Math.max(from, keptFrom) / length);
      const last = Math.ceil(to / length) - 1;
      const ranges: { from: string; to: string }[] = [];
      const blocks = Math.max(FEWEST_BLOCKS, Math.ceil((last - first + 1) / QUERIES_AT_ONCE));
      for (let block = first; block <= last; block += blocks) {
        ranges.push({ from: blockKey(block), to: `${blockKey(Math.min(block + blocks - 1, last))}~` });
      }
      const pk = partitionKey(system, level, historyGroup(scope));
      // Each is unpacked while the others are on their way.
      const points = await Promise.all(
        ranges.map(async (range) => {
          // Whom an agent's minutes are together with is not known.
          const only = level === 'minute' && isAgent(scope) ? undefined : ['pk', 'sk', 'ttl', scope];
          const items = (await table.query(pk, range, only)).filter((item) => isLive(item, nowMs()));
          const blocks = Map.groupBy(items, (item) => Number(item.sk.split('#')[0]));
          return [...blocks].flatMap(([block, its]) => newestPoints(scope, block * length, its));
        }),
      );
      return points.flat().filter(({ at }) => at >= from && at < to);
    },
  };
}

function isAgent(scope: HistoryScope): boolean {
  return scope.startsWith('agent:');
}

/** What was written last of a scope in a block, by itself or together with others. */
function newestPoints(scope: HistoryScope, start: Minute, items: readonly Item[]): HistoryPoint[] {
  const found = items
    .flatMap((item) =>
      Object.keys(item).flatMap((name) => {
        const isTogether = name.startsWith(TOGETHER);
        return isTogether || name === scope ? { isTogether, bytes: bytesOf(item, name) } : [];
      }),
    )
    .sort((a, b) => Buffer.compare(stampOf(b.bytes), stampOf(a.bytes)));
  for (const { isTogether, bytes } of found) {
    const points = isTogether ? unpackOf(scope, unstamped(bytes)) : unpackPoints(scope, start, bytes);
    if (points) return points;
  }
  return [];
}

interface HistoryItem {
  pk: string;
  block: number;
  /** '' of an item that was not divided; then a 0 or 1 for each time it was. */
  path: string;
  version: number;
  ttl: number;
}

/** Points of a scope, by its name, or of agents that were written together. */
interface Attribute {
  name: string;
  bytes: Uint8Array;
}

/** What the names of attributes begin with that hold agents together; no scope is called so. */
const TOGETHER = 'agents:';

/** The same agents come together each time, so what they wrote before is replaced. */
function togetherAttribute(
  points: ReadonlyMap<HistoryScope, readonly HistoryPoint[]>,
  version: number,
  writtenAtMs: number,
): Attribute {
  return {
    name: `${TOGETHER}${fingerprint(JSON.stringify([...points.keys()].sort()))}`,
    bytes: Buffer.concat([stamp(version, writtenAtMs), packTogether(points)]),
  };
}

/** Points by the item and the attribute they belong to. */
function divide(level: HistoryLevel, points: readonly HistoryPoint[]) {
  const items = Map.groupBy(
    points,
    ({ scope, at }) => `${Math.floor(at / historyBlocks[level])}#${historyGroup(scope)}`,
  );
  return [...items].map(([key, its]) => {
    const [block = 0, group = 0] = key.split('#').map(Number);
    return { block, group, scopes: Map.groupBy(its, ({ scope }) => scope) };
  });
}

/** Sets attributes in an item, or divides their scopes between two where they do not fit into one. */
async function writeScopes(
  table: ItemTable,
  item: HistoryItem,
  scopes: ReadonlyMap<HistoryScope, HistoryPoint[]>,
  attributesOf: (scopes: ReadonlyMap<HistoryScope, HistoryPoint[]>) => Attribute[],
): Promise<void> {
  const attributes = attributesOf(scopes);
  const bytes = attributes.reduce((sum, { name, bytes }) => sum + name.length + bytes.length, 0);
  if (scopes.size === 1 || (attributes.length <= MOST_ATTRIBUTES && bytes <= MOST_BYTES)) {
    try {
      return await setAttributes(table, item, attributes);
    } catch (error) {
      if (!isTooLarge(error) || item.path.length === HASH_BITS_LEFT) throw error;
      // What others wrote there before leaves no room for it.
    }
  }
  for (const half of [0, 1]) {
    const its = new Map([...scopes].filter(([scope]) => halfOf(scope, item.path.length) === half));
    if (its.size > 0) await writeScopes(table, { ...item, path: `${item.path}${half}` }, its, attributesOf);
  }
}

/** Sets the attributes, but for those that are there with a higher version. */
async function setAttributes(table: ItemTable, item: HistoryItem, attributes: readonly Attribute[]): Promise<void> {
  const { pk, block, path, version, ttl } = item;
  const sk = `${blockKey(block)}#${path}`;
  let left = attributes;
  while (left.length > 0) {
    const values = Object.fromEntries(left.map(({ name, bytes }) => [name, bytes]));
    if (await table.set(pk, sk, { ...values, ttl }, noneBeyond(left, version))) return;
    const stored = await table.get(pk, sk);
    left = left.filter(({ name }) => !stored?.[name] || versionOf(bytesOf(stored, name)) <= version);
  }
}

function noneBeyond(attributes: readonly Attribute[], version: number): Condition {
  return {
    expression: attributes.map((_, i) => `(attribute_not_exists(#c${i}) OR #c${i} < :next)`).join(' AND '),
    names: Object.fromEntries(attributes.map(({ name }, i) => [`#c${i}`, name])),
    // Bytes are compared from the first on: every stamp of this version is less.
    values: { ':next': stamp(version + 1, 0).subarray(0, VERSION_BYTES) },
  };
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException' && /item size/i.test(error.message);
}

/** Which half of its item a scope belongs to when that is divided: the bits of its hash after the ones of the group. */
function halfOf(scope: HistoryScope, depth: number): number {
  const unit = HISTORY_GROUPS * 2 ** depth;
  return Math.floor(chunkIndex(hashedName(scope), unit * 2) / unit);
}

function partitionKey(system: string, level: HistoryLevel, group: number): string {
  return `HISTORY#${system}#${level}#${group}`;
}

function blockKey(block: number): string {
  return String(block).padStart(8, '0');
}

const VERSION_BYTES = 7;
const TIME_BYTES = 6;

/** Version and time of writing, so that a later one is greater byte by byte. */
function stamp(version: number, writtenAtMs: number): Buffer {
  const bytes = Buffer.alloc(VERSION_BYTES + TIME_BYTES);
  // A version may have 53 bits; writeUIntBE takes 48 at once.
  bytes.writeUIntBE(Math.floor(version / 2 ** 48), 0, 1);
  bytes.writeUIntBE(version % 2 ** 48, 1, 6);
  bytes.writeUIntBE(writtenAtMs, VERSION_BYTES, TIME_BYTES);
  return bytes;
}

function stampOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, VERSION_BYTES + TIME_BYTES);
}

function versionOf(bytes: Uint8Array): number {
  const read = Buffer.from(bytes.subarray(0, VERSION_BYTES));
  return read.readUIntBE(0, 1) * 2 ** 48 + read.readUIntBE(1, 6);
}

type PackedPoint = [minutesIn: number, PackedFigures | null, MetricRollup | null];

function packPoints(points: readonly HistoryPoint[], start: Minute, version: number, writtenAtMs: number): Uint8Array {
  const packed = points
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, figures, metric }): PackedPoint => [at - start, figures && packFigures(figures), metric]);
  return Buffer.concat([stamp(version, writtenAtMs), packJson(packed)]);
}

function unstamped(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(VERSION_BYTES + TIME_BYTES);
}

function unpackPoints(scope: HistoryScope, start: Minute, bytes: Uint8Array): HistoryPoint[] {
  const packed = unpackJson<PackedPoint[]>(unstamped(bytes));
  return packed.map(([minutesIn, figures, metric]) => ({
    ...{ scope, at: start + minutesIn },
    ...{ figures: figures && unpackFigures(figures), metric },
  }));
}
