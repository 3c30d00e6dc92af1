import { decodeNumbers, decodeTexts, encodeNumbers, encodeTexts } from './coded-columns.ts';
import type { ByteReader, ByteWriter } from './column-bytes.ts';
import { knownWords } from './known-words.ts';
import { fold, KnownColumns, predict, unfold, unpredict } from './predicted-column.ts';
import type { BitDecoder, BitEncoder } from './range-coder.ts';

// JSON as bytes in which like values stand side by side: a list of objects is written field by field, a list of lists place by place, and numbers
// and texts of a column are coded by what the column has shown so far: docs/decisions/packed-values.md.

/** Where a value is written to: its structure as bytes, its columns as bits. */
export class JsonWriter {
  /** By text: its place among those of columns. */
  readonly texts = new Map<string, number>();
  /** By number: its place among those of columns that are neither whole nor of some decimals. */
  readonly doubles = new Map<number, number>();
  readonly columns = new KnownColumns();
  readonly bytes: ByteWriter;
  readonly bits: BitEncoder;

  constructor(bytes: ByteWriter, bits: BitEncoder) {
    this.bytes = bytes;
    this.bits = bits;
  }
}

/** Where a value is read from. What was written before columns were coded has no bits. */
export class JsonReader {
  readonly texts: string[] = [];
  readonly doubles: number[] = [];
  readonly columns = new KnownColumns();
  readonly bytes: ByteReader;
  readonly bits: BitDecoder | null;

  constructor(bytes: ByteReader, bits: BitDecoder | null) {
    this.bytes = bytes;
    this.bits = bits;
  }
}

/** What a value begins with. */
const [NULL, FALSE, TRUE, WHOLE, NEGATIVE, DOUBLE, TEXT, ESCAPED_TEXT, LIST, COLUMN, OBJECT] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
];
/** And a known word with this and its place among them, in one byte where it is one of the first. */
const WORD = 32;

/** What a column begins with; one of numbers as they were written before they were coded with NUMBERS or more. */
const [MIXED, SAME, WITH_NULLS, DOUBLES, FEW_TEXTS, TEXTS, LISTS, RECORDS] = [0, 1, 2, 3, 4, 5, 6, 7];
const [CODED_NUMBERS, CODED_DOUBLES, CODED_TEXTS, NUMBERS] = [8, 9, 10, 64];
/** What follows CODED_NUMBERS, as one sum. */
const [DECIMALS, BASE, UNIT, FOLDED, NOTHING_LEFT] = [1, 2, 4, 8, 16];
/** What follows CODED_TEXTS, as one sum: texts that are as in no column before are long, or are all and each once. */
const [LONG, ALL_NEW] = [1, 2];
/** Added to NUMBERS where it is so, and the bytes of each number times WIDTH. */
const [RISING, WITH_DECIMALS, WITH_BASE, WITH_UNIT, WIDTH] = [1, 2, 4, 8, 16];
/** In place of a width, where each number takes as many bytes as it needs. */
const VARYING = 8;

/** Shorter lists are written value by value. */
const LEAST_ROWS = 3;
/** Longer ones are columns of their own rather than rows. */
const MOST_PLACES = 64;
/** Objects with more fields than this are rows of a table only where most of them have most fields. */
const MOST_SPARSE_FIELDS = 16;
const MOST_DECIMALS = 15;
/** On average. Of longer texts, Zstandard finds what they have in common. */
const MOST_CODED_BYTES = 100;

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [name: string]: Json;
}

/**
 * Writes what JSON.stringify would: fields that are undefined are left out, what is no number is null.
 * @param value lists, plain objects, texts, numbers, booleans and null; objects with `toJSON` are not supported
 */
export function writeJson(to: JsonWriter, value: unknown): void {
  const { bytes } = to;
  if (value === null || value === undefined) bytes.whole(NULL);
  else if (typeof value === 'boolean') bytes.whole(value ? TRUE : FALSE);
  else if (typeof value === 'number') writeNumber(bytes, value);
  else if (typeof value === 'string') writeText(bytes, value);
  else if (Array.isArray(value)) writeList(to, value);
  else writeObject(to, value as JsonObject);
}

function writeList(to: JsonWriter, values: readonly Json[]): void {
  const isColumn = values.length >= LEAST_ROWS;
  to.bytes.whole(isColumn ? COLUMN : LIST);
  to.bytes.whole(values.length);
  if (isColumn) writeColumn(to, values);
  else for (const each of values) writeJson(to, each);
}

/** Reads what writeJson wrote. */
export function readJson(from: JsonReader): unknown {
  const { bytes } = from;
  const kind = bytes.whole();
  const word = kind < WORD ? undefined : knownWords[kind - WORD];
  if (word !== undefined) return word;
  switch (kind) {
    case NULL:
      return null;
    case FALSE:
      return false;
    case TRUE:
      return true;
    case WHOLE:
      return bytes.whole();
    case NEGATIVE:
      return -bytes.whole();
    case DOUBLE:
      return bytes.double();
    case TEXT:
      return bytes.text(bytes.whole());
    case ESCAPED_TEXT:
      return JSON.parse(bytes.text(bytes.whole()));
    case LIST:
      return Array.from({ length: bytes.whole() }, () => readJson(from));
    case COLUMN:
      return readColumn(from, bytes.whole());
    case OBJECT:
      return readObject(from);
    default:
      throw new RangeError(`a value of kind ${kind} is of a later version, or its bytes are damaged`);
  }
}

function writeNumber(bytes: ByteWriter, value: number): void {
  if (!Number.isFinite(value)) bytes.whole(NULL);
  else if (Number.isSafeInteger(value)) {
    bytes.whole(value < 0 ? NEGATIVE : WHOLE);
    bytes.whole(Math.abs(value));
  } else {
    bytes.whole(DOUBLE);
    bytes.double(value);
  }
}

const placeOfWord = new Map(knownWords.map((word, place) => [word, place]));

function writeText(bytes: ByteWriter, value: string): void {
  const place = placeOfWord.get(value);
  if (place !== undefined) {
    bytes.whole(WORD + place);
    return;
  }
  // Half of a pair has no UTF-8; JSON writes it as an escape.
  const isWhole = value.isWellFormed();
  bytes.whole(isWhole ? TEXT : ESCAPED_TEXT);
  bytes.text(isWhole ? value : JSON.stringify(value));
}

function writeObject(to: JsonWriter, value: JsonObject): void {
  const fields = Object.keys(value).filter((name) => isKept(value[name]));
  to.bytes.whole(OBJECT);
  to.bytes.whole(fields.length);
  for (const name of fields) {
    writeText(to.bytes, name);
    writeJson(to, value[name]);
  }
}

function readObject(from: JsonReader): JsonObject {
  const object: Record<string, Json> = {};
  for (let left = from.bytes.whole(); left > 0; left--) {
    const name = readJson(from) as string;
    setField(object, name, readJson(from) as Json);
  }
  return object;
}

/** Also a field that is called `__proto__`, as JSON.parse does. */
function setField(object: Record<string, Json>, name: string, value: Json): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else object[name] = value;
}

function isKept(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}

const [NOTHING, BOOLEAN, NUMBER, STRING, ARRAY, RECORD] = [1, 2, 4, 8, 16, 32];

function kindOf(value: Json | undefined): number {
  if (typeof value === 'number') return Number.isFinite(value) ? NUMBER : NOTHING;
  if (typeof value === 'string') return STRING;
  if (typeof value === 'boolean') return BOOLEAN;
  if (value === null || typeof value !== 'object') return NOTHING;
  return Array.isArray(value) ? ARRAY : RECORD;
}

function writeColumn(to: JsonWriter, values: readonly Json[]): void {
  let kinds = 0;
  for (const value of values) kinds |= kindOf(value);
  if (kinds === ARRAY) writeLists(to, values as Json[][]);
  else if (kinds === RECORD) writeRecords(to, values as JsonObject[]);
  else if (kinds === NOTHING || isSame(values)) {
    to.bytes.byte(SAME);
    writeJson(to, values[0]);
  } else if (kinds === NUMBER) writeNumbers(to, values as number[]);
  else if (kinds === STRING) writeTexts(to, values as string[]);
  else if ((kinds & NOTHING) !== 0) writeWithNulls(to, values);
  else writeMixed(to, values);
}

function writeWithNulls(to: JsonWriter, values: readonly Json[]): void {
  const isThere = values.map((value) => kindOf(value) !== NOTHING);
  to.bytes.byte(WITH_NULLS);
  writeFlags(to.bytes, isThere);
  writeColumn(
    to,
    values.filter((_, i) => isThere[i]),
  );
}

function isSame(values: readonly Json[]): boolean {
  const [first] = values;
  for (const value of values) if (value !== first) return false;
  return true;
}

function readColumn(from: JsonReader, rows: number): Json[] {
  const { bytes } = from;
  const kind = bytes.byte();
  if (kind >= NUMBERS) return readNumbers(from, rows, kind - NUMBERS);
  switch (kind) {
    case MIXED:
      return Array.from({ length: rows }, () => readJson(from) as Json);
    case SAME:
      return new Array<Json>(rows).fill(readJson(from) as Json);
    case WITH_NULLS: {
      const isThere = readFlags(bytes, rows);
      const values = readColumn(from, count(isThere));
      let at = 0;
      return isThere.map((is) => (is ? (values[at++] as Json) : null));
    }
    case DOUBLES:
      return readDoubles(bytes, rows);
    case FEW_TEXTS:
      return readFewTexts(from, rows);
    case TEXTS:
      return readTexts(from, rows);
    case LISTS:
      return readLists(from, rows);
    case RECORDS:
      return readRecords(from, rows);
    case CODED_NUMBERS:
      return readCodedNumbers(from, rows);
    case CODED_DOUBLES:
      return readCodedDoubles(from, rows);
    case CODED_TEXTS:
      return readCodedTexts(from, rows);
    default:
      throw new RangeError(`a column of kind ${kind} is of a later version, or its bytes are damaged`);
  }
}

function writeMixed(to: JsonWriter, values: readonly Json[]): void {
  to.bytes.byte(MIXED);
  for (const value of values) writeJson(to, value);
}

/** Eight to a byte. */
function writeFlags(bytes: ByteWriter, flags: readonly boolean[]): void {
  for (let i = 0; i < flags.length; i += 8) {
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) if (flags[i + bit]) byte += 2 ** bit;
    bytes.byte(byte);
  }
}

function readFlags(bytes: ByteReader, rows: number): boolean[] {
  const flags: boolean[] = [];
  for (let i = 0; i < rows; i += 8) {
    const byte = bytes.byte();
    for (let bit = 0; bit < 8 && i + bit < rows; bit++) flags.push((byte & (1 << bit)) !== 0);
  }
  return flags;
}

function count(flags: readonly boolean[]): number {
  let sum = 0;
  for (const is of flags) if (is) sum += 1;
  return sum;
}

/** Whole ones, or of some decimals: value = (what tells it + unit × part) / 10^decimals. */
function writeNumbers(to: JsonWriter, values: readonly number[]): void {
  const { bytes, bits, columns } = to;
  const decimals = decimalsOf(values);
  if (decimals === null) {
    writeDoubles(to, values);
    return;
  }
  const wholes = decimals === 0 ? values : values.map((value) => Math.round(value * 10 ** decimals));
  let [least, most] = [wholes[0] as number, wholes[0] as number];
  for (const value of wholes) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (!Number.isSafeInteger(most - least)) {
    writeDoubles(to, values);
    return;
  }
  const { by, base, rest } = predict(wholes, columns.like(wholes.length, decimals));
  columns.add({ wholes, decimals });
  let unit = 0;
  for (const part of rest) if (unit === 0 || part % unit !== 0) unit = greatestDivisor(unit, Math.abs(part));
  if (unit > 1) for (let i = 0; i < rest.length; i++) rest[i] = (rest[i] as number) / unit;
  const isFolded = fold(rest);
  const isNothingLeft = unit === 0;
  bytes.byte(CODED_NUMBERS);
  bytes.byte(
    (decimals > 0 ? DECIMALS : 0) +
      (base !== 0 ? BASE : 0) +
      (unit > 1 ? UNIT : 0) +
      (isFolded ? FOLDED : 0) +
      (isNothingLeft ? NOTHING_LEFT : 0),
  );
  bytes.byte(by);
  if (decimals > 0) bytes.byte(decimals);
  if (base !== 0) writeNumber(bytes, base);
  if (unit > 1) bytes.whole(unit);
  if (!isNothingLeft) encodeNumbers(bits, rest);
}

function readCodedNumbers(from: JsonReader, rows: number): number[] {
  const { bytes, columns } = from;
  const how = bytes.byte();
  const by = bytes.byte();
  const decimals = how & DECIMALS ? bytes.byte() : 0;
  const base = how & BASE ? (readJson(from) as number) : 0;
  const unit = how & UNIT ? bytes.whole() : 1;
  const rest = how & NOTHING_LEFT ? new Float64Array(rows) : decodeNumbers(bitsOf(from), rows);
  if (how & FOLDED) unfold(rest);
  if (unit > 1) for (let i = 0; i < rows; i++) rest[i] = (rest[i] as number) * unit;
  const wholes = unpredict({ by, base, rest }, columns.like(rows, decimals));
  columns.add({ wholes, decimals });
  const scale = 10 ** decimals;
  return Array.from(wholes, (whole) => (decimals === 0 ? whole : whole / scale));
}

function bitsOf({ bits }: JsonReader): BitDecoder {
  if (bits) return bits;
  throw new RangeError('a column is coded, and there are no bits of it: its bytes are damaged');
}

/** As they were written before they were coded: of rising ones each part is the distance to the one before. */
function readNumbers(from: JsonReader, rows: number, how: number): number[] {
  const { bytes } = from;
  const scale = how & WITH_DECIMALS ? 10 ** bytes.byte() : 1;
  const base = how & WITH_BASE ? (readJson(from) as number) : 0;
  const unit = how & WITH_UNIT ? bytes.whole() : 1;
  const width = Math.floor(how / WIDTH);
  const parts = width === VARYING ? null : bytes.planes(rows, width);
  const values = new Array<number>(rows);
  let before = base;
  for (let i = 0; i < rows; i++) {
    const whole = before + (parts ? (parts[i] as number) : bytes.whole()) * unit;
    if (how & RISING) before = whole;
    values[i] = scale === 1 ? whole : whole / scale;
  }
  return values;
}

/** Null where these are not enough. */
function decimalsOf(values: readonly number[]): number | null {
  let decimals = 0;
  for (const value of values) {
    if (decimals === 0 && Number.isSafeInteger(value)) continue;
    while (decimals <= MOST_DECIMALS && !isOf(value, decimals)) decimals += 1;
    if (decimals > MOST_DECIMALS) return null;
  }
  return decimals;
}

/** Whether it is read back as it is. */
function isOf(value: number, decimals: number): boolean {
  const whole = Math.round(value * 10 ** decimals);
  return Number.isSafeInteger(whole) && whole / 10 ** decimals === value;
}

function greatestDivisor(a: number, b: number): number {
  let [larger, smaller] = [a, b];
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

/** What a number of CODED_DOUBLES is, by its code: a new one, a whole one, or one that was there before, at this place and so on. */
const [NEW_DOUBLE, WHOLE_DOUBLE, KNOWN_DOUBLE] = [0, 1, 2];

/** Of new ones, sign, exponent and the highest four places are coded; the 48 others are written as they are. */
function writeDoubles({ bytes, bits, doubles }: JsonWriter, values: readonly number[]): void {
  const added: number[] = [];
  const wholes: number[] = [];
  const codes = values.map((number) => {
    // JSON has no -0.
    const value = number + 0;
    if (value >= 0 && Number.isSafeInteger(value)) {
      wholes.push(value);
      return WHOLE_DOUBLE;
    }
    const known = doubles.get(value);
    if (known !== undefined) return KNOWN_DOUBLE + known;
    doubles.set(value, doubles.size);
    added.push(value);
    return NEW_DOUBLE;
  });
  const view = new DataView(new ArrayBuffer(8));
  const highest = added.map((value) => {
    view.setFloat64(0, value);
    return view.getUint16(0);
  });
  bytes.byte(CODED_DOUBLES);
  for (const part of [codes, wholes, highest]) encodeNumbers(bits, part);
  for (const value of added) {
    view.setFloat64(0, value);
    bits.plain(view.getUint32(2) >>> 8, 24);
    bits.plain(view.getUint32(4) & 0xffffff, 24);
  }
}

function readCodedDoubles(from: JsonReader, rows: number): number[] {
  const { doubles } = from;
  const bits = bitsOf(from);
  const codes = decodeNumbers(bits, rows);
  const of = (kind: number) => codes.reduce((sum, code) => (code === kind ? sum + 1 : sum), 0);
  const wholes = decodeNumbers(bits, of(WHOLE_DOUBLE));
  const highest = decodeNumbers(bits, of(NEW_DOUBLE));
  const view = new DataView(new ArrayBuffer(8));
  let [whole, added] = [0, 0];
  return Array.from(codes, (code) => {
    if (code === WHOLE_DOUBLE) return wholes[whole++] as number;
    if (code !== NEW_DOUBLE) return doubles[code - KNOWN_DOUBLE] as number;
    const [first, second] = [bits.plain(24), bits.plain(24)];
    view.setUint16(0, highest[added++] as number);
    view.setUint16(2, first >>> 8);
    view.setUint32(4, ((first << 24) | second) >>> 0);
    const value = view.getFloat64(0);
    doubles.push(value);
    return value;
  });
}

function readDoubles(bytes: ByteReader, rows: number): number[] {
  const all = new Uint8Array(rows * 8);
  for (let place = 7; place >= 0; place--) for (let i = place; i < all.length; i += 8) all[i] = bytes.byte();
  return [...new Float64Array(all.buffer)];
}

/** Texts that are in no column before, and of each row which of all these it is. */
function writeTexts(to: JsonWriter, values: readonly string[]): void {
  const { bytes, bits, texts } = to;
  const before = texts.size;
  for (const value of values) if (!texts.has(value)) texts.set(value, texts.size);
  const added = [...texts.keys()].slice(before);
  const isAllNew = added.length === values.length;
  const size = added.reduce((sum, text) => sum + text.length, 0);
  const isLong = size > MOST_CODED_BYTES * added.length || !added.every((text) => text.isWellFormed());
  bytes.byte(CODED_TEXTS);
  bytes.byte((isLong ? LONG : 0) + (isAllNew ? ALL_NEW : 0));
  if (!isAllNew) bytes.whole(added.length);
  if (isLong) for (const text of added) writeText(bytes, text);
  else
    encodeTexts(
      bits,
      added.map((text) => Buffer.from(text)),
    );
  if (!isAllNew)
    writeColumn(
      to,
      values.map((value) => texts.get(value) as number),
    );
}

function readCodedTexts(from: JsonReader, rows: number): string[] {
  const { bytes, texts } = from;
  const how = bytes.byte();
  const added = how & ALL_NEW ? rows : bytes.whole();
  const read =
    how & LONG
      ? readTexts(from, added)
      : decodeTexts(bitsOf(from), added).map((text) =>
          Buffer.from(text.buffer, text.byteOffset, text.length).toString('utf8'),
        );
  for (const text of read) texts.push(text);
  return how & ALL_NEW ? read : readColumn(from, rows).map((place) => texts[place as number] as string);
}

function readFewTexts(from: JsonReader, rows: number): string[] {
  const texts = readTexts(from, from.bytes.whole());
  return readColumn(from, rows).map((place) => texts[place as number] as string);
}

function readTexts(from: JsonReader, rows: number): string[] {
  return Array.from({ length: rows }, () => readJson(from) as string);
}

/** Lengths, and then one place after the other, of the lists that have it. */
function writeLists(to: JsonWriter, lists: readonly Json[][]): void {
  const longest = lists.reduce((most, { length }) => Math.max(most, length), 0);
  if (longest > MOST_PLACES) {
    writeMixed(to, lists);
    return;
  }
  to.bytes.byte(LISTS);
  writeColumn(
    to,
    lists.map(({ length }) => length),
  );
  for (let place = 0; place < longest; place++) {
    const column: Json[] = [];
    for (const list of lists) if (list.length > place) column.push(list[place] ?? null);
    writeColumn(to, column);
  }
}

function readLists(from: JsonReader, rows: number): Json[] {
  const lengths = readColumn(from, rows) as number[];
  const lists = lengths.map((length) => new Array<Json>(length));
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  for (let place = 0; place < longest; place++) {
    const having = lists.filter(({ length }) => length > place);
    for (const [i, value] of readColumn(from, having.length).entries()) (having[i] as Json[])[place] = value;
  }
  return lists;
}

/** Names of the fields, and then the values of one after the other, of the objects that have it. */
function writeRecords(to: JsonWriter, objects: readonly JsonObject[]): void {
  const { bytes } = to;
  const columns = new Map<string, { values: Json[]; rows: number[] }>();
  let filled = 0;
  for (const [row, object] of objects.entries()) {
    for (const name in object) {
      const value = object[name];
      if (!Object.hasOwn(object, name) || !isKept(value)) continue;
      let column = columns.get(name);
      if (!column) {
        column = { values: [], rows: [] };
        columns.set(name, column);
      }
      column.values.push(value as Json);
      column.rows.push(row);
      filled += 1;
    }
  }
  // Names that are data, say of agents, make no columns.
  if (columns.size > MOST_SPARSE_FIELDS && filled < (columns.size * objects.length) / 2) {
    writeMixed(to, objects);
    return;
  }
  bytes.byte(RECORDS);
  bytes.whole(columns.size);
  for (const [name, { values, rows }] of columns) {
    writeText(bytes, name);
    const isEverywhere = rows.length === objects.length;
    bytes.byte(isEverywhere ? 1 : 0);
    if (!isEverywhere) {
      const isThere = new Array<boolean>(objects.length).fill(false);
      for (const row of rows) isThere[row] = true;
      writeFlags(bytes, isThere);
    }
    writeColumn(to, values);
  }
}

function readRecords(from: JsonReader, rows: number): Json[] {
  const { bytes } = from;
  const objects = Array.from({ length: rows }, (): Record<string, Json> => ({}));
  for (let left = bytes.whole(); left > 0; left--) {
    const name = readJson(from) as string;
    const isEverywhere = bytes.byte() === 1;
    const isThere = isEverywhere ? null : readFlags(bytes, rows);
    const having = isThere ? objects.filter((_, row) => isThere[row]) : objects;
    for (const [i, value] of readColumn(from, having.length).entries())
      setField(having[i] as Record<string, Json>, name, value);
  }
  return objects;
}
