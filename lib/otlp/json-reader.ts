import { MAX_ITEMS, MAX_JSON_BRACKETS } from './limits.ts';
import { OtlpError } from './otlp-error.ts';

export type JsonMessage = Readonly<Record<string, unknown>>;

const RANGES = {
  uint32: [0, 4_294_967_295],
  int32: [-2_147_483_648, 2_147_483_647],
  int64: [-(2 ** 63), 2 ** 63],
  uint64: [0, 2 ** 64],
} as const;

/**
 * Reads messages in protobuf's JSON mapping with OTLP's changes to it: ids in hexadecimal, enums as integers. A field
 * that is absent or null has its default; unknown ones are never looked at.
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export class JsonReader {
  readonly isWanted: (key: string) => boolean;
  #itemsLeft = MAX_ITEMS;

  /** @param isWanted which attributes to decode */
  constructor(isWanted: (key: string) => boolean = () => true) {
    this.isWanted = isWanted;
  }

  /**
   * The request in a body.
   * @throws OtlpError when it is not a JSON object
   */
  request(body: Buffer): JsonMessage {
    if (body.length === 0) return {};
    if (hasTooManyBrackets(body)) {
      throw new OtlpError(`more than ${MAX_JSON_BRACKETS} objects and arrays`, 'body');
    }
    let value: unknown;
    try {
      value = JSON.parse(body.toString('utf8'));
    } catch (error) {
      throw new OtlpError(`not JSON: ${error instanceof Error ? error.message : String(error)}`, 'body');
    }
    return asMessage(value, 'body');
  }

  /** The items of a repeated field, each as `readOne` returns it; errors get the item's place put in front. */
  items<Of>(message: JsonMessage, field: string, readOne: (reader: JsonReader, item: JsonMessage) => Of): Of[] {
    const list = listField(message, field);
    this.countItems(list.length, field);
    const items: Of[] = [];
    for (let i = 0; i < list.length; i += 1) {
      try {
        items.push(readOne(this, asMessage(list[i])));
      } catch (error) {
        throw within(`${field}[${i}]`, error);
      }
    }
    return items;
  }

  countItems(count: number, field: string): void {
    this.#itemsLeft -= count;
    if (this.#itemsLeft < 0) throw new OtlpError(`more than ${MAX_ITEMS} spans, points and the like`, field);
  }
}

function hasTooManyBrackets(body: Buffer): boolean {
  if (body.length <= MAX_JSON_BRACKETS) return false;
  let brackets = 0;
  for (let i = 0; i < body.length; i += 1) if (body[i] === 0x7b || body[i] === 0x5b) brackets += 1;
  return brackets > MAX_JSON_BRACKETS;
}

/** An error as seen from further out. */
export function within(place: string, error: unknown): unknown {
  if (!(error instanceof OtlpError)) return error;
  return new OtlpError(error.problem, error.place === '' ? place : `${place}.${error.place}`);
}

export function asMessage(value: unknown, place = ''): JsonMessage {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unlike('an object', value, place);
  return value as JsonMessage;
}

export function messageField(message: JsonMessage, field: string): JsonMessage | undefined {
  const value = message[field];
  return value === undefined || value === null ? undefined : asMessage(value, field);
}

export function listField(message: JsonMessage, field: string): readonly unknown[] {
  const value = message[field];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw unlike('an array', value, field);
  return value;
}

export function stringField(message: JsonMessage, field: string): string {
  const value = message[field];
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw unlike('a string', value, field);
  // As protobuf has it, whose texts are UTF-8: half a character is none.
  return value.toWellFormed();
}

export function boolField(message: JsonMessage, field: string): boolean {
  const value = message[field];
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw unlike('true or false', value, field);
  return value;
}

/** An id of the given number of digits in lower case; '' when it is anything else or all zeros. */
export function idField(message: JsonMessage, field: string, digits: 16 | 32): string {
  const id = stringField(message, field);
  if (id.length !== digits || !/^[0-9a-f]*$/i.test(id) || /^0*$/.test(id)) return '';
  return id.toLowerCase();
}

/** An integer, or one in a string; 0 when absent. Of 64 bits the nearest number: exact up to 2^53. */
export function integerField(message: JsonMessage, field: string, range: keyof typeof RANGES): number {
  const value = message[field];
  return value === undefined || value === null ? 0 : asInteger(value, field, range);
}

export function integerListField(message: JsonMessage, field: string, range: keyof typeof RANGES): number[] {
  return listField(message, field).map((value, i) => asInteger(value, `${field}[${i}]`, range));
}

function asInteger(value: unknown, place: string, range: keyof typeof RANGES): number {
  const number = typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? Number(value) : value;
  const [least, most] = RANGES[range];
  if (!Number.isInteger(number) || (number as number) < least || (number as number) > most) {
    throw unlike(`an integer of type ${range}`, value, place);
  }
  // Not -0, which protobuf does not have either.
  return (number as number) + 0;
}

/** An enum as its number, or as its name in `names`; 0 when absent. Numbers without a name are kept. */
export function enumField(message: JsonMessage, field: string, names: readonly string[]): number {
  const value = message[field];
  if (typeof value !== 'string' || /^-?\d/.test(value)) return integerField(message, field, 'int32');
  const number = names.indexOf(value);
  if (number < 0) throw unlike(`one of ${names.join(', ')}`, value, field);
  return number;
}

/** A number, or one in a string, of which NaN, Infinity and -Infinity are only there; NaN when absent. */
export function doubleField(message: JsonMessage, field: string): number {
  const value = message[field];
  return value === undefined || value === null ? Number.NaN : asDouble(value, field);
}

export function doubleListField(message: JsonMessage, field: string): number[] {
  return listField(message, field).map((value, i) => asDouble(value, `${field}[${i}]`));
}

function asDouble(value: unknown, place: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') {
    if (/^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(value) || /^-?Infinity$/.test(value)) return Number(value);
    if (value === 'NaN') return Number.NaN;
  }
  throw unlike('a number', value, place);
}

/** Nanoseconds as whole microseconds, rounded down; 0 when absent. In a string they are exact until the year 2255. */
export function microsecondsField(message: JsonMessage, field: string): number {
  const value = message[field];
  // Without the last three digits it is microseconds, and fits a number.
  if (typeof value === 'string' && /^\d{4,20}$/.test(value) && Number(value) <= RANGES.uint64[1]) {
    return Number(value.slice(0, -3));
  }
  return Math.floor(integerField(message, field, 'uint64') / 1_000);
}

function unlike(wanted: string, value: unknown, place: string): OtlpError {
  const found = Array.isArray(value) ? 'an array' : typeof value === 'object' && value ? 'an object' : quoted(value);
  return new OtlpError(`${found} instead of ${wanted}`, place);
}

function quoted(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
