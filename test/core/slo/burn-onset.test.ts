import { describe, expect, test } from 'vitest';
import { burnOnset } from '../../../lib/core/slo/burn-onset.ts';
import { dispersion } from '../../../lib/core/slo/dispersion.ts';
import { minutesToExhaustion } from '../../../lib/core/slo/time-to-exhaustion.ts';

const START = 1_000;
const cells = (counts: readonly (readonly [bad: number, total: number])[]) =>
  counts.map(([bad, total], index) => ({ from: START + index, to: START + index + 1, bad, total }));
const times = <T>(count: number, value: T) => Array.from({ length: count }, () => value);

describe('the onset of a burn', () => {
  test('is the first bad minute, with the evidence by hand', () => {
    // p₀ 0.01, p₁ = max(0.03, 0.11): 30 × ln(0.11 ÷ 0.01).
    const onset = burnOnset(cells([...times(60, [0, 10] as const), ...times(3, [10, 10] as const)]), 0.99);
    expect(onset).toEqual({ minute: START + 60, evidence: expect.closeTo(71.937, 2), isClear: true, dispersion: 1 });
  });

  test('is not moved by an old burn that is over', () => {
    const counts = [...times(5, [5, 10] as const), ...times(200, [0, 10] as const), ...times(2, [6, 10] as const)];
    expect(burnOnset(cells(counts), 0.99)?.minute).toBe(START + 205);
  });

  test('is none where the objective is kept at the end', () => {
    expect(burnOnset(cells(times(100, [1, 100])), 0.99)).toBeNull();
    expect(burnOnset([], 0.99)).toBeNull();
  });

  test('may be chance where error rates varied as much before', () => {
    // Every tenth minute half of 20 fail: 3 bad minutes in a row say little more.
    const varied = Array.from({ length: 100 }, (_, at) => [at % 10 === 0 ? 10 : 0, 20] as const);
    const steady = times(100, [1, 20] as const);
    const burn = times(1, [12, 20] as const);
    const [afterVaried, afterSteady] = [varied, steady].map((before) => burnOnset(cells([...before, ...burn]), 0.9));
    expect(afterSteady).toMatchObject({ minute: START + 100, isClear: true });
    expect(afterVaried).toMatchObject({ minute: START + 100, isClear: false });
    expect(afterVaried?.dispersion).toBeGreaterThan(5);
  });

  test('of a slow burn is told by the share that was seen, where three times the budget would never be', () => {
    const counts = cells([...times(100, [1, 200] as const), ...times(60, [3, 200] as const)]);
    expect(burnOnset(counts, 0.99)).toBeNull();
    expect(burnOnset(counts, 0.99, 0.015)?.minute).toBe(START + 100);
  });
});

test.each([
  // p = 0.2; each cell is 2 off 2: X² = 10 × 4 ÷ 1.6 = 25, ÷ 9.
  {
    name: 'of counts that jump',
    counts: [...times(5, [0, 10] as const), ...times(5, [4, 10] as const)],
    expected: 25 / 9,
  },
  { name: 'of counts that vary less than chance', counts: times(20, [1, 10] as const), expected: 1 },
  { name: 'of too few counts', counts: [...times(4, [0, 10] as const), ...times(5, [4, 10] as const)], expected: 1 },
  { name: 'where nothing was bad', counts: times(20, [0, 10] as const), expected: 1 },
  { name: 'of minutes without events', counts: times(20, [0, 0] as const), expected: 1 },
])('dispersion $name', ({ counts, expected }) => {
  expect(dispersion(cells(counts))).toBeCloseTo(expected, 9);
});

test.each([
  // 30 days ÷ 14.4 = 50 hours.
  { left: 1, burnRate: 14.4, minutes: 3_000 },
  { left: 0.5, burnRate: 2, minutes: 10_800 },
  { left: 0.5, burnRate: 0.5, minutes: null },
  { left: 1, burnRate: 0, minutes: null },
  { left: 0, burnRate: 10, minutes: null },
  { left: -1, burnRate: 10, minutes: null },
])('$left of a budget of 30 days lasts $minutes min at a burn rate of $burnRate', ({ left, burnRate, minutes }) => {
  const told = minutesToExhaustion(left, burnRate, 43_200);
  if (minutes === null) expect(told).toBeNull();
  else expect(told).toBeCloseTo(minutes, 9);
});
