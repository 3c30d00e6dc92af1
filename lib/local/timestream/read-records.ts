import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { invalid } from './timestream-error.ts';

export type MeasureType = 'DOUBLE' | 'BIGINT' | 'VARCHAR' | 'BOOLEAN' | 'TIMESTAMP';

export interface Measure {
  /** Name of its column; a record with one measure has the column of its type, such as `measure_value::double`. */
  name: string;
  type: MeasureType;
  /** A TIMESTAMP in microseconds since the epoch. */
  value: number | bigint | string | boolean;
}

export interface TimestreamRecord {
  /** Sorted by name. */
  dimensions: { name: string; value: string }[];
  measureName: string;
  /** Microseconds since the epoch. */
  time: bigint;
  version: number;
  /** Sorted by name. */
  measures: Measure[];
}

const MOST_RECORDS = 100;
const LARGEST_RECORD_BYTES = 2048;
const LARGEST_SERIES_BYTES = 2048;
const MOST_DIMENSIONS = 128;
const MOST_MEASURES = 256;
const LONGEST_DIMENSION_NAME_BYTES = 60;
const LONGEST_MEASURE_NAME_BYTES = 256;
const LONGEST_VALUE = 2048;

const measureTypes: readonly MeasureType[] = ['DOUBLE', 'BIGINT', 'VARCHAR', 'BOOLEAN', 'TIMESTAMP'];
const nanosecondsPer: Readonly<Record<string, bigint>> = {
  SECONDS: 1_000_000_000n,
  MILLISECONDS: 1_000_000n,
  MICROSECONDS: 1000n,
  NANOSECONDS: 1n,
};
const MAX_INT64 = 2n ** 63n - 1n;

/**
 * The records of a WriteRecords request, each with the common attributes; in place of a record that is over a limit, why
 * it is rejected.
 * @throws TimestreamError ValidationException when the request is malformed, and nothing of it may be written
 */
export function readRecords(request: JsonObject): (TimestreamRecord | { rejected: string })[] {
  const records = request['Records'];
  if (!Array.isArray(records) || records.length === 0 || records.length > MOST_RECORDS) {
    const count = Array.isArray(records) ? records.length : 0;
    throw constraint('records', `Member must have length from 1 to ${MOST_RECORDS}, not ${count}`);
  }
  const common = request['CommonAttributes'] ?? {};
  if (!isJsonObject(common)) throw constraint('commonAttributes', 'Member must be a structure');
  return records.map((record, index) => {
    const at = `records.${index + 1}.member`;
    if (!isJsonObject(record)) throw constraint(at, 'Member must be a structure');
    const dimensions = [...members(common, 'Dimensions', at), ...members(record, 'Dimensions', at)];
    const measureValues = [...members(common, 'MeasureValues', at), ...members(record, 'MeasureValues', at)];
    return readRecord({ ...common, ...record }, dimensions, measureValues, at);
  });
}

function readRecord(
  record: JsonObject,
  dimensionList: JsonObject[],
  measureValues: JsonObject[],
  at: string,
): TimestreamRecord | { rejected: string } {
  const measureName = text(record, 'MeasureName', at);
  const unit = nanosecondsPer[String(record['TimeUnit'] ?? 'MILLISECONDS')];
  if (unit === undefined) throw constraint(`${at}.timeUnit`, `Member must be one of ${Object.keys(nanosecondsPer)}`);
  const time = microseconds(text(record, 'Time', at), unit, `${at}.time`);
  const version = record['Version'] ?? 1;
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) {
    throw constraint(`${at}.version`, 'Member must be an integer of 1 or more');
  }
  const dimensions = dimensionList
    .map((dimension) => ({ name: text(dimension, 'Name', at), value: text(dimension, 'Value', at) }))
    .toSorted(byName);
  const twice = dimensions.find(({ name }, index) => dimensions[index + 1]?.name === name);
  if (twice) throw invalid(`Duplicate dimensions are not allowed: ${twice.name} at ${at}`);

  const type = String(record['MeasureValueType'] ?? 'DOUBLE');
  if (type === 'MULTI' && record['MeasureValue'] !== undefined) {
    throw invalid(`MeasureValue is not allowed for the type MULTI at ${at}`);
  }
  if (type === 'MULTI' && measureValues.length === 0) throw invalid(`MeasureValues is missing at ${at}`);
  if (type !== 'MULTI' && measureValues.length > 0) {
    throw invalid(`MeasureValues is only allowed for the type MULTI at ${at}`);
  }
  const given =
    type === 'MULTI'
      ? measureValues.map((one) => ({ name: text(one, 'Name', at), type: one['Type'], value: text(one, 'Value', at) }))
      : [{ name: `measure_value::${type.toLowerCase()}`, type, value: text(record, 'MeasureValue', at) }];
  const measures: Measure[] = [];
  for (const one of given.toSorted(byName)) {
    const measureType = measureTypes.find((candidate) => candidate === one.type);
    if (!measureType) throw constraint(`${at}.measureValueType`, `Member must be one of ${measureTypes}, or MULTI`);
    if (one.value.length > LONGEST_VALUE) {
      throw constraint(`${at}.measureValue`, `Member must have length less than or equal to ${LONGEST_VALUE}`);
    }
    if (measures.at(-1)?.name === one.name) throw invalid(`Duplicate measures are not allowed: ${one.name} at ${at}`);
    const value = measureValue(measureType, one.value, unit);
    if (value === undefined) {
      return { rejected: `The measure value ${one.value.slice(0, 40)} is not a valid ${measureType}.` };
    }
    measures.push({ name: one.name, type: measureType, value });
  }
  const read = { dimensions, measureName, time, version, measures };
  const rejected = overLimit(read, type === 'MULTI');
  return rejected === undefined ? read : { rejected };
}

function overLimit({ dimensions, measureName, measures }: TimestreamRecord, multi: boolean): string | undefined {
  const names = [...dimensions, ...(multi ? measures : [])].map(({ name }) => name);
  const reserved = names.find((name) => /^(time|measure_name)$|^(measure_value|ts_)|:/i.test(name));
  if (reserved !== undefined) return `The name ${reserved} is reserved.`;
  // Not by Timestream, but here by the store.
  const taken = names.find((name) => /^~|^rowid$|\0/i.test(name));
  if (taken !== undefined) return `The name ${taken} is not supported by the local cloud.`;
  if (dimensions.length > MOST_DIMENSIONS) return `A record can have no more than ${MOST_DIMENSIONS} dimensions.`;
  const long = dimensions.find(({ name }) => Buffer.byteLength(name) > LONGEST_DIMENSION_NAME_BYTES);
  if (long) return `The dimension name ${long.name} is longer than ${LONGEST_DIMENSION_NAME_BYTES} bytes.`;
  if (measures.length > MOST_MEASURES) return `A record can have no more than ${MOST_MEASURES} measures.`;
  const measureNames = [measureName, ...(multi ? measures.map(({ name }) => name) : [])];
  const longMeasure = measureNames.find((name) => Buffer.byteLength(name) > LONGEST_MEASURE_NAME_BYTES);
  if (longMeasure !== undefined) return `A measure name is longer than ${LONGEST_MEASURE_NAME_BYTES} bytes.`;
  const seriesBytes = sum(dimensions.map(({ name, value }) => Buffer.byteLength(name) + Buffer.byteLength(value)));
  if (seriesBytes > LARGEST_SERIES_BYTES) {
    return `The dimensions have ${seriesBytes} bytes, more than the ${LARGEST_SERIES_BYTES} of a time series.`;
  }
  const bytes =
    8 +
    seriesBytes +
    Buffer.byteLength(measureName) +
    sum(measures.map(({ name, value }) => (multi ? Buffer.byteLength(name) : 0) + valueBytes(value)));
  if (bytes > LARGEST_RECORD_BYTES)
    return `The record has ${bytes} bytes, more than the ${LARGEST_RECORD_BYTES} allowed.`;
  return undefined;
}

function measureValue(type: MeasureType, value: string, unit: bigint): Measure['value'] | undefined {
  switch (type) {
    case 'DOUBLE': {
      const number = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : Number.NaN;
      return Number.isFinite(number) ? number : undefined;
    }
    case 'BIGINT': {
      const integer = /^[+-]?\d{1,19}$/.test(value) ? BigInt(value) : MAX_INT64 + 1n;
      return integer <= MAX_INT64 && integer >= -MAX_INT64 - 1n ? integer : undefined;
    }
    case 'BOOLEAN':
      return /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : undefined;
    case 'TIMESTAMP':
      return /^\d{1,19}$/.test(value) ? (BigInt(value) * unit) / 1000n : undefined;
    case 'VARCHAR':
      return value;
  }
}

function microseconds(time: string, unit: bigint, at: string): bigint {
  if (!/^-?\d{1,19}$/.test(time)) throw constraint(at, 'Member must be a whole number of its unit');
  const nanoseconds = BigInt(time) * unit;
  if (nanoseconds > MAX_INT64 || nanoseconds < -MAX_INT64)
    throw constraint(at, 'Member must fit 64 bits of nanoseconds');
  if (nanoseconds % 1000n !== 0n) throw invalid(`${at}: the local cloud keeps times in microseconds`);
  return nanoseconds / 1000n;
}

function valueBytes(value: Measure['value']): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  return typeof value === 'boolean' ? 1 : 8;
}

function members(owner: JsonObject, property: string, at: string): JsonObject[] {
  const list: Json = owner[property] ?? [];
  if (Array.isArray(list) && list.every(isJsonObject)) return list;
  throw constraint(`${at}.${property}`, 'Member must be a list of structures');
}

function text(owner: JsonObject, property: string, at: string): string {
  const value = owner[property];
  if (typeof value === 'string' && value !== '') return value;
  throw constraint(`${at}.${property}`, 'Member must not be null or empty');
}

function byName(one: { name: string }, other: { name: string }): number {
  if (one.name === other.name) return 0;
  return one.name < other.name ? -1 : 1;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function constraint(at: string, says: string) {
  return invalid(`1 validation error detected: Value at '${at}' failed to satisfy constraint: ${says}`);
}
