import { describe, expect, test } from 'vitest';
import { analogue } from '../../../lib/core/forecast/members/analogue.ts';
import { carriedProfile } from '../../../lib/core/forecast/members/carried-profile.ts';
import { exponentialSmoothing } from '../../../lib/core/forecast/members/exponential-smoothing.ts';
import { laggedRegression } from '../../../lib/core/forecast/members/lagged-regression.ts';
import { lastMean } from '../../../lib/core/forecast/members/last-mean.ts';
import { naive } from '../../../lib/core/forecast/members/naive.ts';
import { profileRegression } from '../../../lib/core/forecast/members/profile-regression.ts';
import { seasonalMedian } from '../../../lib/core/forecast/members/seasonal-median.ts';
import { seasonalNaive } from '../../../lib/core/forecast/members/seasonal-naive.ts';
import { smoothProfile } from '../../../lib/core/forecast/members/smooth-profile.ts';
import { solvePositiveDefinite } from '../../../lib/core/forecast/solve-positive-definite.ts';

// By hand.
const SAW = [1, 5, 3, 2, 6, 4, 3, 7, 5];

describe('members on a saw of three steps that rises by one each round', () => {
  test.each([
    { member: naive, expected: [5, 5, 5, 5] },
    { member: lastMean(1), expected: [5, 5, 5, 5] },
    { member: seasonalNaive(0, false), expected: [3, 7, 5, 3] },
    { member: seasonalNaive(0, true), expected: [4, 8, 6, 4] },
    { member: seasonalMedian(2, false), expected: [2.5, 6.5, 4.5, 2.5] },
    // The last round lies 1.5 above the median of the two before it.
    { member: seasonalMedian(2, true), expected: [4, 8, 6, 4] },
  ])('$member.name', ({ member, expected }) => {
    expect([...(member.forecast(Float64Array.from(SAW), [9], 4, [3])?.[0] ?? [])]).toEqual(expected);
  });
});

describe('members that learn', () => {
  const wave = Float64Array.from({ length: 480 }, (_, i) => 50 + 10 * Math.sin((2 * Math.PI * i) / 24));
  const minutes = Float64Array.from({ length: 600 }, (_, i) => 50 + 10 * Math.sin((2 * Math.PI * i) / 60));

  test.each([
    { member: carriedProfile(0.1), values: wave, period: 24, within: 0.05 },
    { member: analogue(3), values: wave, period: 24, within: 1e-6 },
    {
      member: exponentialSmoothing({ level: 0.05, shortSeason: 0.1, longSeason: 0.1, carriedOver: 0.5 }),
      values: wave,
      period: 24,
      within: 0.05,
    },
    // A sine is a combination of its last two values: the ridge keeps it from being exact.
    { member: laggedRegression('two', () => [1, 2], 1e-9), values: wave, period: 24, within: 0.05 },
    { member: profileRegression(0, 0.2, [1, 2]), values: wave, period: 24, within: 0.05 },
    {
      member: smoothProfile({ halfWidth: 0.01, seasons: 3, levelShare: 0.1 }),
      values: minutes,
      period: 60,
      within: 0.2,
    },
  ])('$member.name continues a wave', ({ member, values, period, within }) => {
    const forecast = member.forecast(values, [values.length], 24, [period])?.[0] ?? [];
    const truth = (step: number) => 50 + 10 * Math.sin((2 * Math.PI * (values.length + step)) / period);
    for (const [step, value] of forecast.entries()) expect(Math.abs(value - truth(step))).toBeLessThan(within);
  });

  test('a regression needs half as much again as its longest lag', () => {
    const member = laggedRegression('season', ([period = 1]) => [period], 1e-4);
    expect(member.forecast(wave, [80], 4, [24])).toBeNull();
    expect(member.forecast(wave, [90], 4, [24])).not.toBeNull();
  });
});

describe('linear equations', () => {
  test('are solved', () => {
    // [4 2; 2 3] x = [10, 9] has x = [1.5, 2].
    const solved = solvePositiveDefinite(Float64Array.of(4, 0, 2, 3), Float64Array.of(10, 9));
    expect([...(solved ?? [])].map((value) => value.toFixed(9))).toEqual(['1.500000000', '2.000000000']);
  });

  test('have no solution where the matrix is not positive definite', () => {
    expect(solvePositiveDefinite(Float64Array.of(1, 0, 2, 1), Float64Array.of(1, 1))).toBeNull();
  });
});
