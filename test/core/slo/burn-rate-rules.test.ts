import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BurnRateRule, burnRateRules, detectionMinutes } from '../../../lib/core/slo/burn-rate-rules.ts';

const DAY = 1_440;
const windows = (rules: BurnRateRule[]) => rules.map(({ longMinutes, shortMinutes }) => [longMinutes, shortMinutes]);
const factors = (rules: BurnRateRule[]) => rules.map(({ factor }) => Number(factor.toFixed(4)));

describe('the rules', () => {
  test.each([
    // The golden figures of Sloth, internal/alert/alert_test.go.
    { days: 30, expected: [14.4, 6, 3, 1] },
    { days: 28, expected: [13.44, 5.6, 2.8, 0.9333] },
  ])('of $days days have the windows of the workbook and the factors of Sloth', ({ days, expected }) => {
    const rules = burnRateRules(days * DAY);
    expect(windows(rules)).toEqual([
      [60, 5],
      [360, 30],
      [DAY, 120],
      [3 * DAY, 360],
    ]);
    expect(factors(rules)).toEqual(expected);
    expect(rules.map(({ severity }) => severity)).toEqual(['critical', 'high', 'medium', 'low']);
  });

  test.each([
    // 60 × 7 ÷ 30 = 14, 5 × 7 ÷ 30 = 1.2, 30 × 7 ÷ 30 = 7, ...
    { days: 7, expected: [[14, 1], [84, 7], [336, 28], [1_008, 84]] }, // biome-ignore format: one row a rule
    { days: 90, expected: [[180, 15], [1_080, 90], [4_320, 360], [12_960, 1_080]] }, // biome-ignore format: one row a rule
    // 2 minutes and 10 seconds would be noise.
    { days: 1, expected: [[5, 1], [12, 1], [48, 4], [144, 12]] }, // biome-ignore format: one row a rule
  ])('of $days days have windows in proportion, as in Pyrra', ({ days, expected }) => {
    const rules = burnRateRules(days * DAY);
    expect(windows(rules)).toEqual(expected);
    expect(factors(rules)).toEqual([14.4, 6, 3, 1]);
  });

  test('of any period are less severe the longer they look, and look longer than their short window', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 90 * DAY }), (period) => {
        const rules = burnRateRules(period);
        for (const [index, rule] of rules.entries()) {
          const before = rules[index - 1];
          expect(rule.longMinutes).toBeGreaterThan(rule.shortMinutes);
          if (!before) continue;
          expect(rule.factor).toBeLessThan(before.factor);
          expect(rule.longMinutes).toBeGreaterThanOrEqual(before.longMinutes);
        }
      }),
    );
  });
});

test.each([
  // (1 − objective) ÷ error ratio × window × factor, by hand.
  { errorRatio: 1, objective: 0.999, minutes: 0.864 },
  { errorRatio: 1, objective: 0.99, minutes: 8.64 },
  { errorRatio: 0.5, objective: 0.99, minutes: 17.28 },
  { errorRatio: 1, objective: 0.95, minutes: 43.2 },
  // Everything failing burns 90 % at 10, which is less than 14.4.
  { errorRatio: 1, objective: 0.9, minutes: Number.POSITIVE_INFINITY },
])('an error ratio of $errorRatio at $objective takes the quick page $minutes min', (of) => {
  const [quick] = burnRateRules(30 * DAY) as [BurnRateRule];
  expect(detectionMinutes(quick, of.errorRatio, of.objective)).toBeCloseTo(of.minutes, 9);
});
