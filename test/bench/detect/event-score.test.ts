import { describe, expect, test } from 'vitest';
import {
  countEvents,
  countFalseAlarms,
  type EventSeries,
  eventCurve,
  eventF1,
  recallAtOneFalseAWeek,
  seriesWeeks,
} from '../../../bench/detect/event-score.ts';

/** Hourly points with alarms of strength 1 at some places. */
function hours(length: number, events: EventSeries['events'], places: readonly number[]): EventSeries {
  const strengths = new Float64Array(length);
  for (const place of places) strengths[place] = 1;
  return { t: Array.from({ length }, (_, i) => 1_700_000_000 + 3_600 * i), strengths, events };
}

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('an event', () => {
  test.each([
    { name: 'is found at its first point', places: [10], found: 1, delays: [0] },
    { name: 'is found at its last', places: [14], found: 1, delays: [4] },
    { name: 'is found two points late', places: [16], found: 1, delays: [6] },
    { name: 'is not found three points late', places: [17], found: 0, delays: [] },
    { name: 'is not found a point early', places: [9], found: 0, delays: [] },
    { name: 'counts once, from its first alarm', places: [11, 12, 15], found: 1, delays: [1] },
  ])('$name', ({ places, found, delays }) => {
    const counts = countEvents([hours(40, [[10, 14]], places)], 1);
    expect(counts).toMatchObject({ events: 1, found, delays });
  });

  test('does not take the alarm of one that begins right behind it', () => {
    expect(
      countEvents(
        [
          hours(
            40,
            [
              [10, 14],
              [16, 20],
            ],
            [16],
          ),
        ],
        1,
      ),
    ).toMatchObject({ events: 2, found: 1, delays: [0] });
  });
});

describe('false alarms', () => {
  test.each([
    { name: 'one point is one', places: [20], expected: 1 },
    { name: 'a run of 12 is one', places: range(20, 31), expected: 1 },
    { name: 'a run of 13 is two', places: range(20, 32), expected: 2 },
    { name: 'two runs are two', places: [20, 22], expected: 2 },
    { name: 'an event and the two points behind it have none', places: range(10, 16), expected: 0 },
    { name: 'one that goes on behind an event is one', places: range(10, 17), expected: 1 },
    {
      name: 'one that is always on costs one for each 12 points begun on either side',
      places: range(0, 39),
      expected: 3,
    },
  ])('$name', ({ places, expected }) => {
    // Always on: points 0..9 are 10, points 17..39 are 23.
    expect(countFalseAlarms(hours(40, [[10, 14]], places).strengths, [[10, 14]], 1)).toBe(expected);
  });
});

test('F1 by hand: two of three events and one false alarm are 2 · 2 ÷ (3 + 2 + 1)', () => {
  expect(eventF1({ threshold: 1, events: 3, found: 2, falseAlarms: 1, delays: [] })).toBeCloseTo(2 / 3, 12);
  expect(eventF1({ threshold: 1, events: 3, found: 0, falseAlarms: 0, delays: [] })).toBe(0);
});

test('recall is taken at the laxest threshold with one false alarm a series and week', () => {
  // Two series of a week each: two false alarms may be. Events are found at strengths 0.9 and 0.4; false alarms are at 0.8, 0.5 and 0.3.
  const one = hours(169, [[50, 52]], []);
  const other = hours(169, [[60, 62]], []);
  const set = (series: EventSeries, at: number, strength: number) => {
    (series.strengths as Float64Array)[at] = strength;
  };
  for (const [at, strength] of [
    [51, 0.9],
    [100, 0.8],
    [120, 0.3],
  ] as const)
    set(one, at, strength);
  for (const [at, strength] of [
    [60, 0.4],
    [90, 0.5],
  ] as const)
    set(other, at, strength);
  const corpus = [one, other];
  expect(seriesWeeks(corpus)).toBe(2);
  const curve = eventCurve(corpus);
  expect(curve.map(({ threshold }) => threshold)).toEqual([0.9, 0.8, 0.5, 0.4, 0.3]);
  expect(recallAtOneFalseAWeek(curve, 2)).toBe(1);
  expect(recallAtOneFalseAWeek(curve, 1)).toBe(0.5);
  expect(recallAtOneFalseAWeek([], 1)).toBe(0);
});
