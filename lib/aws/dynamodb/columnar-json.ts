import type { ByteReader, ByteWriter } from './column-bytes.ts';

// JSON as bytes in which like values stand side by side: a list of objects is written field by field, a list of lists place by place, and numbers
// byte by byte, the high ones of all first. Compressed, it takes a fifth to a half less than the text: docs/decisions/packed-values.md.

/** What a value begins with. */
const [NULL, FALSE, TRUE, WHOLE, NEGATIVE, DOUBLE, TEXT, ESCAPED_TEXT, LIST, COLUMN, OBJECT] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
];

/** What a column begins with; one of numbers with NUMBERS or more. */
const [MIXED, SAME, WITH_NULLS, DOUBLES, FEW_TEXTS, TEXTS, LISTS, RECORDS, NUMBERS] = [0, 1, 2, 3, 4, 5, 6, 7, 64];
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
/** The share of room from which numbers of varying length are worth it: those of one length compress better. */
const MOST_VARYING = 0.8;

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [name: string]: Json;
}

/**
 * Writes what JSON.stringify would: fields that are undefined are left out, what is no number is null.
 * @param value lists, plain objects, texts, numbers, booleans and null; objects with `toJSON` are not supported
 */
export function writeJson(bytes: ByteWriter, value: unknown): void {
  if (value === null || value === undefined) bytes.whole(NULL);
  else if (typeof value === 'boolean') bytes.whole(value ? TRUE : FALSE);
  else if (typeof value === 'number') writeNumber(bytes, value);
  else if (typeof value === 'string') writeText(bytes, value);
  else if (Array.isArray(value)) writeList(bytes, value);
  else writeObject(bytes, value as JsonObject);
}

function writeList(bytes: ByteWriter, values: readonly Json[]): void {
  const isColumn = values.length >= LEAST_ROWS;
  bytes.whole(isColumn ? COLUMN : LIST);
  bytes.whole(values.length);
  if (isColumn) writeColumn(bytes, values);
  else for (const each of values) writeJson(bytes, each);
}

/** Reads what writeJson wrote. */
export function readJson(bytes: ByteReader): unknown {
  const kind = bytes.whole();
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
      return Array.from({ length: bytes.whole() }, () => readJson(bytes));
    case COLUMN:
      return readColumn(bytes, bytes.whole());
    case OBJECT:
      return readObject(bytes);
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

function writeText(bytes: ByteWriter, value: string): void {
  // Half of a pair has no UTF-8; JSON writes it as an escape.
  const isWhole = value.isWellFormed();
  bytes.whole(isWhole ? TEXT : ESCAPED_TEXT);
  bytes.text(isWhole ? value : JSON.stringify(value));
}

function writeObject(bytes: ByteWriter, value: JsonObject): void {
  const fields = Object.keys(value).filter((name) => isKept(value[name]));
  bytes.whole(OBJECT);
  bytes.whole(fields.length);
  for (const name of fields) {
    writeText(bytes, name);
    writeJson(bytes, value[name]);
  }
}

function readObject(bytes: ByteReader): JsonObject {
  const object: Record<string, Json> = {};
  for (let left = bytes.whole(); left > 0; left--) {
    const name = readJson(bytes) as string;
    setField(object, name, readJson(bytes) as Json);
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

function writeColumn(bytes: ByteWriter, values: readonly Json[]): void {
  let kinds = 0;
  for (const value of values) kinds |= kindOf(value);
  if (kinds === ARRAY) writeLists(bytes, values as Json[][]);
  else if (kinds === RECORD) writeRecords(bytes, values as JsonObject[]);
  else if (kinds === NOTHING || isSame(values)) {
    bytes.byte(SAME);
    writeJson(bytes, values[0]);
  } else if (kinds === NUMBER) writeNumbers(bytes, values as number[]);
  else if (kinds === STRING) writeTexts(bytes, values as string[]);
  else if ((kinds & NOTHING) !== 0) writeWithNulls(bytes, values);
  else writeMixed(bytes, values);
}

function writeWithNulls(bytes: ByteWriter, values: readonly Json[]): void {
  const isThere = values.map((value) => kindOf(value) !== NOTHING);
  bytes.byte(WITH_NULLS);
  writeFlags(bytes, isThere);
  writeColumn(
    bytes,
    values.filter((_, i) => isThere[i]),
  );
}

function isSame(values: readonly Json[]): boolean {
  const [first] = values;
  for (const value of values) if (value !== first) return false;
  return true;
}

function readColumn(bytes: ByteReader, rows: number): Json[] {
  const kind = bytes.byte();
  if (kind >= NUMBERS) return readNumbers(bytes, rows, kind - NUMBERS);
  switch (kind) {
    case MIXED:
      return Array.from({ length: rows }, () => readJson(bytes) as Json);
    case SAME:
      return new Array<Json>(rows).fill(readJson(bytes) as Json);
    case WITH_NULLS: {
      const isThere = readFlags(bytes, rows);
      const values = readColumn(bytes, count(isThere));
      let at = 0;
      return isThere.map((is) => (is ? (values[at++] as Json) : null));
    }
    case DOUBLES:
      return readDoubles(bytes, rows);
    case FEW_TEXTS:
      return readFewTexts(bytes, rows);
    case TEXTS:
      return readTexts(bytes, rows);
    case LISTS:
      return readLists(bytes, rows);
    case RECORDS:
      return readRecords(bytes, rows);
    default:
      throw new RangeError(`a column of kind ${kind} is of a later version, or its bytes are damaged`);
  }
}

function writeMixed(bytes: ByteWriter, values: readonly Json[]): void {
  bytes.byte(MIXED);
  for (const value of values) writeJson(bytes, value);
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

/** Whole ones, or of some decimals: value = (base + unit × part) / 10^decimals, and of rising ones each part is the distance to the one before. */
function writeNumbers(bytes: ByteWriter, values: readonly number[]): void {
  const decimals = decimalsOf(values);
  if (decimals === null) {
    writeDoubles(bytes, values);
    return;
  }
  const wholes = decimals === 0 ? values : values.map((value) => Math.round(value * 10 ** decimals));
  let [least, most, isRising, before] = [wholes[0] as number, wholes[0] as number, true, wholes[0] as number];
  for (const value of wholes) {
    if (value < before) isRising = false;
    if (value < least) least = value;
    if (value > most) most = value;
    before = value;
  }
  if (!Number.isSafeInteger(most - least)) {
    writeDoubles(bytes, values);
    return;
  }
  isRising &&= most - least > 255;
  const base = isRising || least < 0 || widthOf(most - least) < widthOf(most) ? least : 0;
  const parts = new Float64Array(wholes.length);
  let [unit, largest] = [0, 0];
  before = base;
  for (let i = 0; i < parts.length; i++) {
    const value = wholes[i] as number;
    const part = value - before;
    if (isRising) before = value;
    parts[i] = part;
    if (unit === 0 || part % unit !== 0) unit = greatestDivisor(unit, part);
    if (part > largest) largest = part;
  }
  // Not all are alike, so there is one that is not 0.
  if (unit > 1) for (let i = 0; i < parts.length; i++) parts[i] = (parts[i] as number) / unit;
  const fixed = widthOf(largest / unit);
  const width = varyingSize(parts) < fixed * parts.length * MOST_VARYING ? VARYING : fixed;
  bytes.byte(
    NUMBERS +
      (isRising ? RISING : 0) +
      (decimals > 0 ? WITH_DECIMALS : 0) +
      (base !== 0 ? WITH_BASE : 0) +
      (unit > 1 ? WITH_UNIT : 0) +
      width * WIDTH,
  );
  if (decimals > 0) bytes.byte(decimals);
  if (base !== 0) writeNumber(bytes, base);
  if (unit > 1) bytes.whole(unit);
  if (width === VARYING) for (const part of parts) bytes.whole(part);
  else bytes.planes(parts, width);
}

/** Bytes that ByteWriter.whole takes for all. */
function varyingSize(values: Float64Array): number {
  let size = values.length;
  for (const value of values) for (let rest = value; rest >= 128; rest /= 128) size += 1;
  return size;
}

function readNumbers(bytes: ByteReader, rows: number, how: number): number[] {
  const scale = how & WITH_DECIMALS ? 10 ** bytes.byte() : 1;
  const base = how & WITH_BASE ? (readJson(bytes) as number) : 0;
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

function widthOf(value: number): number {
  let width = 0;
  for (let rest = value; rest >= 1; rest /= 256) width += 1;
  return width;
}

function greatestDivisor(a: number, b: number): number {
  let [larger, smaller] = [a, b];
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

function writeDoubles(bytes: ByteWriter, values: readonly number[]): void {
  // JSON has no -0.
  const all = new Uint8Array(Float64Array.from(values, (value) => value + 0).buffer);
  bytes.byte(DOUBLES);
  for (let place = 7; place >= 0; place--) for (let i = place; i < all.length; i += 8) bytes.byte(all[i] as number);
}

function readDoubles(bytes: ByteReader, rows: number): number[] {
  const all = new Uint8Array(rows * 8);
  for (let place = 7; place >= 0; place--) for (let i = place; i < all.length; i += 8) all[i] = bytes.byte();
  return [...new Float64Array(all.buffer)];
}

function writeTexts(bytes: ByteWriter, values: readonly string[]): void {
  const places = new Map<string, number>();
  for (const value of values) if (!places.has(value)) places.set(value, places.size);
  const isFew = places.size <= values.length / 2;
  bytes.byte(isFew ? FEW_TEXTS : TEXTS);
  if (isFew) bytes.whole(places.size);
  for (const text of isFew ? places.keys() : values) writeText(bytes, text);
  if (isFew)
    writeColumn(
      bytes,
      values.map((value) => places.get(value) as number),
    );
}

function readFewTexts(bytes: ByteReader, rows: number): string[] {
  const texts = readTexts(bytes, bytes.whole());
  return readColumn(bytes, rows).map((place) => texts[place as number] as string);
}

function readTexts(bytes: ByteReader, rows: number): string[] {
  return Array.from({ length: rows }, () => readJson(bytes) as string);
}

/** Lengths, and then one place after the other, of the lists that have it. */
function writeLists(bytes: ByteWriter, lists: readonly Json[][]): void {
  const longest = lists.reduce((most, { length }) => Math.max(most, length), 0);
  if (longest > MOST_PLACES) {
    writeMixed(bytes, lists);
    return;
  }
  bytes.byte(LISTS);
  writeColumn(
    bytes,
    lists.map(({ length }) => length),
  );
  for (let place = 0; place < longest; place++) {
    const column: Json[] = [];
    for (const list of lists) if (list.length > place) column.push(list[place] ?? null);
    writeColumn(bytes, column);
  }
}

function readLists(bytes: ByteReader, rows: number): Json[] {
  const lengths = readColumn(bytes, rows) as number[];
  const lists = lengths.map((length) => new Array<Json>(length));
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  for (let place = 0; place < longest; place++) {
    const having = lists.filter(({ length }) => length > place);
    for (const [i, value] of readColumn(bytes, having.length).entries()) (having[i] as Json[])[place] = value;
  }
  return lists;
}

/** Names of the fields, and then the values of one after the other, of the objects that have it. */
function writeRecords(bytes: ByteWriter, objects: readonly JsonObject[]): void {
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
    writeMixed(bytes, objects);
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
    writeColumn(bytes, values);
  }
}

function readRecords(bytes: ByteReader, rows: number): Json[] {
  const objects = Array.from({ length: rows }, (): Record<string, Json> => ({}));
  for (let left = bytes.whole(); left > 0; left--) {
    const name = readJson(bytes) as string;
    const isEverywhere = bytes.byte() === 1;
    const isThere = isEverywhere ? null : readFlags(bytes, rows);
    const having = isThere ? objects.filter((_, row) => isThere[row]) : objects;
    for (const [i, value] of readColumn(bytes, having.length).entries())
      setField(having[i] as Record<string, Json>, name, value);
  }
  return objects;
}
