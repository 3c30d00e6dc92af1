import { describe, expect, test } from 'vitest';
import { shareTrend } from '../../../lib/core/detect/share-trend.ts';
import { createRandom } from '../../../lib/sim/random.ts';

const trendOf = (permille: (number | null)[]) => shareTrend({ slot: 0, permille });

describe('a line that memory follows', () => {
  test('is found as it is where nothing disturbs it', () => {
    // 0.3 to 0.7 in 50 minutes; a line is found exactly.
    expect(trendOf(Array.from({ length: 11 }, (_, i) => 300 + 40 * i))).toMatchObject({
      level: expect.closeTo(0.7, 9),
      slope: expect.closeTo(0.008, 9),
    });
    // Scatter 0.01, 2 for readings that are alike, t(0.9999, 7) 7.06, squares of the times around their mean 1500.
    const nine = trendOf([...Array.from({ length: 9 }, (_, i) => 300 + 40 * i)]);
    expect(nine).toMatchObject({
      n: 9,
      back: 8,
      leastSlope: expect.closeTo(0.008 - (2 * 7.06 * 0.01) / Math.sqrt(1_500), 6),
    });
  });

  test('survives two readings that are far off', () => {
    const readings = Array.from({ length: 13 }, (_, i) => 300 + 40 * i);
    readings[4] = 520;
    readings[9] = 600;
    expect(trendOf(readings)?.slope).toBeCloseTo(0.008, 3);
  });

  test('begins anew after a level stretch', () => {
    const trend = trendOf([
      ...Array.from({ length: 12 }, () => 300),
      ...Array.from({ length: 8 }, (_, i) => 350 + 50 * i),
    ]);
    expect(trend).toMatchObject({ back: expect.toSatisfy((back: number) => back <= 9) });
    expect(trend?.level).toBeCloseTo(0.7, 1);
  });
});

describe('no leak is', () => {
  test('a saw-tooth, wherever it is in its tooth', () => {
    const teeth = Array.from({ length: 60 }, (_, i) => 300 + 80 * (i % 7));
    for (let end = 14; end <= 60; end++)
      expect({ end, trend: trendOf(teeth.slice(Math.max(0, end - 24), end)) }).toMatchObject({ trend: null });
  });

  test('what has levelled off', () => {
    expect(
      trendOf([...Array.from({ length: 12 }, (_, i) => 300 + 45 * i), ...Array.from({ length: 8 }, () => 850)]),
    ).toBeNull();
  });

  test('what fewer than five readings tell', () => {
    expect(trendOf([300, 400, 500, 600])).toBeNull();
    expect(trendOf([300, 400, 500, 600, null, null, null, 300, 400, 500])).toBeNull();
  });
});

test('an agent that comes back from its limit and grows again leaks still', () => {
  const grows = Array.from({ length: 9 }, (_, i) => 300 + 80 * i);
  expect(trendOf([...grows, ...grows])?.slope).toBeCloseTo(0.016, 6);
  // From 0.86 it came back by itself.
  const collected = grows.slice(0, 8);
  expect(trendOf([...collected, ...collected])).toBeNull();
});

test('memory that varies with the load of an agent for 2,000 hours predicts hardly anything', () => {
  const random = createRandom(7, 'memory');
  let rising = 0;
  for (let agent = 0; agent < 100; agent++) {
    let held = 0;
    const readings: number[] = [];
    for (let i = 0; i < 20 * 12; i++) {
      held = 0.7 * held + random.normal(0, 25);
      readings.push(Math.round(700 + held));
      const trend = trendOf(readings.slice(-24));
      if (trend && (0.95 - trend.level) / trend.slope < 60) rising += 1;
    }
  }
  expect(rising).toBeLessThanOrEqual(1);
});
