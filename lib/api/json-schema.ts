/** JSON Schema 2020-12, as OpenAPI 3.1 has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** An object with promised properties; more may come. @param optional properties that may be absent */
export function objectSchema(
  promised: Readonly<Record<string, JsonSchema>>,
  optional: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return { type: 'object', properties: { ...promised, ...optional }, required: Object.keys(promised) };
}

export function listSchema(items: JsonSchema, more: JsonSchema = {}): JsonSchema {
  return { type: 'array', items, ...more };
}

export function nullable(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}

export const textSchema: JsonSchema = { type: 'string' };
export const numberSchema: JsonSchema = { type: 'number' };
/** A part of a whole, or a probability. */
export const shareSchema: JsonSchema = { type: 'number', minimum: 0, maximum: 1 };
/** How many of something. */
export const countSchema: JsonSchema = { type: 'integer', minimum: 0 };
export const momentSchema: JsonSchema = { type: 'string', format: 'date-time' };
