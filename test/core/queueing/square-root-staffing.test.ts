import { expect, test } from 'vitest';
import { serversForWaitShare } from '../../../lib/core/queueing/erlang.ts';
import {
  garnettWaitShare,
  halfinWhittWaitShare,
  safetyForWaitShare,
  squareRootStaffing,
} from '../../../lib/core/queueing/square-root-staffing.ts';

// Expected values computed apart from this code, by direct evaluation of the formulas.

test.each([
  [0.5, 0.506],
  [0.3, 0.829],
  [0.2, 1.062],
  [0.1, 1.42],
  [0.05, 1.74],
  [0.01, 2.375],
])('where %d of the tasks may wait the safety is %d, and the other way round', (share, safety) => {
  expect(safetyForWaitShare(share)).toBeCloseTo(safety, 3);
  expect(halfinWhittWaitShare(safety)).toBeCloseTo(share, 3);
});

test.each([
  [3, 5, 6],
  [10, 14, 14],
  [30, 36, 37],
  [100, 111, 111],
  [300, 319, 319],
])(
  'for %i erlangs the square-root rule says %i servers where one in five may wait, exactly it takes %i',
  (load, byRule, exactly) => {
    expect(Math.ceil(squareRootStaffing(load, safetyForWaitShare(0.2)))).toBe(byRule);
    expect(serversForWaitShare(load, 0.2)).toBe(exactly);
  },
);

test.each([
  [100, 0.5],
  [110, 0.1587],
])('of 100 erlangs on %i servers with patience as long as service, Garnett says that %d wait', (servers, share) => {
  expect(garnettWaitShare(servers, 100, 1, 1)).toBeCloseTo(share, 4);
});

test.each([
  ['a share of one', () => safetyForWaitShare(1)],
  ['a negative safety', () => halfinWhittWaitShare(-0.1)],
  ['a negative load', () => squareRootStaffing(-1, 1)],
  ['no patience at all', () => garnettWaitShare(10, 9, 1, 0)],
])('%s is refused', (_name, compute) => {
  expect(compute).toThrow(RangeError);
});
