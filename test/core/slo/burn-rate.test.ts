import { expect, test } from 'vitest';
import { burnRate } from '../../../lib/core/slo/burn-rate.ts';

test.each([
  // The rows of the table of the SRE workbook, of 99.9 % over 30 days: 2 % of the budget in 1 h, 5 % in 6 h, 10 % in 3 d.
  { errorRatio: 0.0144, objective: 0.999, rate: 14.4 },
  { errorRatio: 0.006, objective: 0.999, rate: 6 },
  { errorRatio: 0.001, objective: 0.999, rate: 1 },
  { errorRatio: 0, objective: 0.5, rate: 0 },
  // A total outage burns at most 1 ÷ (1 − objective).
  { errorRatio: 1, objective: 0.9, rate: 10 },
])('$errorRatio bad at an objective of $objective burns at $rate', ({ errorRatio, objective, rate }) => {
  expect(burnRate(errorRatio, objective)).toBeCloseTo(rate, 9);
});

test.each([0, 1, -0.1, 99, Number.NaN])('an objective of %s is refused', (objective) => {
  expect(() => burnRate(0.1, objective)).toThrow(RangeError);
});
