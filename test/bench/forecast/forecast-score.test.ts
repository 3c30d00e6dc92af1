import { describe, expect, test } from 'vitest';
import { averageScore, overallWeightedAverage, scoreForecast } from '../../../bench/forecast/forecast-score.ts';
import { naive2 } from '../../../bench/forecast/naive2.ts';

// By hand.
describe('scores of a forecast', () => {
  const past = [10, 20, 12, 22];
  const forecast = {
    mean: [14, 20],
    quantiles: [
      { level: 0.025, values: [10, 21] },
      { level: 0.1, values: [13, 22] },
      { level: 0.5, values: [14, 20] },
      { level: 0.9, values: [15, 30] },
      { level: 0.975, values: [18, 40] },
    ],
  };
  const score = scoreForecast(forecast, [12, 20], past, 2);

  test('are errors over those of a season ago, which were 2 each', () => {
    expect(score?.mase).toBeCloseTo((2 / 2 + 0) / 2, 9);
    expect(score?.smape).toBeCloseTo((200 * 2) / 26 / 2, 9);
  });

  test('count what lies within the intervals, and what lies outside 40 times', () => {
    expect(score).toMatchObject({ coverage95: 0.5, coverage80: 0 });
    expect(score?.msis).toBeCloseTo((8 / 2 + (19 + 40 * 1) / 2) / 2, 9);
  });

  test('charge each decile for its side', () => {
    const at = (value: number, quantile: number, level: number) =>
      2 * Math.max(level * (value - quantile), (level - 1) * (value - quantile));
    const first = at(12, 13, 0.1) + at(12, 14, 0.5) + at(12, 15, 0.9);
    const second = at(20, 22, 0.1) + at(20, 20, 0.5) + at(20, 30, 0.9);
    expect(score?.pinball).toBeCloseTo((first / 3 / 2 + second / 3 / 2) / 2, 9);
  });

  test('do not exist where the past never changes', () => {
    expect(scoreForecast(forecast, [12, 20], [3, 3, 3], 1)).toBeNull();
  });

  test('over those of Naive2 are 1 for Naive2 itself', () => {
    const mean = averageScore(score ? [score, score] : []);
    expect(mean).toEqual(score);
    expect(overallWeightedAverage(mean, mean)).toBe(1);
  });
});

describe('Naive2', () => {
  test('is as now where there is no season', () => {
    expect(naive2([5, 1, 4, 2, 3, 9, 7], 3, 2)).toEqual([7, 7]);
  });

  test('puts the last value on its season', () => {
    const values = Array.from({ length: 40 }, (_, i) => [10, 20, 30, 40][i % 4] ?? 0);
    expect(naive2(values, 4, 5).map((value) => value.toFixed(6))).toEqual(
      [10, 20, 30, 40, 10].map((v) => v.toFixed(6)),
    );
  });

  test('adds the season where there are zeros', () => {
    const values = Array.from({ length: 40 }, (_, i) => [0, 20, 30, 40][i % 4] ?? 0);
    expect(naive2(values, 4, 4).map((value) => value.toFixed(6))).toEqual([0, 20, 30, 40].map((v) => v.toFixed(6)));
  });
});
