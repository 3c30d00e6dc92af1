import { expect, test } from 'vitest';
import { weighCandidates } from '../../../lib/core/forecast/weigh-candidates.ts';

const errors = (...values: number[]) => ({ absolute: Float64Array.from(values), relative: Float64Array.from(values) });

test('a candidate twice as far off has a 256th of the weight', () => {
  const [best, other] = weighCandidates([errors(2, 2), errors(1, 1)], null);
  expect(best).toMatchObject({ candidate: 1 });
  expect((best?.weight ?? 0) / (other?.weight ?? 1)).toBeCloseTo(256, 6);
});

test('what happened at an origin that is left out does not count', () => {
  const candidates = [errors(1, 9, 1), errors(2, 1, 2)];
  expect(weighCandidates(candidates, 1)[0]?.candidate).toBe(0);
  expect(weighCandidates(candidates, null)[0]?.candidate).toBe(1);
});

test('the last origins count more than the first', () => {
  const falling = errors(...Array.from({ length: 40 }, (_, i) => (i < 20 ? 3 : 1)));
  const rising = errors(...Array.from({ length: 40 }, (_, i) => (i < 20 ? 1 : 3)));
  expect(weighCandidates([rising, falling], null)[0]?.candidate).toBe(1);
});

test('of candidates that are never off each has its part', () => {
  const weights = weighCandidates([errors(0), errors(0), errors(4)], null);
  expect(weights.map(({ weight }) => weight.toFixed(3))).toEqual(['0.500', '0.500', '0.000']);
});
