import { expect, test } from 'vitest';
import { fillGaps } from '../../../lib/core/forecast/fill-gaps.ts';

const gap = Number.NaN;

test.each([
  { name: 'a short gap gets a line', values: [1, gap, gap, 4], period: undefined, filled: [1, 2, 3, 4] },
  { name: 'what is missing at the start is left out', values: [gap, gap, 5, 6], period: 2, filled: [5, 6] },
  {
    name: 'what is missing at the end stays at the last value',
    values: [5, 6, gap],
    period: undefined,
    filled: [5, 6, 6],
  },
  {
    name: 'a long gap gets what was there a season before',
    values: [1, 2, 3, 4, gap, gap, gap, gap, 9],
    period: 4,
    filled: [1, 2, 3, 4, 1, 2, 3, 4, 9],
  },
  {
    name: 'a long gap without a season before gets what comes a season later',
    values: [1, gap, gap, gap, gap, 6, 7, 8, 9, 10],
    period: 5,
    filled: [1, 7, 8, 9, 10, 6, 7, 8, 9, 10],
  },
  { name: 'nothing known is nothing', values: [gap, gap], period: undefined, filled: [] },
])('$name', ({ values, period, filled }) => {
  const made = fillGaps(values, period);
  expect([...made.filled]).toEqual(filled);
  expect([...made.isKnown]).toEqual(values.slice(made.dropped).map((value) => (Number.isNaN(value) ? 0 : 1)));
});
