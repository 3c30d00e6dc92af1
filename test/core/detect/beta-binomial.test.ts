import { expect, test } from 'vitest';
import { betaBinomialTail } from '../../../lib/core/detect/beta-binomial.ts';
import { logGamma } from '../../../lib/core/detect/log-gamma.ts';

test.each([
  { name: 'α = β = 1 makes every count equally likely', args: [3, 3, 0.5, 1 / 3], expected: 0.25 },
  { name: 'every count from 1 on', args: [1, 3, 0.5, 1 / 3], expected: 0.75 },
  // By hand: α 2, β 2, n 2: B(4, 2) ÷ B(2, 2) = (1/20) ÷ (1/6).
  { name: 'two of two with α = β = 2', args: [2, 2, 0.5, 0.2], expected: 0.3 },
  // Binomial: 10 · 0.1⁹ · 0.9 + 0.1¹⁰.
  { name: 'nearly no correlation is the binomial', args: [9, 10, 0.1, 1e-9], expected: 9.1e-9 },
  { name: 'nothing is certain', args: [0, 10, 0.1, 0.1], expected: 1 },
])('$name', ({ args, expected }) => {
  const [successes, n, ratio, correlation] = args as [number, number, number, number];
  expect(betaBinomialTail(successes, n, ratio, correlation) / expected).toBeCloseTo(1, 5);
});

test('what varies more from subject to subject has the heavier tail', () => {
  const tails = [0.01, 0.05, 0.2].map((correlation) => betaBinomialTail(8, 10, 0.1, correlation));
  expect(tails).toEqual([...tails].sort((a, b) => a - b));
});

test('a tail that begins below the bulk of it is nearly 1', () => {
  expect(betaBinomialTail(1, 1_000, 0.9, 0.001)).toBeCloseTo(1, 6);
});

test.each([
  [-0.1, 0.1],
  [1, 0.1],
  [0.5, 0],
  [0.5, 1],
])('ratio %d with correlation %d is refused', (ratio, correlation) => {
  expect(() => betaBinomialTail(1, 2, ratio, correlation)).toThrow(RangeError);
});

test.each([
  [5, Math.log(24)],
  [0.5, Math.log(Math.sqrt(Math.PI))],
  [0.1, Math.log(9.513507698668732)],
  [101, 363.73937555556347],
])('ln Γ(%d)', (x, expected) => {
  expect(logGamma(x)).toBeCloseTo(expected, 10);
});
