import { type JsonSchema, listSchema, textSchema } from './json-schema.ts';

/** What was set and comes to nothing as it is. */
export const warningsSchema: JsonSchema = {
  ...listSchema(textSchema),
  description:
    'what was set and comes to nothing as it is, such as a pool that nobody has reported from, and what to do',
};
