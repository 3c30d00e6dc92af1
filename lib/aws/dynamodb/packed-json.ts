import { constants, gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** As small as gzip at level 6 for the rows kept here, in a fifth of its time: docs/decisions/ingest-speed.md. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const [LEAST_ROOM, MOST_ROOM] = [1_024, 16_384];

/** JSON, compressed with Zstandard: about a fifth of its size for the rows kept here. */
export function packJson(value: unknown): Uint8Array {
  const json = JSON.stringify(value);
  // Most of what is packed is small, and room for 16 KB would take longer to get than it takes to fill.
  return zstdCompressSync(json, { ...LEVEL, chunkSize: Math.max(LEAST_ROOM, Math.min(MOST_ROOM, json.length)) });
}

/**
 * Reads gzip too, which was written before.
 * @typeParam Value what was packed; the caller knows, because nobody else writes there
 */
export function unpackJson<Value>(packed: Uint8Array): Value {
  const isGzip = packed[0] === 0x1f && packed[1] === 0x8b;
  const json = isGzip ? gunzipSync(packed) : zstdDecompressSync(packed, { chunkSize: roomFor(packed) });
  return JSON.parse(json.toString('utf8')) as Value;
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
