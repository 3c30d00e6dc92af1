import fc from 'fast-check';
import { expect, test } from 'vitest';
import { costOfTokens } from '../../../lib/core/cost/cost-of-tokens.ts';
import { pricedModels, priceOf, priceTableSource } from '../../../lib/core/cost/price-table.ts';
import type { Tokens } from '../../../lib/core/model/event.ts';

const none: Tokens = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };
const count = fc.integer({ min: 0, max: 1_000_000_000 });
const anyTokens = fc.record({ input: count, cachedInput: count, cacheWrite: count, output: count, reasoning: count });
const pricedModel = fc.constantFrom(...pricedModels());
const buckets = ['input', 'cachedInput', 'cacheWrite', 'output', 'reasoning'] as const;

// By hand, from dollars per million tokens.
test.each<{ name: string; model: string; tokens: Partial<Tokens>; nanoUsd: number }>([
  // 1,000 * 2.5 + 100 * 10 = 3,500 millionths of a dollar
  { name: 'input and output', model: 'gpt-4o', tokens: { input: 1_000, output: 100 }, nanoUsd: 3_500_000 },
  // 200 * 3 + 800 * 0.3 + 400 * 3.75 + 50 * 15 = 3,090
  {
    name: 'reading and writing a cache',
    model: 'claude-sonnet-4-5',
    tokens: { input: 200, cachedInput: 800, cacheWrite: 400, output: 50 },
    nanoUsd: 3_090_000,
  },
  // 10 * 1.1 + (20 + 300) * 4.4 = 1,419
  {
    name: 'reasoning, as output',
    model: 'o4-mini',
    tokens: { input: 10, output: 20, reasoning: 300 },
    nanoUsd: 1_419_000,
  },
  // 1,000 * 0.59: no price of its own for what is cached
  { name: 'cached input as input', model: 'llama-3.3-70b-versatile', tokens: { cachedInput: 1_000 }, nanoUsd: 590_000 },
  // 3 * 0.01875 = 0.05625 millionths of a dollar, 56.25 nano-dollars
  {
    name: 'fractions of a nano-dollar by rounding',
    model: 'gemini-2.0-flash-lite',
    tokens: { cachedInput: 3 },
    nanoUsd: 56,
  },
  { name: 'an embedding', model: 'text-embedding-3-small', tokens: { input: 500 }, nanoUsd: 10_000 },
])('prices $name', ({ model, tokens, nanoUsd }) => {
  expect(costOfTokens({ ...none, ...tokens }, model)).toBe(nanoUsd);
});

test.each([
  { written: 'openai/gpt-4o', means: 'gpt-4o' },
  { written: 'GPT-4o', means: 'gpt-4o' },
  { written: 'gpt-4o-2024-08-06', means: 'gpt-4o' },
  { written: 'gpt-4o-2024-05-13', means: 'gpt-4o-2024-05-13' },
  { written: 'azure/gpt-4o-2024-05-13', means: 'gpt-4o-2024-05-13' },
  { written: 'gpt-4o-mini-2024-07-18', means: 'gpt-4o-mini' },
  { written: 'claude-sonnet-4-20250514', means: 'claude-sonnet-4' },
  { written: 'claude-sonnet-4@20250514', means: 'claude-sonnet-4' },
  { written: 'claude-3-5-sonnet-latest', means: 'claude-3-5-sonnet' },
  { written: 'anthropic.claude-3-5-sonnet-20241022-v2:0', means: 'claude-3-5-sonnet' },
  { written: 'eu.anthropic.claude-3-7-sonnet-20250219-v1:0', means: 'claude-3-7-sonnet' },
  { written: 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0', means: 'us.anthropic.claude-sonnet-4-5' },
  { written: 'global.anthropic.claude-sonnet-4-5-20250929-v1:0', means: 'claude-sonnet-4-5' },
  { written: 'amazon.nova-pro-v1:0', means: 'nova-pro' },
  { written: 'amazon.titan-embed-text-v2:0', means: 'titan-embed-text-v2:0' },
  { written: 'us.meta.llama3-3-70b-instruct-v1:0', means: 'llama3-3-70b-instruct' },
  { written: 'models/gemini-2.5-pro', means: 'gemini-2.5-pro' },
  { written: 'mistral-large-latest', means: 'mistral-large-latest' },
])('$written is $means', ({ written, means }) => {
  const tokens = { input: 1_000_000, cachedInput: 3_000, cacheWrite: 70, output: 20_000, reasoning: 5 };
  expect(costOfTokens(tokens, written)).not.toBeNull();
  expect(costOfTokens(tokens, written)).toBe(costOfTokens(tokens, means));
});

test.each([
  '',
  'unknown',
  'gpt-4o-realtime',
  'gpt-4o-mini-search-preview',
  'gpt-5-pro',
  'gpt-6',
  'claude-opus-4-9',
  'claude-opus-5',
  'gemini-2.5',
  'o3-mini-high',
  'llama-3.3-70b',
  'deepinfra/deepseek-ai/deepseek-chat',
  'constructor',
  '__proto__',
])('the price of %j is not known, which is not 0', (model) => {
  expect(costOfTokens({ ...none, input: 1_000 }, model)).toBeNull();
});

test('no model becomes another by a word at its end', () => {
  fc.assert(
    fc.property(pricedModel, fc.constantFrom('-pro', '-mini', '-next', '-6', '.5', '-preview'), (model, word) => {
      fc.pre(priceOf(model + word) === undefined);
      expect(costOfTokens({ ...none, input: 1_000 }, model + word)).toBeNull();
    }),
  );
});

test('the cost of a sum is the sum of the costs, but for rounding', () => {
  fc.assert(
    fc.property(pricedModel, fc.array(anyTokens, { minLength: 1, maxLength: 5 }), (model, parts) => {
      const total = parts.reduce((sum, part) => plus(sum, part), none);
      const sumOfCosts = parts.reduce((sum, part) => sum + Number(costOfTokens(part, model)), 0);
      expect(Math.abs(Number(costOfTokens(total, model)) - sumOfCosts)).toBeLessThanOrEqual(parts.length / 2 + 1);
    }),
  );
});

test('more tokens never cost less, and each bucket is billed once', () => {
  fc.assert(
    fc.property(pricedModel, anyTokens, fc.constantFrom(...buckets), count, (model, tokens, bucket, more) => {
      const cost = Number(costOfTokens(tokens, model));
      expect(Number.isSafeInteger(cost)).toBe(true);
      expect(Number(costOfTokens({ ...tokens, [bucket]: tokens[bucket] + more }, model))).toBeGreaterThanOrEqual(cost);
      const apart = buckets.reduce(
        (sum, name) => sum + Number(costOfTokens({ ...none, [name]: tokens[name] }, model)),
        0,
      );
      expect(Math.abs(apart - cost)).toBeLessThanOrEqual(buckets.length / 2 + 1);
    }),
  );
});

test('the table says which state of which source its prices are from, and since when', () => {
  expect(priceTableSource.commit).toMatch(/^[0-9a-f]{40}$/);
  expect(new URL(priceTableSource.repository).protocol).toBe('https:');
  expect(new Date(priceTableSource.date).toISOString().slice(0, 10)).toBe(priceTableSource.date);
});

test('models are in the table as names are looked up: in lower case', () => {
  for (const model of pricedModels()) expect(model).toBe(model.toLowerCase());
});

test('reading a cache never costs more than plain input, writing one never less', () => {
  for (const model of pricedModels()) {
    const price = priceOf(model);
    expect(price?.cachedInput ?? 0, model).toBeLessThanOrEqual(price?.input ?? Number.NaN);
    expect(price?.cacheWrite ?? Number.POSITIVE_INFINITY, model).toBeGreaterThanOrEqual(price?.input ?? Number.NaN);
  }
});

function plus(a: Tokens, b: Tokens): Tokens {
  return {
    input: a.input + b.input,
    cachedInput: a.cachedInput + b.cachedInput,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  };
}
