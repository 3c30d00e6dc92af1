import type { Tokens } from '../core/model/event.ts';
import { numberOf } from './attribute.ts';
import type { UsageNames } from './conventions.ts';
import type { Attributes } from './otlp-data.ts';

/** As many as an event may report; beyond it a figure is a mistake. */
const MAX_TOKENS = 1e9;

/**
 * The tokens that a span reports, in buckets that do not overlap; undefined where it reports none. By the conventions
 * the input includes what was read from and written to a cache, and the output includes reasoning, so these are taken
 * out. Where the parts exceed the whole, the sender evidently counts them apart, and the whole stays as it is.
 * @example 1,000 input of which 800 were read from a cache: 200 input and 800 cached input
 */
export function countTokens(attributes: Attributes, names: UsageNames): Tokens | undefined {
  const reportedInput = numberOf(attributes, names.input, MAX_TOKENS);
  const reportedOutput = numberOf(attributes, names.output, MAX_TOKENS);
  const reportedCached = numberOf(attributes, names.cacheRead, MAX_TOKENS);
  const reportedWrite = numberOf(attributes, names.cacheWrite, MAX_TOKENS);
  const reportedReasoning = numberOf(attributes, names.reasoning, MAX_TOKENS);
  const reported = reportedInput ?? reportedOutput ?? reportedCached ?? reportedWrite ?? reportedReasoning;
  if (reported === undefined) return undefined;
  const cachedInput = whole(reportedCached);
  const cacheWrite = whole(reportedWrite);
  const reasoning = whole(reportedReasoning);
  return {
    input: remainder(whole(reportedInput), cachedInput + cacheWrite),
    cachedInput,
    cacheWrite,
    output: remainder(whole(reportedOutput), reasoning),
    reasoning,
  };
}

function whole(count: number | undefined): number {
  return count === undefined ? 0 : Math.round(count);
}

function remainder(total: number, parts: number): number {
  return parts > total ? total : total - parts;
}
