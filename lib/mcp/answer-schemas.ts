import {
  type JsonSchema,
  listSchema,
  momentSchema,
  nullable,
  numberSchema,
  objectSchema,
  textSchema,
} from '../api/json-schema.ts';
import { nextSchema } from '../api/page.ts';

/** Rows of an answer: more than these no model reads with care. */
export const MOST_ROWS = 25;

export const windowSchema = objectSchema({ from: momentSchema, to: momentSchema });

/** A KPI value without its parts. */
export const kpiSchema = objectSchema(
  { value: nullable(numberSchema), n: numberSchema, unit: textSchema },
  { p95: numberSchema, reason: textSchema },
);

export const kpisByIdSchema: JsonSchema = { type: 'object', additionalProperties: kpiSchema };

/** Address of the page that shows it; absent where that is not known. */
export const linkSchema = { link: textSchema };

/** A list of at most 25 and the cursor of what comes after it. */
export function rowsSchema(name: string, row: JsonSchema): JsonSchema {
  return objectSchema({ [name]: listSchema(row, { maxItems: MOST_ROWS }), next: nextSchema });
}
