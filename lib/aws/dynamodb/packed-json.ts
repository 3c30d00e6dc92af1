import { constants, gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ByteReader, ByteWriter } from './column-bytes.ts';
import { JsonReader, JsonWriter, readJson, writeJson } from './columnar-json.ts';
import { BitDecoder, BitEncoder } from './range-coder.ts';

/** As small as gzip at level 6 for the rows kept here, in a fifth of its time: docs/decisions/ingest-speed.md. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const [LEAST_ROOM, MOST_ROOM] = [1_024, 16_384];

/** Of a few values, the text is often smaller. */
const MOST_TEXT = 400;
/** What is uncompressed begins with it where it is columns, and no JSON text does. */
const COLUMNS = 1;
/** What is packed begins with one of these where columns are coded, and nothing compressed does: the bytes beside them are compressed, or as they are. */
const [CODED, CODED_PLAIN] = [2, 3];

/** How a value becomes bytes that unpackJson reads. */
export type Pack = (value: unknown) => Uint8Array;

/** JSON in columns, which are coded each by itself: about a tenth of the text for the rows kept here. */
export function packJson(value: unknown): Uint8Array {
  const to = new JsonWriter(new ByteWriter(LEAST_ROOM), new BitEncoder());
  writeJson(to, value);
  const columns = packed(to.bytes.finish(), to.bits.finish());
  if (columns.length > MOST_TEXT) return columns;
  const text = packText(value);
  return text.length < columns.length ? text : columns;
}

/** JSON as text: larger than in columns, in a third of the time. For processes that keep it in their own memory. */
export function packText(value: unknown): Uint8Array {
  return compress(JSON.stringify(value));
}

/** How it is packed, and each with its length: the bytes, what is coded, and the bits that are written as they are. */
function packed(bytes: Uint8Array, { coded, plain }: { coded: Uint8Array; plain: Uint8Array }): Uint8Array {
  const compressed = compress(bytes);
  const isSmaller = compressed.length < bytes.length;
  const all = new ByteWriter(LEAST_ROOM);
  all.byte(isSmaller ? CODED : CODED_PLAIN);
  for (const part of [isSmaller ? compressed : bytes, coded, plain]) {
    all.whole(part.length);
    all.bytes(part);
  }
  return all.finish();
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
  if (packed[0] === CODED || packed[0] === CODED_PLAIN) return unpackCoded(packed) as Value;
  const isGzip = packed[0] === 0x1f && packed[1] === 0x8b;
  const all = isGzip ? gunzipSync(packed) : zstdDecompressSync(packed, { chunkSize: roomFor(packed) });
  if (all[0] === COLUMNS) return readJson(new JsonReader(new ByteReader(all, 1), null)) as Value;
  return JSON.parse(all.toString('utf8')) as Value;
}

function unpackCoded(packed: Uint8Array): unknown {
  const all = new ByteReader(packed, 1);
  const [compressed, coded, plain] = [all.bytes(all.whole()), all.bytes(all.whole()), all.bytes(all.whole())];
  const bytes = packed[0] === CODED ? zstdDecompressSync(compressed, { chunkSize: roomFor(compressed) }) : compressed;
  return readJson(new JsonReader(new ByteReader(bytes), new BitDecoder(coded, plain)));
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
