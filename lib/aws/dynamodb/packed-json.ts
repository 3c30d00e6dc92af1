import { constants, gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ByteReader, ByteWriter } from './column-bytes.ts';
import { readJson, writeJson } from './columnar-json.ts';

/** As small as gzip at level 6 for the rows kept here, in a fifth of its time: docs/decisions/ingest-speed.md. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const [LEAST_ROOM, MOST_ROOM] = [1_024, 16_384];

/** Of a few values, the text is often smaller. */
const MOST_TEXT = 400;
/** Columns begin with it, and no JSON text does. */
const COLUMNS = 1;

/** JSON in columns, compressed with Zstandard: about a seventh of the text for the rows kept here. */
export function packJson(value: unknown): Uint8Array {
  const bytes = new ByteWriter(LEAST_ROOM);
  bytes.byte(COLUMNS);
  writeJson(bytes, value);
  const columns = compress(bytes.finish());
  if (columns.length > MOST_TEXT) return columns;
  const text = compress(JSON.stringify(value));
  return text.length < columns.length ? text : columns;
}

function compress(bytes: Uint8Array | string): Uint8Array {
  // Most of what is packed is small, and room for 16 KB would take longer to get than it takes to fill.
  return zstdCompressSync(bytes, { ...LEVEL, chunkSize: Math.max(LEAST_ROOM, Math.min(MOST_ROOM, bytes.length)) });
}

/**
 * Reads JSON text in Zstandard and in gzip too, which were written before.
 * @typeParam Value what was packed; the caller knows, because nobody else writes there
 */
export function unpackJson<Value>(packed: Uint8Array): Value {
  const isGzip = packed[0] === 0x1f && packed[1] === 0x8b;
  const all = isGzip ? gunzipSync(packed) : zstdDecompressSync(packed, { chunkSize: roomFor(packed) });
  if (all[0] === COLUMNS) return readJson(new ByteReader(all, 1)) as Value;
  return JSON.parse(all.toString('utf8')) as Value;
}

function roomFor({ length }: Uint8Array): number {
  return Math.max(LEAST_ROOM, Math.min(MOST_ROOM, USUAL_RATIO * length));
}

/** Of JSON, and at least of columns in bytes. */
const [USUAL_RATIO, COLUMN_RATIO] = [8, 2];

/** JSON and bytes after it, compressed. JSON is one line. */
export function packWithBytes(value: unknown, bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(Buffer.concat([Buffer.from(`${JSON.stringify(value)}\n`), bytes]), LEVEL);
}

/** @typeParam Value see unpackJson */
export function unpackWithBytes<Value>(packed: Uint8Array): { value: Value; bytes: Uint8Array } {
  const all = zstdDecompressSync(packed, { chunkSize: Math.max(LEAST_ROOM, COLUMN_RATIO * packed.length) });
  const end = all.indexOf('\n');
  return { value: JSON.parse(all.toString('utf8', 0, end)) as Value, bytes: all.subarray(end + 1) };
}
