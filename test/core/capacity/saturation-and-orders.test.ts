import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BUFFER_MS, leadTimeMs, leadTimeOf, ordersFor } from '../../../lib/core/capacity/order-agents.ts';
import { timeToSaturation } from '../../../lib/core/capacity/time-to-saturation.ts';

const HOUR_MS = 3_600_000;
const rising = [10, 12, 14, 16, 18, 20];
const forecast = {
  ...{ startMs: 0, stepMs: HOUR_MS, mean: rising },
  quantiles: new Map([
    [0.1, rising.map((it) => it - 3)],
    [0.5, rising],
    [0.9, rising.map((it) => it + 3)],
  ]),
};

describe('time to saturation', () => {
  test('is where the line through the middles of the steps reaches the capacity, with the tenths before and after', () => {
    // 10 at 0.5 h, 2 more each hour: 15 at 3 h; the upper tenth is there 1.5 h earlier, the lower one 1.5 h later.
    expect(timeToSaturation(forecast, 15)).toEqual({
      ...{ atMs: 3 * HOUR_MS, earliestMs: 1.5 * HOUR_MS, latestMs: 4.5 * HOUR_MS, reason: null },
      chance: expect.closeTo(0.984, 3),
    });
  });

  test('is null with a reason where the median stays below, though the upper tenth may not', () => {
    expect(timeToSaturation(forecast, 21)).toMatchObject({
      ...{ atMs: null, earliestMs: 4.5 * HOUR_MS, latestMs: null, chance: expect.closeTo(0.335, 3) },
      reason: '20 a minute at most are expected until 1970-01-01T06:00:00.000Z (6 h), and 21 fit',
    });
    expect(timeToSaturation(forecast, 40)).toMatchObject({ atMs: null, earliestMs: null, latestMs: null });
  });

  test('is the beginning where it is full already', () => {
    expect(timeToSaturation(forecast, 5)).toMatchObject({ atMs: 0, earliestMs: 0, latestMs: 0 });
  });

  test('more capacity never saturates sooner, and the tenths are around the median', () => {
    const values = fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(values, fc.double({ min: 1, max: 120, noNaN: true }), (mean, capacity) => {
        const of = {
          ...forecast,
          mean,
          quantiles: new Map([
            [0.1, mean.map((it) => it * 0.8)],
            [0.9, mean.map((it) => it * 1.3)],
          ]),
        };
        const [now, more] = [timeToSaturation(of, capacity), timeToSaturation(of, capacity * 1.1)];
        const at = (ms: number | null) => ms ?? Number.POSITIVE_INFINITY;
        expect(at(more.atMs)).toBeGreaterThanOrEqual(at(now.atMs));
        expect(at(now.earliestMs)).toBeLessThanOrEqual(at(now.atMs));
        expect(at(now.latestMs)).toBeGreaterThanOrEqual(at(now.atMs));
        expect(more.chance).toBeLessThanOrEqual(now.chance + 1e-9);
        expect(now.reason === null).toBe(now.atMs !== null);
      }),
    );
  });
});

describe('orders of agents', () => {
  const lead = { medianMs: 90_000, sigma: 0.3 };

  test('95 % of log-normal lead times of 90 s, sigma 0.3, are below 147.4 s', () => {
    // 90 s × exp(0.3 × 1.6449)
    expect(leadTimeMs(lead, 0.95)).toBeCloseTo(147_413, -2);
  });

  test('are placed so early that agents are there five minutes before they are needed, and only for more', () => {
    const needed = [4, 6, 5, 6, 9].map((agents, i) => ({ at: i * HOUR_MS, agents }));
    const aheadMs = leadTimeMs(lead, 0.95) + BUFFER_MS;
    expect(ordersFor(needed, { agents: 5, lead, nowMs: 0 })).toEqual([
      { agents: 6, neededAtMs: HOUR_MS, orderByMs: HOUR_MS - aheadMs, isLate: false },
      { agents: 9, neededAtMs: 4 * HOUR_MS, orderByMs: 4 * HOUR_MS - aheadMs, isLate: false },
    ]);
    expect(ordersFor(needed, { agents: 3, lead, nowMs: 0 })[0]).toMatchObject({
      agents: 4,
      neededAtMs: 0,
      isLate: true,
    });
    expect(ordersFor(needed, { agents: 9, lead, nowMs: 0 })).toEqual([]);
  });

  test('take as long as those of the past did, where there were five', () => {
    expect(leadTimeOf([80_000, 90_000, 100_000, 90_000])).toBeNull();
    const known = leadTimeOf([60_000, 90_000, 135_000, 90_000, 90_000]);
    // The mean of the logarithms is that of 90 s; they are off by ±ln 1.5 twice: √(2 × 0.4055² ÷ 4).
    expect(known?.medianMs).toBeCloseTo(90_000, 0);
    expect(known?.sigma).toBeCloseTo(0.2867, 4);
  });

  test('a negative lead time is refused', () => {
    expect(() => leadTimeMs({ medianMs: -1, sigma: 0 }, 0.5)).toThrow(RangeError);
  });
});
