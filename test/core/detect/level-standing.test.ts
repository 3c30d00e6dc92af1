import { describe, expect, test } from 'vitest';
import { type LevelCondition, standingOf } from '../../../lib/core/detect/level-standing.ts';
import type { RecentMinute, SeriesReading } from '../../../lib/core/detect/watch.ts';

const condition: LevelCondition = {
  ...{ timesLevel: 1.3, leastChange: 0, deviation: 4, breachingMinutes: 3, ofMinutes: 5, leastN: 20 },
  ...{ extremeTimes: 3, extremeP: 1e-6 },
};
const up = { harmful: 'up', series: 1, strictness: 1 } as const;

/** A reading at a level of 100, after minutes of which each is [value, deviation]. */
function readingOf(minutes: [number, number][], given: Partial<SeriesReading> = {}): SeriesReading {
  const last = 1_000 + minutes.length;
  const recent = minutes.map(
    ([value, deviation], i): RecentMinute => ({ minute: last - minutes.length + 1 + i, value, deviation, n: 10 }),
  );
  const [value, deviation] = minutes.at(-1) ?? [0, 0];
  return {
    ...{ kind: 'service_ms', scope: { kind: 'pool', id: 'p' }, minute: last, value, deviation, recent },
    ...{ n: 10, judged: { value, sampling: 1 }, expected: 100, weight: 60 },
    ...given,
  };
}

const far: [number, number] = [150, 6];
const normal: [number, number] = [105, 0.5];
const between: [number, number] = [120, 2];

describe('a reading stands against its level as', () => {
  test.each([
    { name: 'breach when three of five minutes are far', minutes: [normal, far, far, normal, far], verdict: 'breach' },
    { name: 'suspect when only two are', minutes: [normal, normal, far, normal, far], verdict: 'suspect' },
    {
      name: 'suspect when the third is more than five minutes ago',
      minutes: [far, normal, normal, normal, far, far],
      verdict: 'suspect',
    },
    {
      name: 'clear when it is normal now, whatever was before',
      minutes: [far, far, far, far, normal],
      verdict: 'clear',
    },
    { name: 'unknown when it is between normal and far', minutes: [far, far, far, far, between], verdict: 'unknown' },
    {
      name: 'unknown when it is far but within its spread',
      minutes: [normal, normal, normal, [150, 3.9]],
      verdict: 'unknown',
    },
    // Together 3 · 2.9 ÷ √3 = 5.02, one more than the four that are needed of each.
    {
      name: 'breach when minutes are far that only together are beyond chance',
      minutes: [
        [150, 2.9],
        [150, 2.9],
        [150, 2.9],
      ],
      verdict: 'breach',
    },
    {
      name: 'unknown when they are within chance even so',
      minutes: [
        [150, 2.8],
        [150, 2.8],
        [150, 2.8],
      ],
      verdict: 'unknown',
    },
    {
      name: 'unknown when it takes three of them, and two are far',
      minutes: [normal, [150, 3.9], [150, 3.9]],
      verdict: 'unknown',
    },
    { name: 'breach when one minute is extreme', minutes: [normal, normal, [310, 4.8]], verdict: 'breach' },
    { name: 'suspect when chance explains the extreme', minutes: [normal, normal, [310, 4.7]], verdict: 'suspect' },
    { name: 'suspect when it is improbable but not extreme', minutes: [normal, normal, [290, 12]], verdict: 'suspect' },
    { name: 'unknown with too few tasks', minutes: [[310, 12]], verdict: 'unknown' },
  ] as { name: string; minutes: [number, number][]; verdict: string }[])('$name', ({ minutes, verdict }) => {
    expect(standingOf(readingOf(minutes), condition, up).verdict).toBe(verdict);
  });

  test('unknown while its level is not known', () => {
    expect(standingOf(readingOf([far, far, far], { expected: null }), condition, up).verdict).toBe('unknown');
  });
});

test('it began with the first minute of the run that leads to now', () => {
  const { since, verdict } = standingOf(readingOf([far, normal, between, far, far]), condition, up);
  expect({ since, verdict }).toEqual({ since: 1_003, verdict: 'breach' });
});

test('a minute that the series has no value in ends the run', () => {
  const reading = readingOf([far, far, far, far, far]);
  const recent = reading.recent.filter(({ minute }) => minute !== 1_003);
  expect(standingOf({ ...reading, recent }, condition, up).since).toBe(1_004);
});

test('of many series one has to deviate by more', () => {
  const reading = readingOf([normal, far, far, [120, -5], [150, 5]]);
  expect(standingOf(reading, condition, up).verdict).toBe('breach');
  // 5.27 are needed: see false-alarm-budget.test.ts.
  expect(standingOf(reading, condition, { ...up, series: 1_000 }).verdict).toBe('unknown');
});

test('feedback makes the distance longer or shorter', () => {
  const reading = readingOf([far, far, far]);
  expect(standingOf(reading, condition, { ...up, strictness: 1.6 }).verdict).toBe('breach');
  expect(standingOf(reading, condition, { ...up, strictness: 1.7 }).verdict).toBe('unknown');
  expect(
    standingOf(
      readingOf([
        [127, 6],
        [127, 6],
        [127, 6],
      ]),
      condition,
      { ...up, strictness: 0.85 },
    ).verdict,
  ).toBe('breach');
});

test('what falls is judged the other way round', () => {
  const fall: LevelCondition = { ...condition, timesLevel: 0.5, leastChange: 60, extremeTimes: 0, extremeP: 0 };
  const down = { ...up, harmful: 'down' } as const;
  const low = (value: number): [number, number][] => [
    [value, -6],
    [value, -6],
    [value, -6],
  ];
  expect(standingOf(readingOf(low(40)), fall, down).verdict).toBe('breach');
  // Below half, but not by 60.
  expect(standingOf(readingOf(low(45)), fall, down).verdict).toBe('unknown');
  expect(standingOf(readingOf(low(40)), fall, up).verdict).toBe('clear');
});

test('where no distance counts, the spread alone tells', () => {
  const spread: LevelCondition = { ...condition, timesLevel: 1, deviation: 6, extremeP: 0 };
  const at = (deviation: number): [number, number][] => [
    [101, deviation],
    [101, deviation],
    [101, deviation],
  ];
  expect(standingOf(readingOf(at(6)), spread, up).verdict).toBe('breach');
  expect(standingOf(readingOf(at(4)), spread, up).verdict).toBe('unknown');
  expect(standingOf(readingOf(at(2.9)), spread, up).verdict).toBe('clear');
});

test('volumes follow each other too closely to be taken together', () => {
  const minutes: [number, number][] = [
    [150, 3],
    [150, 3],
    [150, 3],
  ];
  expect(standingOf(readingOf(minutes, { kind: 'service_ms' }), condition, up).verdict).toBe('breach');
  expect(standingOf(readingOf(minutes, { kind: 'throughput' }), condition, up).verdict).toBe('unknown');
  expect(standingOf(readingOf(minutes, { kind: 'queued' }), condition, up).verdict).toBe('unknown');
});
