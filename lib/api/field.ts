import { plainText } from './plain-text.ts';

/** What a field of a wire record must be: checks one value and says what is wrong in the words of the sender. */
export interface Field<Value> {
  /** What is expected, as in "must be …". */
  expects: string;
  /** JSON Schema of the value, for the OpenAPI document. */
  schema: Readonly<Record<string, unknown>>;
  /**
   * The value in the unit it is kept in, or undefined when it is not what is expected.
   * @param path of the value within what was sent: a record within a record names its own fields by it
   * @throws InvalidField when a field of such a record is wrong
   */
  read(raw: unknown, path: string): Value | undefined;
  /** Whether null says something of its own, and is read; elsewhere it is as good as absent. */
  readonly readsNull?: true;
}

/** A field was wrong: `path` is relative to the record. */
export class InvalidField extends Error {
  readonly code: 'missing_field' | 'invalid_field' | 'inconsistent_fields' | 'unknown_field';
  readonly path: string;

  constructor(code: InvalidField['code'], path: string, message: string) {
    super(message);
    this.name = 'InvalidField';
    this.code = code;
    this.path = path;
  }
}

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws InvalidField when the field is absent (or null) or not what is expected */
export function required<Value>(record: JsonRecord, name: string, field: Field<Value>, path = name): Value {
  const value = optional(record, name, field, path);
  if (value === undefined) throw new InvalidField('missing_field', path, `${path} is required: it ${must(field)}`);
  return value;
}

/** Absent and null mean the same unless the field reads null: nothing was said. @throws InvalidField when present and not what is expected */
export function optional<Value>(record: JsonRecord, name: string, field: Field<Value>, path = name): Value | undefined {
  const raw = record[name];
  return raw === undefined || (raw === null && !field.readsNull) ? undefined : checked(raw, field, path);
}

/** @throws InvalidField when the value is not what is expected */
export function checked<Value>(raw: unknown, field: Field<Value>, path: string): Value {
  const value = field.read(raw, path);
  if (value === undefined) {
    throw new InvalidField('invalid_field', path, `${path} ${must(field)}; got ${shown(raw)}`);
  }
  return value;
}

function must(field: Field<unknown>): string {
  return `must be ${field.expects}`;
}

function shown(raw: unknown): string {
  const text = typeof raw === 'object' ? (Array.isArray(raw) ? 'an array' : 'an object') : JSON.stringify(raw);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const ID = /^[A-Za-z0-9._:/@-]{1,128}$/;

export const idField: Field<string> = {
  expects: '1 to 128 characters of A-Z a-z 0-9 . _ : / @ -',
  schema: { type: 'string', pattern: ID.source },
  read: (raw) => (typeof raw === 'string' && ID.test(raw) ? raw : undefined),
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Kept in lower case: the same id in other letters is the same id. */
export const uuidField: Field<string> = {
  expects: 'a UUID',
  schema: { type: 'string', format: 'uuid' },
  read: (raw) => (typeof raw === 'string' && UUID.test(raw) ? raw.toLowerCase() : undefined),
};

/** Text, kept as {@link plainText}. */
export function textField(maxLength: number): Field<string> {
  return {
    expects: `text of 1 to ${maxLength} characters`,
    schema: { type: 'string', minLength: 1, maxLength },
    read: (raw) => (typeof raw === 'string' && raw.length > 0 && raw.length <= maxLength ? plainText(raw) : undefined),
  };
}

export function oneOf<const Choice extends string>(choices: readonly Choice[]): Field<Choice> {
  return {
    expects: `one of ${choices.join(', ')}`,
    schema: { type: 'string', enum: choices },
    read: (raw) => choices.find((choice) => choice === raw),
  };
}

const YEAR_2000_MS = 946_684_800_000;
const YEAR_2200_MS = 7_258_118_400_000;
const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** A moment: ISO 8601 with a zone, or epoch milliseconds. Between the years 2000 and 2200, so seconds are noticed. */
export const timeField: Field<number> = {
  expects: 'a time: ISO 8601 with zone ("2026-01-31T12:00:00Z") or epoch milliseconds',
  schema: {
    oneOf: [
      { type: 'string', format: 'date-time' },
      { type: 'number', minimum: YEAR_2000_MS, exclusiveMaximum: YEAR_2200_MS },
    ],
  },
  read: (raw) => {
    const ms = typeof raw === 'number' ? raw : typeof raw === 'string' ? isoToMs(raw) : Number.NaN;
    return ms >= YEAR_2000_MS && ms < YEAR_2200_MS ? ms : undefined;
  },
};

/** Date.parse stops at milliseconds; the digits behind them are added, because trading fleets need microseconds. */
function isoToMs(text: string): number {
  if (!ISO_8601.test(text)) return Number.NaN;
  const fraction = /\.(\d+)/.exec(text)?.[1];
  if (fraction === undefined || fraction.length <= 3) return Date.parse(text);
  return Date.parse(text.replace(`.${fraction}`, `.${fraction.slice(0, 3)}`)) + Number(`0.${fraction.slice(3)}`);
}

/** A finite number in [min, max], kept as given. */
export function numberField(min: number, max: number): Field<number> {
  return scaledField(min, max, 1, (value) => value);
}

export function integerField(min: number, max: number): Field<number> {
  return {
    expects: `a whole number from ${min} to ${max}`,
    schema: { type: 'integer', minimum: min, maximum: max },
    read: (raw) => (Number.isInteger(raw) && Number(raw) >= min && Number(raw) <= max ? Number(raw) : undefined),
  };
}

/** A number in [min, max] that is kept as a whole number of 1/scale: sums of integers are exact in any order. */
export function fixedPointField(min: number, max: number, scale: number): Field<number> {
  return scaledField(min, max, scale, Math.round);
}

function scaledField(min: number, max: number, scale: number, round: (value: number) => number): Field<number> {
  return {
    expects: `a number from ${min} to ${max}`,
    schema: { type: 'number', minimum: min, maximum: max },
    read: (raw) => {
      if (typeof raw !== 'number' || !Number.isFinite(raw) || raw < min || raw > max) return undefined;
      return round(raw * scale);
    },
  };
}

export const booleanField: Field<boolean> = {
  expects: 'true or false',
  schema: { type: 'boolean' },
  read: (raw) => (typeof raw === 'boolean' ? raw : undefined),
};

/** A setting that null takes away. */
export function removable<Value>(field: Field<Value>): Field<Value | null> {
  return {
    expects: `${field.expects}, or null to remove it`,
    schema: { anyOf: [field.schema, { type: 'null' }] },
    readsNull: true,
    read: (raw, path) => (raw === null ? null : field.read(raw, path)),
  };
}

/** Whole seconds in a query string. */
export function secondsField(max: number): Field<number> {
  return {
    expects: `a whole number of seconds from 0 to ${max}`,
    schema: { type: 'integer', minimum: 0, maximum: max },
    read: (raw) => (typeof raw === 'string' && /^\d{1,3}$/.test(raw) && Number(raw) <= max ? Number(raw) : undefined),
  };
}

/** A list of at most `max` values; the place of a wrong one is named. */
export function listOf<Value>(items: Field<Value>, max: number): Field<Value[]> {
  return {
    expects: `a list of at most ${max}`,
    schema: { type: 'array', items: items.schema, maxItems: max },
    read: (raw, path) => {
      if (!Array.isArray(raw) || raw.length > max) return undefined;
      return raw.map((item, index) => required({ item }, 'item', items, `${path}[${index}]`));
    },
  };
}
