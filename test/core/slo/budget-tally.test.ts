import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BudgetTally,
  countMinute,
  countsOfLast,
  emptyTally,
  lookBack,
  storedTally,
  TALLY_MINUTES,
  tallyCells,
  tallyFromStored,
} from '../../../lib/core/slo/budget-tally.ts';

const DAY = 1_440;
const START = 29_000_000;
const periods = fc.constantFrom(60, DAY, 7 * DAY, 30 * DAY, 90 * DAY);

/** Minutes in any order within reach of the newest, gaps among them, and some said twice. */
const saidMinutes = fc.array(
  fc.record({
    step: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: -300, max: 5 }) }, fc.integer({ min: 6, max: 3_000 })),
    bad: fc.nat(20),
    good: fc.nat(200),
  }),
  { maxLength: 120 },
);

/** The same by a map of all minutes. */
class EveryMinute {
  readonly counts = new Map<number, { bad: number; total: number }>();

  between(from: number, through: number) {
    const sum = { bad: 0, total: 0 };
    for (const [minute, { bad, total }] of this.counts) {
      if (minute < from || minute > through) continue;
      sum.bad += bad;
      sum.total += total;
    }
    return sum;
  }
}

function say(tally: BudgetTally, minutes: readonly { step: number; bad: number; good: number }[]): EveryMinute {
  const every = new EveryMinute();
  for (const { step, bad, good } of minutes) {
    const minute = (tally.newest ?? START) + step;
    const counts = { bad, total: bad + good };
    expect(countMinute(tally, minute, counts)).toBe(true);
    every.counts.set(minute, counts);
  }
  return every;
}

describe('a window of a tally', () => {
  test('of up to six hours is exact, whatever came late or was said anew', () => {
    fc.assert(
      fc.property(periods, saidMinutes, fc.nat(100), fc.integer({ min: 1, max: 260 }), (period, said, ago, minutes) => {
        const tally = emptyTally(period);
        const every = say(tally, said);
        const through = (tally.newest ?? START) - ago;
        expect(countsOfLast(tally, minutes, through)).toEqual({
          ...every.between(through - minutes + 1, through),
          minutes,
        });
      }),
    );
  });

  test('that is longer is exact for the minutes that it says it has, and these are within half a slot', () => {
    fc.assert(
      fc.property(saidMinutes, fc.nat(60), fc.integer({ min: 421, max: 3 * DAY }), (said, ago, minutes) => {
        const tally = emptyTally(30 * DAY);
        const every = say(tally, said);
        fc.pre(tally.newest !== null);
        const through = (tally.newest as number) - ago;
        const told = countsOfLast(tally, minutes, through);
        expect({ bad: told.bad, total: told.total }).toEqual(every.between(through - told.minutes + 1, through));
        expect(Math.abs(told.minutes - minutes)).toBeLessThanOrEqual(15);
      }),
    );
  });

  test('of the whole period is within half of a thirtieth', () => {
    const tally = emptyTally(30 * DAY);
    for (let at = 0; at < 40 * DAY; at++) countMinute(tally, START + at, { bad: 1, total: 10 });
    const told = countsOfLast(tally, 30 * DAY, START + 40 * DAY - 1);
    expect(told).toEqual({ bad: told.minutes, total: 10 * told.minutes, minutes: told.minutes });
    expect(Math.abs(told.minutes - 30 * DAY)).toBeLessThanOrEqual(DAY / 2);
  });
});

test('the shortest window with so many bad events is found among the minutes', () => {
  const tally = emptyTally(30 * DAY);
  for (let at = 0; at < 400; at++) countMinute(tally, START + at, { bad: at % 2, total: 2 });
  const look = lookBack(tally, START + 399);
  // Every second minute has one, the newest among them.
  expect(look.holding(1, 'bad')).toBe(1);
  expect(look.holding(10, 'bad')).toBe(19);
  expect(look.holding(10, 'total')).toBe(5);
  expect(look.holding(180, 'bad')).toBe(359);
  expect(look.holding(181, 'bad')).toBeNull();
});

test('a minute that is no longer known by itself is refused, and changes nothing', () => {
  const tally = emptyTally(30 * DAY);
  countMinute(tally, START, { bad: 1, total: 1 });
  countMinute(tally, START + TALLY_MINUTES, { bad: 0, total: 5 });
  const before = storedTally(tally);
  expect(countMinute(tally, START, { bad: 7, total: 7 })).toBe(false);
  expect(storedTally(tally)).toEqual(before);
  expect(countMinute(tally, START + 1, { bad: 7, total: 7 })).toBe(true);
});

test.each([
  { bad: -1, total: 1 },
  { bad: 0.5, total: 1 },
  { bad: 0, total: Number.NaN },
])('counts of $bad bad of $total are refused', (counts) => {
  expect(() => countMinute(emptyTally(60), START, counts)).toThrow(RangeError);
});

test('cells are in a row without gaps and have everything of the longest window, once', () => {
  fc.assert(
    fc.property(periods, saidMinutes, (period, said) => {
      const tally = emptyTally(period);
      const every = say(tally, said);
      fc.pre(tally.newest !== null);
      const cells = tallyCells(tally, tally.newest as number);
      for (const [index, { from, to, bad, total }] of cells.entries()) {
        expect({ bad, total }).toEqual(every.between(from, to - 1));
        if (index > 0) expect(from).toBe(cells[index - 1]?.to);
      }
      expect(cells.at(-1)?.to).toBe((tally.newest as number) + 1);
    }),
  );
});

describe('a stored tally', () => {
  test('is the same when it is read back from JSON, and goes on alike', () => {
    fc.assert(
      fc.property(periods, saidMinutes, saidMinutes, (period, said, more) => {
        const tally = emptyTally(period);
        say(tally, said);
        const read = tallyFromStored(JSON.parse(JSON.stringify(storedTally(tally))));
        expect(read).toEqual(tally);
        say(tally, more);
        say(read, more);
        expect(read).toEqual(tally);
      }),
    );
  });

  test.each([
    { name: '20,000 tasks a minute, half of them bad, for 90 days', period: 90 * DAY, bad: 10_000, total: 20_000 },
    { name: '30,000 tasks a minute for 30 days', period: 30 * DAY, bad: 1_000, total: 30_000 },
    { name: 'a dollar a minute on 200 tasks for 30 days', period: 30 * DAY, bad: 1_000_000, total: 200 },
  ])('of $name has at most 4 KB', ({ period, bad, total }) => {
    const tally = emptyTally(period);
    for (let at = 0; at < period; at++) countMinute(tally, START + at, { bad, total });
    expect(JSON.stringify(storedTally(tally)).length).toBeLessThanOrEqual(4_096);
  });

  test.each([
    { name: 'a ring is missing', change: (rings: string[]) => rings.slice(1) },
    { name: 'a ring is cut short', change: (rings: string[]) => rings.map((ring) => ring.slice(2)) },
    { name: 'it ends within a count', change: (rings: string[]) => rings.map((ring) => `${ring}g`) },
    { name: 'it has a strange character', change: (rings: string[]) => rings.map((ring) => `!${ring}`) },
  ])('is refused where $name', ({ change }) => {
    const stored = storedTally(emptyTally(30 * DAY));
    expect(() => tallyFromStored({ ...stored, rings: change(stored.rings) })).toThrow(RangeError);
  });
});
