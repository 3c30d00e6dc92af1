import { countSchema, objectSchema } from './json-schema.ts';

/** Tokens by bucket; each is in one. */
export const tokensSchema = objectSchema({
  input: countSchema,
  cachedInput: countSchema,
  cacheWrite: countSchema,
  output: countSchema,
  reasoning: countSchema,
});
