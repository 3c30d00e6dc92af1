import fc from 'fast-check';
import { expect, test } from 'vitest';
import { vusPr } from '../../../bench/detect/vus-pr.ts';

// Values of RangeAUC_volume_opt of TSB-AD (TSB_AD/evaluation/basic_metrics.py) for the same scores, events, width and thresholds.
test.each([
  {
    scores: [0.51, 0.95, 0.14, 0.95, 0.71, 0.82, 1.23, 0.41, 0.55, 0.03, 0.75, 0.54],
    events: [[4, 6]] as const,
    width: 4,
    thresholds: 5,
    expected: 0.715894101744545,
  },
  {
    // Events at the beginning, with equal scores, and so close that their tolerances meet.
    scores: [
      0.73, 1.19, 0.7, 0.45, 0.13, 0.4, 0.2, 0.26, 0.75, 0.28, 0.89, 1.38, 1.36, 0.72, 0.54, 0.68, 0.56, 1.37, 0.92,
      0.52, 1.02, 0.78, 0.61, 0.92, 0.04, 0.53, 0.46, 0.06, 0.64, 0.85, 0.59, 0.26, 0.84, 0.51, 0.51, 0.75, 0.15, 0.82,
      0.68, 0.79,
    ],
    events: [
      [0, 2],
      [10, 12],
      [15, 20],
    ] as const,
    width: 6,
    thresholds: 250,
    expected: 0.8017707853585014,
  },
])('it is as TSB-AD computes it: $expected', ({ scores, events, width, thresholds, expected }) => {
  expect(vusPr(scores, events, width, thresholds)).toBeCloseTo(expected, 12);
});

test('without tolerance it is the average precision, by hand', () => {
  // Thresholds 0.9, 0.8, 0.5, 0.1 reach 1, 2, 3, 4 points; recall 0, 1/2, 1, 1; precision 0, 1/2, 2/3, 1/2: 1/2 · 1/2 + 1/2 · 2/3.
  expect(vusPr([0.9, 0.8, 0.5, 0.1], [[1, 2]], 0, 4)).toBeCloseTo(7 / 12, 12);
});

test('only the order of scores counts', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 30, maxLength: 60 }), (scores) => {
      const squashed = scores.map((score) => score / (score + 7));
      expect(
        vusPr(
          squashed,
          [
            [8, 11],
            [20, 20],
          ],
          9,
        ),
      ).toBe(
        vusPr(
          scores,
          [
            [8, 11],
            [20, 20],
          ],
          9,
        ),
      );
    }),
  );
});

test('a series without an event has none', () => {
  expect(() => vusPr([1, 2], [], 3)).toThrow(RangeError);
});
