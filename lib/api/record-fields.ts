import { checked, type Field, InvalidField, isRecord, type JsonRecord, required } from './field.ts';

/** Fields by name. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

export type ValueOf<Of extends Field<unknown>> = Of extends Field<infer Value> ? Value : never;

/** What a record consists of: what reads it and what describes it are made from this. */
export interface RecordFields<Required extends Fields = Fields, Optional extends Fields = Fields> {
  readonly required: Required;
  readonly optional: Optional;
}

export type RecordOf<Of extends RecordFields> = {
  [Name in keyof Of['required']]: ValueOf<Of['required'][Name]>;
} & {
  [Name in keyof Of['optional']]?: ValueOf<Of['optional'][Name]>;
};

/**
 * The declared fields of a record; those it does not mention are left out, those that are not declared are ignored.
 * @param path of the record within what was sent, '' for the whole
 * @throws InvalidField for the first field that is missing or wrong
 */
export function readRecord<Of extends RecordFields>(record: JsonRecord, fields: Of, path = ''): RecordOf<Of> {
  const values: Record<string, unknown> = {};
  for (const name in fields.required) {
    values[name] = required(record, name, fields.required[name] as Field<unknown>, pathOf(name, path));
  }
  for (const name in fields.optional) {
    const raw = record[name];
    // Most optional fields are not sent.
    if (raw === undefined || raw === null) continue;
    values[name] = checked(raw, fields.optional[name] as Field<unknown>, pathOf(name, path));
  }
  return values as RecordOf<Of>;
}

function pathOf(name: string, within: string): string {
  return within === '' ? name : `${within}.${name}`;
}

/** JSON Schema of a record. @param more keywords to add, such as additionalProperties */
export function recordSchema(
  { required: needed, optional: possible }: RecordFields,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const schemas = Object.entries({ ...needed, ...possible }).map(([name, field]) => [name, field.schema]);
  const names = Object.keys(needed);
  return {
    type: 'object',
    properties: Object.fromEntries(schemas),
    ...(names.length > 0 ? { required: names } : {}),
    ...more,
  };
}

/** A record within a record. */
export function recordOf<Of extends RecordFields>(fields: Of): Field<RecordOf<Of>> {
  return {
    expects: 'an object',
    schema: recordSchema(fields),
    read: (raw, path) => (isRecord(raw) ? readRecord(raw, fields, path) : undefined),
  };
}

/** A record within a setting, of which a name that is not known is refused: a misspelt one must not be taken for its default. */
export function settingOf<Of extends RecordFields>(fields: Of): Field<RecordOf<Of>> {
  return {
    expects: 'an object',
    schema: recordSchema(fields, CLOSED),
    read: (raw, path) => (isRecord(raw) ? readSetting(raw, fields, path) : undefined),
  };
}

/** Of the schema of a record of which all names are known. */
export const CLOSED = { additionalProperties: false } as const;

/** @throws InvalidField for the first field that is not known, missing or wrong */
export function readSetting<Of extends RecordFields>(record: JsonRecord, fields: Of, path: string): RecordOf<Of> {
  for (const name of Object.keys(record)) {
    const place = pathOf(name, path);
    if (!isKnown(name, fields)) throw new InvalidField('unknown_field', place, notKnown(place, fields));
  }
  return readRecord(record, fields, path);
}

export function isKnown(name: string, { required: needed, optional: possible }: RecordFields): boolean {
  return Object.hasOwn(needed, name) || Object.hasOwn(possible, name);
}

/** What to say of a name that is not known. */
export function notKnown(path: string, { required: needed, optional: possible }: RecordFields): string {
  return `${path} is not known here: use ${Object.keys({ ...needed, ...possible }).join(', ')}`;
}

/** An object of at most `max` fields whose names are not fixed, such as skills by task type. */
export function mapOf<Value>(names: Field<string>, values: Field<Value>, max: number): Field<Record<string, Value>> {
  return {
    expects: `an object of at most ${max} fields`,
    schema: {
      type: 'object',
      maxProperties: max,
      propertyNames: names.schema,
      additionalProperties: values.schema,
    },
    read: (raw, path) => {
      if (!isRecord(raw) || Object.keys(raw).length > max) return undefined;
      return Object.fromEntries(
        Object.keys(raw).map((name) => {
          const place = `${path}.${name}`;
          if (names.read(name, place) === undefined) {
            throw new InvalidField('invalid_field', place, `a name in ${path} must be ${names.expects}`);
          }
          return [name, required(raw, name, values, place)];
        }),
      );
    },
  };
}
