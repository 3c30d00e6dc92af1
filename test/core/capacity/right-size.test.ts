import { describe, expect, test } from 'vitest';
import { rightSize } from '../../../lib/core/capacity/right-size.ts';
import { useReadings } from '../../../lib/core/capacity/use-readings.ts';
import { emptyFigures } from '../../../lib/core/kpi/figures.ts';

/** 0.01, 0.02 ... 10 cores. */
const readings = Array.from({ length: 1_000 }, (_, i) => (i + 1) / 100);

describe('the size of an agent', () => {
  test('is its 95 % quantile of CPU and 15 % more, told in words', () => {
    expect(rightSize('cpu', { readings }, { allocated: 16, hours: 48, unit: 'cores' })).toEqual({
      ...{ status: 'shrink', resource: 'cpu', allocated: 16, peak: 9.5, recommended: expect.closeTo(10.925, 6) },
      saving: expect.closeTo(0.3172, 4),
      words:
        '95 % of 1000 readings of 48 h were at 9.5 cores or below, of 16 cores that it has: 10.9 cores, 15 % above that, would be enough and 32 % less.',
    });
  });

  test.each([
    { allocated: 12, expected: 'fits' },
    { allocated: 13.5, expected: 'fits' },
    { allocated: 13.7, expected: 'shrink' },
    { allocated: 10.3, expected: 'fits' },
    { allocated: 10, expected: 'grow' },
  ])('of a peak of 9.5 cores, $allocated $expected', ({ allocated, expected }) => {
    expect(rightSize('cpu', { readings }, { allocated, hours: 48 }).status).toBe(expected);
  });

  test('takes nearly every peak of memory, and leaves a fifth above it', () => {
    expect(rightSize('memory', { readings }, { allocated: 10, hours: 48 })).toMatchObject({
      ...{ status: 'grow', peak: 9.9, recommended: expect.closeTo(11.88, 6) },
    });
  });

  test('is whole slots, one at least', () => {
    const idle = { count: 5_000, quantileOf: () => 0.2 };
    expect(rightSize('slots', idle, { allocated: 4, hours: 100 })).toMatchObject({ status: 'shrink', recommended: 1 });
  });

  test('is not below what it must have', () => {
    expect(rightSize('cpu', { readings }, { allocated: 16, hours: 48, least: 14 })).toMatchObject({ status: 'fits' });
  });

  test.each([
    { name: 'readings of less than a day', count: 1_000, hours: 23 },
    { name: 'fewer than 500 readings', count: 499, hours: 48 },
  ])('is not known from $name', ({ count, hours }) => {
    expect(rightSize('cpu', { readings: readings.slice(0, count) }, { allocated: 16, hours })).toMatchObject({
      status: 'unknown',
      because: `${count} readings of ${hours} h are known; it takes 500 of 24 h, so that a busy hour is among them`,
    });
  });

  test('of nothing is refused', () => {
    expect(() => rightSize('cpu', { readings }, { allocated: 0, hours: 48 })).toThrow(RangeError);
  });
});

test('readings are what minutes of history say of an agent, where they do', () => {
  const minute = (presence: object, use: object = {}) => {
    const figures = emptyFigures();
    Object.assign(figures.presence.counters, presence);
    Object.assign(figures.use, use);
    return figures;
  };
  const minutes = [
    minute({ cpuCount: 2, cpuPpm: 500_000, memoryCount: 2, memoryPpm: 800_000 }),
    minute({ memoryBytesCount: 4, memoryBytes: 8_000, memoryCount: 4, memoryPpm: 4 }),
    minute({}, { capacitySlotUs: 240e6, busySlotUs: 90e6 }),
  ];
  expect(useReadings(minutes, 'cpu')).toEqual([0.25]);
  expect(
    useReadings(
      [minutes[0], minutes[2]].flatMap((it) => it ?? []),
      'memory',
    ),
  ).toEqual([0.4]);
  expect(useReadings(minutes.slice(1), 'memory')).toEqual([2_000]);
  expect(useReadings(minutes, 'slots')).toEqual([1.5]);
});
