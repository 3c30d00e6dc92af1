import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sharedQueue, type WaitingMinute } from '../../../lib/core/remediate/shared-queue.ts';

const MINUTE_US = 6e7;
const SLOTS = 80;

const minuteOf = (minute: number, waitMin: number, serviceMin: number, told: number | null = 0): WaitingMinute => ({
  ...{ minute, told, serviceCount: 100, serviceUs: 100 * serviceMin * MINUTE_US },
  ...{ waitCount: 100, waitUs: 100 * waitMin * MINUTE_US },
});

describe('a queue that agents share', () => {
  test('holds what came and was not done, by the waits of the tasks that end', () => {
    const law = fc.property(
      fc.record({
        serviceMin: fc.double({ min: 0.02, max: 2, noNaN: true }),
        /** What comes by what is done. */
        pressure: fc.double({ min: 1.01, max: 6, noNaN: true }),
        busySlots: fc.integer({ min: 1, max: 1_000 }),
        sinceMin: fc.integer({ min: 4, max: 60 }),
      }),
      ({ serviceMin, pressure, busySlots, sinceMin }) => {
        const donePerMin = busySlots / serviceMin;
        const comesPerMin = donePerMin * pressure;
        const waitAt = (minutes: number) => minutes * (1 - 1 / pressure);
        const endedAround = (minute: number) => minuteOf(minute, waitAt(minute + 0.5 - serviceMin), serviceMin);
        const queue = sharedQueue([endedAround(sinceMin - 1), endedAround(sinceMin - 2)], { slots: 1e6, busySlots });
        expect((queue?.queued ?? 0) / ((comesPerMin - donePerMin) * sinceMin)).toBeCloseTo(1, 6);
        expect((queue?.growthPerMin ?? 0) / (comesPerMin - donePerMin)).toBeCloseTo(1, 6);
      },
    );
    fc.assert(law);
  });

  test('shrinks as waits do, and holds nothing below zero', () => {
    const queue = sharedQueue([minuteOf(11, 0.1, 0.2), minuteOf(10, 0.6, 0.2)], { slots: SLOTS, busySlots: SLOTS });
    expect(queue?.queued).toBe(0);
    expect(queue?.growthPerMin).toBeLessThan(0);
  });

  test('is taken to stand still where few tasks tell of it', () => {
    const few = (minute: number, waitMin: number) => ({
      ...minuteOf(minute, waitMin, 0.2),
      waitCount: 2,
      waitUs: 2 * waitMin * MINUTE_US,
    });
    const queue = sharedQueue([few(11, 3), few(10, 0)], { slots: SLOTS, busySlots: 1 });
    expect(queue?.growthPerMin).toBe(0);
    expect(queue?.queued).toBeCloseTo(3 / 0.2, 6);
  });

  test('is looked for across minutes of which nothing is known', () => {
    const queue = sharedQueue([minuteOf(12, 0.6, 0.2), minuteOf(10, 0.2, 0.2)], { slots: SLOTS, busySlots: SLOTS });
    expect(queue?.growthPerMin).toBeCloseTo((0.2 * SLOTS) / 0.2 / 0.8, 6);
  });

  test.each([
    {
      of: 'whose agents tell of queues of their own',
      minutes: [minuteOf(11, 0.5, 0.2, 40), minuteOf(10, 0.3, 0.2, 0)],
    },
    {
      of: 'whose agents told of them a minute before',
      minutes: [minuteOf(11, 0.5, 0.2, 0), minuteOf(10, 0.3, 0.2, 40)],
    },
    { of: 'whose tasks never wait', minutes: [minuteOf(11, 0, 0.2), minuteOf(10, 0, 0.2)] },
    {
      of: 'whose tasks do not tell when they were queued',
      minutes: [{ ...minuteOf(11, 0, 0), waitCount: 0, serviceCount: 0 }],
    },
  ])('is not there in a pool $of', ({ minutes }) => {
    expect(sharedQueue(minutes, { slots: SLOTS, busySlots: SLOTS })).toBeNull();
  });
});
