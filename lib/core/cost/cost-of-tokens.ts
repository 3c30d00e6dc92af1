import type { Tokens } from '../model/event.ts';
import { type ModelPrice, priceOf } from './price-table.ts';

/** US dollars per million tokens are thousands of nano-dollars per token. */
const NANO_USD_PER_TOKEN = 1_000;

/** Makers and gateways that bill a model at its maker's price; another host's price of the same model is not known. */
const MAKER_PATH =
  /^(?:openrouter|bedrock|converse|azure|openai|anthropic|vertex_ai|google|gemini|models|mistral|mistralai|groq|deepseek|amazon)\//;
const BEDROCK_REGION = /^(?:us|eu|apac|jp|au|global|us-gov)\./;
const BEDROCK_MAKER = /^(?:anthropic|amazon|meta)\./;
const BEDROCK_VERSION = /-v\d+:\d+$/;
const DATE_OR_LATEST = /(?:[-@]\d{8}|-\d{4}-\d{2}-\d{2}|-latest)$/;

/**
 * What tokens cost at list price. Buckets do not overlap and each has one price, so the cost of a sum of tokens is the
 * sum of their costs, but for rounding. Reasoning is billed as output. Discounts for batches, surcharges for priority,
 * long contexts or longer caching, and all that is not billed by token are not in it.
 * @param model as providers and frameworks write it: "gpt-4o-2024-08-06", "us.anthropic.claude-sonnet-4-20250514-v1:0"
 * @returns whole nano-US-dollars; null where the model has no price here: what is not known is not free
 * @example costOfTokens({ input: 1_000, cachedInput: 0, cacheWrite: 0, output: 100, reasoning: 0 }, 'gpt-4o') // 3_500_000
 */
export function costOfTokens(tokens: Tokens, model: string): number | null {
  const price = priceOf(model) ?? priceOfName(model.trim().toLowerCase());
  if (!price) return null;
  const usdMillionths =
    tokens.input * price.input +
    tokens.cachedInput * (price.cachedInput ?? price.input) +
    tokens.cacheWrite * (price.cacheWrite ?? price.input) +
    (tokens.output + tokens.reasoning) * price.output;
  return Math.round(usdMillionths * NANO_USD_PER_TOKEN);
}

/**
 * Takes off what does not change the model: who passes it on, its region, its date. Never a word: "gpt-4o-mini" is not
 * "gpt-4o", and a newer model is not the older one that its name begins with.
 */
function priceOfName(name: string): ModelPrice | undefined {
  const price = priceOfRelease(name);
  if (price) return price;
  for (const prefix of [MAKER_PATH, BEDROCK_REGION, BEDROCK_MAKER]) {
    const rest = name.replace(prefix, '');
    if (rest !== name) return priceOfName(rest);
  }
  return undefined;
}

/** Some releases of a model have prices of their own, so the date goes last. */
function priceOfRelease(name: string): ModelPrice | undefined {
  const release = name.replace(BEDROCK_VERSION, '');
  return priceOf(name) ?? priceOf(release) ?? priceOf(release.replace(DATE_OR_LATEST, ''));
}
