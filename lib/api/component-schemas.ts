import type { JsonSchema } from './json-schema.ts';
import { listSchema, momentSchema, nullable, numberSchema, objectSchema, textSchema } from './json-schema.ts';

/** Shapes that several answers share, as the OpenAPI document names them. */
export const componentSchemas = {
  Window: {
    description: 'A period in whole minutes: from belongs to it, to does not.',
    ...objectSchema({ from: momentSchema, to: momentSchema }),
  },
  KpiValue: {
    description: 'A KPI over the window. value is null where there is nothing to compute it from; reason says why.',
    ...objectSchema(
      { value: nullable(numberSchema), n: { type: 'number', minimum: 0 }, unit: textSchema },
      {
        reason: textSchema,
        p50: numberSchema,
        p95: numberSchema,
        p99: numberSchema,
        parts: { type: 'object', additionalProperties: nullable(numberSchema) },
      },
    ),
    if: objectSchema({ value: { type: 'null' } }),
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: ['reason'] },
  },
  Problem: {
    description: 'What was wrong with a request, as RFC 9457 describes it; errors names the fields.',
    ...objectSchema(
      {
        type: textSchema,
        title: textSchema,
        status: { type: 'integer', minimum: 400, maximum: 599 },
        detail: textSchema,
      },
      { errors: listSchema(objectSchema({ path: textSchema, code: textSchema, message: textSchema })) },
    ),
  },
} as const satisfies Record<string, JsonSchema>;

export function componentSchema(name: keyof typeof componentSchemas): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}
