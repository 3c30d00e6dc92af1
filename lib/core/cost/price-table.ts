/** US dollars per million tokens. */
export interface ModelPrice {
  input: number;
  /** Read from a cache; as input where the provider has no price for it. */
  cachedInput?: number;
  /** Written to a cache for the shortest time on offer; as input where the provider has no price for it. */
  cacheWrite?: number;
  /** Reasoning included. */
  output: number;
}

/**
 * Where the prices are from: list prices as `model_prices_and_context_window.json` of BerriAI/litellm gives them. The
 * newest dated model seen in that commit is of 2026-04-23; `date` is when the figures were taken from it.
 */
export const priceTableSource = {
  version: '2026-11-25',
  date: '2026-11-25',
  repository: 'https://github.com/BerriAI/litellm',
  commit: '00035b69f416be24e2e323c13198d9b7d2d1bdf9',
} as const;

/** Names in lower case, without date; with one only where that release has a price of its own. */
const prices: ReadonlyMap<string, ModelPrice> = new Map<string, ModelPrice>([
  // OpenAI
  ['gpt-4o', { input: 2.5, cachedInput: 1.25, output: 10 }],
  ['gpt-4o-2024-05-13', { input: 5, output: 15 }],
  ['gpt-4o-mini', { input: 0.15, cachedInput: 0.075, output: 0.6 }],
  ['chatgpt-4o-latest', { input: 5, output: 15 }],
  ['gpt-4.1', { input: 2, cachedInput: 0.5, output: 8 }],
  ['gpt-4.1-mini', { input: 0.4, cachedInput: 0.1, output: 1.6 }],
  ['gpt-4.1-nano', { input: 0.1, cachedInput: 0.025, output: 0.4 }],
  ['gpt-4-turbo', { input: 10, output: 30 }],
  ['gpt-3.5-turbo', { input: 0.5, output: 1.5 }],
  ['o1', { input: 15, cachedInput: 7.5, output: 60 }],
  ['o1-pro', { input: 150, output: 600 }],
  ['o3', { input: 2, cachedInput: 0.5, output: 8 }],
  ['o3-mini', { input: 1.1, cachedInput: 0.55, output: 4.4 }],
  ['o3-pro', { input: 20, output: 80 }],
  ['o4-mini', { input: 1.1, cachedInput: 0.275, output: 4.4 }],
  ['gpt-5', { input: 1.25, cachedInput: 0.125, output: 10 }],
  ['gpt-5-mini', { input: 0.25, cachedInput: 0.025, output: 2 }],
  ['gpt-5-nano', { input: 0.05, cachedInput: 0.005, output: 0.4 }],
  ['gpt-5.1', { input: 1.25, cachedInput: 0.125, output: 10 }],
  ['gpt-5.2', { input: 1.75, cachedInput: 0.175, output: 14 }],
  ['gpt-5.4', { input: 2.5, cachedInput: 0.25, output: 15 }],
  ['gpt-5.5', { input: 5, cachedInput: 0.5, output: 30 }],
  ['gpt-5.5-pro', { input: 30, cachedInput: 3, output: 180 }],
  ['gpt-5.6-luna', { input: 1, cachedInput: 0.1, cacheWrite: 1.25, output: 6 }],
  ['gpt-5.6-terra', { input: 2.5, cachedInput: 0.25, cacheWrite: 3.125, output: 15 }],
  ['gpt-5.6-sol', { input: 5, cachedInput: 0.5, cacheWrite: 6.25, output: 30 }],
  ['gpt-5.3-codex', { input: 1.75, cachedInput: 0.175, output: 14 }],
  ['text-embedding-3-small', { input: 0.02, output: 0 }],
  ['text-embedding-3-large', { input: 0.13, output: 0 }],
  ['text-embedding-ada-002', { input: 0.1, output: 0 }],

  // Anthropic
  ['claude-3-haiku', { input: 0.25, cachedInput: 0.03, cacheWrite: 0.3, output: 1.25 }],
  ['claude-3-opus', { input: 15, cachedInput: 1.5, cacheWrite: 18.75, output: 75 }],
  ['claude-3-5-haiku', { input: 0.8, cachedInput: 0.08, cacheWrite: 1, output: 4 }],
  ['claude-3-5-sonnet', { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 }],
  ['claude-3-7-sonnet', { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 }],
  ['claude-sonnet-4', { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 }],
  ['claude-sonnet-4-5', { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 }],
  ['claude-sonnet-4-6', { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 }],
  ['claude-sonnet-5', { input: 2, cachedInput: 0.2, cacheWrite: 2.5, output: 10 }],
  ['claude-haiku-4-5', { input: 1, cachedInput: 0.1, cacheWrite: 1.25, output: 5 }],
  ['claude-opus-4', { input: 15, cachedInput: 1.5, cacheWrite: 18.75, output: 75 }],
  ['claude-opus-4-1', { input: 15, cachedInput: 1.5, cacheWrite: 18.75, output: 75 }],
  ['claude-opus-4-5', { input: 5, cachedInput: 0.5, cacheWrite: 6.25, output: 25 }],
  ['claude-opus-4-6', { input: 5, cachedInput: 0.5, cacheWrite: 6.25, output: 25 }],
  ['claude-opus-4-7', { input: 5, cachedInput: 0.5, cacheWrite: 6.25, output: 25 }],
  ['claude-opus-4-8', { input: 5, cachedInput: 0.5, cacheWrite: 6.25, output: 25 }],
  // Kept within the USA, Bedrock asks a tenth more.
  ['us.anthropic.claude-haiku-4-5', { input: 1.1, cachedInput: 0.11, cacheWrite: 1.375, output: 5.5 }],
  ['us.anthropic.claude-sonnet-4-5', { input: 3.3, cachedInput: 0.33, cacheWrite: 4.125, output: 16.5 }],

  // Google
  ['gemini-2.0-flash', { input: 0.1, cachedInput: 0.025, output: 0.4 }],
  ['gemini-2.0-flash-001', { input: 0.1, cachedInput: 0.025, output: 0.4 }],
  ['gemini-2.0-flash-lite', { input: 0.075, cachedInput: 0.01875, output: 0.3 }],
  ['gemini-2.5-flash', { input: 0.3, cachedInput: 0.03, output: 2.5 }],
  ['gemini-2.5-flash-lite', { input: 0.1, cachedInput: 0.01, output: 0.4 }],
  ['gemini-2.5-pro', { input: 1.25, cachedInput: 0.125, output: 10 }],
  ['gemini-3-flash-preview', { input: 0.5, cachedInput: 0.05, output: 3 }],
  ['gemini-3.1-flash-lite', { input: 0.25, cachedInput: 0.025, output: 1.5 }],
  ['gemini-3.1-pro-preview', { input: 2, cachedInput: 0.2, output: 12 }],
  ['gemini-3.5-flash', { input: 1.5, cachedInput: 0.15, output: 9 }],
  ['gemini-embedding-001', { input: 0.15, output: 0 }],

  // Mistral
  ['mistral-large-2407', { input: 3, output: 9 }],
  ['mistral-large-2411', { input: 2, output: 6 }],
  ['mistral-large-2512', { input: 0.5, output: 1.5 }],
  ['mistral-large-latest', { input: 0.5, output: 1.5 }],
  ['mistral-medium-2508', { input: 0.4, output: 2 }],
  ['mistral-medium-latest', { input: 1.5, output: 7.5 }],
  ['mistral-small-latest', { input: 0.06, output: 0.18 }],
  ['mistral-embed', { input: 0.1, output: 0 }],

  // Llama, by the names that Groq and Bedrock have for it
  ['llama-3.1-8b-instant', { input: 0.05, output: 0.08 }],
  ['llama-3.3-70b-versatile', { input: 0.59, output: 0.79 }],

  ['llama3-3-70b-instruct', { input: 0.72, output: 0.72 }],
  ['llama4-scout-17b-instruct', { input: 0.17, output: 0.66 }],
  ['llama4-maverick-17b-instruct', { input: 0.24, output: 0.97 }],

  // DeepSeek
  ['deepseek-chat', { input: 0.28, cachedInput: 0.028, output: 0.42 }],
  ['deepseek-reasoner', { input: 0.28, cachedInput: 0.028, output: 0.42 }],

  // Amazon
  ['nova-micro', { input: 0.035, output: 0.14 }],
  ['nova-lite', { input: 0.06, output: 0.24 }],
  ['nova-pro', { input: 0.8, output: 3.2 }],
  ['nova-premier', { input: 2.5, output: 12.5 }],
  ['nova-2-lite', { input: 0.3, cachedInput: 0.075, output: 2.5 }],
  ['titan-embed-text-v2:0', { input: 0.02, output: 0 }],
]);

/** The price under exactly this name. */
export function priceOf(name: string): ModelPrice | undefined {
  return prices.get(name);
}

export function pricedModels(): string[] {
  return [...prices.keys()];
}
