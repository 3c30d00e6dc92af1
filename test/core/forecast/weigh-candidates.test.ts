import { expect, test } from 'vitest';
import { candidateWeights } from '../../../lib/core/forecast/weigh-candidates.ts';

const errors = (...values: number[]) => ({ absolute: Float64Array.from(values), relative: Float64Array.from(values) });

test('a candidate twice as far off has a 256th of the weight', () => {
  const [best, other] = candidateWeights([errors(2, 2), errors(1, 1)], 1)(null)[0] ?? [];
  expect(best).toMatchObject({ candidate: 1 });
  expect((best?.weight ?? 0) / (other?.weight ?? 1)).toBeCloseTo(256, 6);
});

test('what happened at an origin that is left out does not count', () => {
  const candidates = [errors(1, 9, 1), errors(2, 1, 2)];
  expect(candidateWeights(candidates, 1)(1)[0]?.[0]?.candidate).toBe(0);
  expect(candidateWeights(candidates, 1)(null)[0]?.[0]?.candidate).toBe(1);
});

test('the last origins count more than the first', () => {
  const falling = errors(...Array.from({ length: 40 }, (_, i) => (i < 20 ? 3 : 1)));
  const rising = errors(...Array.from({ length: 40 }, (_, i) => (i < 20 ? 1 : 3)));
  expect(candidateWeights([rising, falling], 1)(null)[0]?.[0]?.candidate).toBe(1);
});

test('of candidates that are never off each has its part', () => {
  const [weights = []] = candidateWeights([errors(0), errors(0), errors(4)], 1)(null);
  expect(weights.map(({ weight }) => weight.toFixed(3))).toEqual(['0.500', '0.500', '0.000']);
});

test('each part of the horizon has its own weights, which the whole pulls together', () => {
  // Two parts at one origin: the first candidate is right at once, the second later.
  const [soon, later] = candidateWeights([errors(1, 2), errors(2, 1)], 2)(null);
  expect(soon?.[0]?.candidate).toBe(0);
  expect(later?.[0]?.candidate).toBe(1);
  // On the whole they are equal: 2 ** 0.3 in error is 2 ** 2.4 in weight, where the part alone would give 256.
  expect((soon?.[0]?.weight ?? 0) / (soon?.[1]?.weight ?? 1)).toBeCloseTo(2 ** 2.4, 6);
});

test('a part of which nothing is known is weighted by the whole', () => {
  const [known, unknown] = candidateWeights([errors(1, Number.NaN), errors(2, Number.NaN)], 2)(null);
  expect(known?.[0]?.candidate).toBe(0);
  expect(unknown?.[0]?.candidate).toBe(0);
});
