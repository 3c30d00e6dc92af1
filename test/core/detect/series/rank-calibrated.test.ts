import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reading } from '../../../../lib/core/detect/series/detector.ts';
import { RankCalibrated } from '../../../../lib/core/detect/series/rank-calibrated.ts';
import { createRandom } from '../../../../lib/sim/random.ts';

const STEP_MS = 300_000;
const HOUR = 12;
const DAY = 24 * HOUR;

interface Point {
  atMs: number;
  value: number;
}

function everyFiveMinutes(count: number, valueAt: (i: number) => number): Point[] {
  return Array.from({ length: count }, (_, i) => ({ atMs: i * STEP_MS, value: valueAt(i) }));
}

function read(detector: RankCalibrated, points: readonly Point[]): Reading[] {
  return points.map(({ atMs, value }) => detector.observe(atMs, value));
}

const readingsOf = (points: readonly Point[]) => read(new RankCalibrated(), points);

const alarmsIn = (readings: readonly Reading[], least = 0.5) =>
  readings.flatMap(({ alarm }, i) => (alarm >= least ? [i] : []));

/** −1..1 without a pattern, and the same each time. */
const noise = (i: number) => Math.sin(i ** 2);
/** Busy by day, quiet by night. */
const daily = (i: number) => 100 - 40 * Math.cos((2 * Math.PI * i) / DAY) + 5 * noise(i);

test('a level that doubles on day 10 alarms at once, upwards, and its onset is within two points of where it began', () => {
  const at = 10 * DAY + 100;
  const readings = readingsOf(everyFiveMinutes(at + DAY, (i) => (50 + noise(i)) * (i < at ? 1 : 2)));
  expect(alarmsIn(readings.slice(0, at))).toEqual([]);
  expect(alarmsIn(readings)[0]).toBe(at);
  expect(readings[at]?.direction).toBe('up');
  expect(Math.abs(readings[at]!.onsetMs! / STEP_MS - at)).toBeLessThanOrEqual(2);
  expect(readings[at - 1]).toMatchObject({ view: null, onsetMs: null, direction: null });
});

test('the score stays high through a shift and comes down as the new level becomes the usual one', () => {
  const at = 10 * DAY;
  const scores = readingsOf(everyFiveMinutes(at + 20 * DAY, (i) => (50 + noise(i)) * (i < at ? 1 : 2))).map(
    (it) => it.score,
  );
  const usual = Math.max(...scores.slice(at - DAY, at));
  expect(Math.min(...scores.slice(at, at + 6 * HOUR))).toBeGreaterThan(usual);
  expect(Math.max(...scores.slice(-DAY))).toBeLessThan(0.5);
});

test('the busy hours of every day alarm nobody; the same load at night does, by its hour', () => {
  const night = 14 * DAY + HOUR;
  const readings = readingsOf(everyFiveMinutes(night + 3 * HOUR, (i) => (i < night ? daily(i) : 130 + 5 * noise(i))));
  expect(alarmsIn(readings.slice(7 * DAY, night))).toEqual([]);
  expect(alarmsIn(readings)[0]).toBeGreaterThanOrEqual(night);
  expect(readings[night]).toMatchObject({ direction: 'up' });
  expect(readings[night]?.expected).toBeLessThan(75);
  expect(readings[night]?.high).toBeLessThan(130);
});

test('a quiet day that should have been busy is found, and told as downwards', () => {
  const noon = 14 * DAY + 12 * HOUR;
  const readings = readingsOf(everyFiveMinutes(noon + 6 * HOUR, (i) => (i < noon ? daily(i) : 60 + 5 * noise(i))));
  const [first] = alarmsIn(readings.slice(noon));
  expect(first).toBeLessThan(2 * HOUR);
  expect(readings[noon + first!]?.direction).toBe('down');
});

test('a slow climb to double within a day is found before it is there', () => {
  const at = 14 * DAY;
  const readings = readingsOf(
    everyFiveMinutes(at + DAY, (i) => (50 + 4 * noise(i)) * (1 + Math.max(0, Math.min(1, (i - at) / DAY)))),
  );
  expect(alarmsIn(readings.slice(at))[0]).toBeLessThan(12 * HOUR);
});

test('noise that triples around the same level is found within three hours', () => {
  const at = 14 * DAY;
  const readings = readingsOf(everyFiveMinutes(at + DAY, (i) => 50 + (i < at ? 1 : 3) * noise(i)));
  expect(alarmsIn(readings.slice(at))[0]).toBeLessThan(3 * HOUR);
});

test('a spike that comes every six hours is usual after a week, one of twice the size is not', () => {
  const spiky = (i: number) => 10 + noise(i) + (i % (6 * HOUR) === 0 ? 100 : 0);
  const at = 14 * DAY + 17;
  const readings = readingsOf(everyFiveMinutes(at + 1, (i) => (i === at ? 210 : spiky(i))));
  expect(alarmsIn(readings.slice(7 * DAY, at))).toEqual([]);
  expect(readings[at]?.alarm).toBeGreaterThan(0.7);
});

test('a spike that comes every six hours, and so is usual, is told below 0.5 each time', () => {
  const spiky = (i: number) => 10 + noise(i) + (i % (6 * HOUR) === 0 ? 100 : 0);
  const readings = readingsOf(everyFiveMinutes(14 * DAY, spiky));
  const told = readings.flatMap(({ alarm }, i) => (i >= 7 * DAY && alarm > 0 ? [{ i, alarm }] : []));
  expect(told.map(({ i }) => i)).toEqual(Array.from({ length: 28 }, (_, k) => 7 * DAY + k * 6 * HOUR));
  for (const { alarm } of told) expect(alarm > 0.4 && alarm < 1.5 / 3.5).toBe(true);
});

test('a surprise of less than two decades counts as one when the value is none that stands out', () => {
  // By hand: of a pause of 48 steps, where none was before, nothing but log10(48) less 0.02 is said, 1.66 decades.
  const resumed = (value: number) => {
    const points = everyFiveMinutes(7 * DAY + 1, (i) => (i < 7 * DAY ? 50 + noise(i) : value));
    return readingsOf(
      points.map(({ atMs, value }, i) => ({ atMs: atMs + (i < 7 * DAY ? 0 : 47 * STEP_MS), value })),
    ).at(-1);
  };
  expect(resumed(50)?.alarm).toBeCloseTo(1 / 3, 12);
  // The furthest value of the week, and by less than the 10 % from which on it would be a surprise of its own.
  expect(resumed(51.01)?.alarm).toBeCloseTo(1 / 3, 12);
  expect(resumed(52)?.alarm).toBeGreaterThan(1.66 / 3.66);
});

test('a weak surprise counts in full when its value stands out', () => {
  const at = 14 * DAY;
  const humps = (i: number) => 50 + (i % 48 < 4 ? 3 : noise(i));
  const resumedAt = (first: number) => {
    const points = everyFiveMinutes(first + 1, humps).filter((_, i) => i <= first - 48 || i === first);
    return readingsOf(points).at(-1)?.alarm;
  };
  // By hand: of a pause of 48 steps, to each of which it has added 5 %.
  const decades = Math.log10(48) - 0.05 * Math.LOG10E;
  expect(resumedAt(at)).toBeCloseTo(decades / (decades + 2), 12);
  expect(resumedAt(at + 24)).toBeCloseTo(1 / 3, 12);
});

test('the score is higher in hours that are noisier than usual, though they come every day and surprise nobody', () => {
  const isNoisy = (i: number) => i % DAY >= 8 * HOUR && i % DAY < 16 * HOUR;
  const readings = readingsOf(everyFiveMinutes(21 * DAY, (i) => 50 + (isNoisy(i) ? 3 : 1) * noise(i)));
  const lastWeek = readings.map(({ score }, i) => ({ score, i })).slice(14 * DAY);
  const at = (hour: number) => lastWeek.filter(({ i }) => i % DAY === hour * HOUR).map(({ score }) => score);
  expect(alarmsIn(readings.slice(14 * DAY))).toEqual([]);
  expect(Math.min(...at(15))).toBeGreaterThan(1.3 * Math.max(...at(7)));
});

test('the score rises by what surprises, though values are no more spread than usual', () => {
  const points = everyFiveMinutes(7 * DAY, (i) => 50 + noise(i)).filter(
    (_, i) => i < 7 * DAY - 48 || i === 7 * DAY - 1,
  );
  const [before, after] = readingsOf(points).slice(-2);
  expect(after?.score).toBeGreaterThan(1.5 * before!.score);
});

test('the score remembers a surprise for an hour, and in its mean of eight', () => {
  const end = 7 * DAY;
  const points = everyFiveMinutes(end + 3 * HOUR + 1, () => 45).filter((_, i) => i <= end - 48 || i >= end);
  const scores = readingsOf(points).map(({ score }) => score);
  const scored = (surprise: number) => (1 + surprise) / (1 + surprise + 4);
  // By hand, in hours: values are never spread, so their spread is as usual; averages forget as over three steps at a pause, of 5.26 minutes each.
  const decades = Math.log10(48) - 0.05 * Math.LOG10E;
  const held = decades * -Math.expm1(-(3 * Math.exp(0.05)) / 12 / 8);
  expect(scores.at(-3 * HOUR - 2)).toBeCloseTo(scored(0), 12);
  expect(scores.at(-3 * HOUR - 1)).toBeCloseTo(scored(decades + held), 12);
  expect(scores.at(-1)).toBeCloseTo(scored(decades * Math.exp(-3) + held * Math.exp(-3 / 8)), 12);
});

test('an excursion that was told is not told again by a detector that goes on from its state', () => {
  const at = 10 * DAY;
  const points = everyFiveMinutes(at + 3, (i) => (i < at ? 50 + noise(i) : 100 + i - at));
  const before = new RankCalibrated();
  expect(read(before, points.slice(0, at + 1)).at(-1)?.alarm).toBeGreaterThan(0.5);
  const after = new RankCalibrated(JSON.parse(JSON.stringify(before.state())));
  expect(alarmsIn(read(after, points.slice(at + 1)), 0.01)).toEqual([]);
});

test('a year of Gaussian minutes with a daily cycle wakes at most five times, and is told of below that at most 40 times', () => {
  const random = createRandom(1, 'a year of minutes');
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  const detector = new RankCalibrated();
  const alarms = Array.from({ length: 365 * 1_440 }, (_, i) => {
    const usual = 100 + 30 * Math.sin((2 * Math.PI * i) / 1_440);
    return detector.observe(i * 60_000, usual + 5 * gaussian()).alarm;
  }).filter((alarm) => alarm > 0);
  expect(alarms.filter((alarm) => alarm >= 0.5).length).toBeLessThanOrEqual(5);
  expect(alarms.length).toBeLessThanOrEqual(45);
});

test('a level that stays is learned: from its fifth day on nothing wakes anybody', () => {
  const at = 10 * DAY;
  const readings = readingsOf(everyFiveMinutes(at + 20 * DAY, (i) => (50 + noise(i)) * (i < at ? 1 : 2)));
  expect(alarmsIn(readings.slice(0, at + 4 * DAY))).not.toEqual([]);
  expect(alarmsIn(readings.slice(at + 4 * DAY))).toEqual([]);
});

test('noise that triples lifts the score above all of the week before, for hours', () => {
  const at = 14 * DAY;
  const scores = readingsOf(everyFiveMinutes(at + DAY, (i) => 50 + (i < at ? 1 : 3) * noise(i))).map((it) => it.score);
  const before = Math.max(...scores.slice(at - 7 * DAY, at));
  expect(Math.min(...scores.slice(at + 3 * HOUR, at + 12 * HOUR))).toBeGreaterThan(before);
});

test('a series of zeros alarms at its first other value, and a constant one at its first change', () => {
  for (const usual of [0, 45]) {
    const readings = readingsOf(everyFiveMinutes(5 * DAY, (i) => (i < 4 * DAY ? usual : usual + 1)));
    expect(alarmsIn(readings)[0]).toBe(4 * DAY);
  }
});

test('silence of half a day is told by the next value, as a gap; one missing point is not', () => {
  const points = everyFiveMinutes(10 * DAY, (i) => 50 + noise(i));
  const silent = points.filter((_, i) => i < 7 * DAY || i >= 7.5 * DAY);
  const readings = readingsOf(silent);
  expect(readings[7 * DAY]).toMatchObject({ view: 'gap' });
  expect(readings[7 * DAY]?.alarm).toBeGreaterThan(0.5);
  const lossy = readingsOf(points.filter((_, i) => i % 50 !== 7));
  expect(alarmsIn(lossy.slice(5 * DAY))).toEqual([]);
});

test.each([
  { name: 'within the first day', points: everyFiveMinutes(DAY, (i) => (i === DAY - 1 ? 1e6 : noise(i))) },
  {
    name: 'within the first 30 points of a daily series',
    points: Array.from({ length: 30 }, (_, i) => ({ atMs: i * 86_400_000, value: i === 29 ? 1e6 : noise(i) })),
  },
])('it says nothing $name', ({ points }) => {
  expect(readingsOf(points).at(-1)).toMatchObject({ alarm: 0, expected: null, view: null });
});

test('a daily series is judged, too: a jump after 60 days alarms', () => {
  const points = Array.from({ length: 200 }, (_, i) => ({ atMs: i * 86_400_000, value: i < 190 ? 50 + noise(i) : 90 }));
  expect(alarmsIn(readingsOf(points))[0]).toBe(190);
});

/** Series with spells of several kinds: steps of time that vary, repeat and pause, values that jump, repeat and are 0. */
const anySeries = fc
  .array(
    fc.record({
      pauseMs: fc.constantFrom(0, 60_000, 300_000, 300_000, 300_000, 3_600_000, 50_000_000),
      value: fc.oneof(
        fc.integer({ min: -1_000, max: 1_000 }),
        fc.constantFrom(0, 5, 5, 5),
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      ),
    }),
    { minLength: 1, maxLength: 300 },
  )
  .map((steps) => {
    let atMs = 1_700_000_000_000;
    return steps.map(({ pauseMs, value }) => {
      atMs += pauseMs;
      return { atMs, value };
    });
  });

test('split anywhere and restored from its state as JSON, it reads the rest as if never interrupted', () => {
  fc.assert(
    fc.property(anySeries, fc.nat(), (points, cut) => {
      const at = cut % points.length;
      const before = new RankCalibrated();
      const first = read(before, points.slice(0, at));
      const after = new RankCalibrated(JSON.parse(JSON.stringify(before.state())));
      const rest = read(after, points.slice(at));
      expect([...first, ...rest]).toEqual(readingsOf(points));
    }),
    { numRuns: 200 },
  );
});

test('multiplying all values by a constant changes no score and no alarm', () => {
  fc.assert(
    fc.property(anySeries, fc.integer({ min: -30, max: 30 }), (points, exponent) => {
      const scaled = points.map(({ atMs, value }) => ({ atMs, value: value * 2 ** exponent }));
      const said = (readings: readonly Reading[]) =>
        readings.map(({ score, alarm, view, onsetMs, direction }) => ({ score, alarm, view, onsetMs, direction }));
      expect(said(readingsOf(scaled))).toEqual(said(readingsOf(points)));
    }),
  );
});

test('scores and alarms are between 0 and 1, and the range holds what is expected', () => {
  const extremes = fc.array(fc.constantFrom(-1e300, -1, 0, 1e-300, 1, 7, 1e300), { minLength: 100, maxLength: 400 });
  const series = fc.oneof(
    anySeries,
    extremes.map((values) => everyFiveMinutes(values.length, (i) => values[i]!)),
  );
  fc.assert(
    fc.property(series, (points) => {
      for (const { score, alarm, expected, low, high } of readingsOf(points)) {
        expect(score >= 0 && score < 1 && alarm >= 0 && alarm < 1).toBe(true);
        if (expected !== null) expect(low! <= expected && expected <= high!).toBe(true);
      }
    }),
  );
});

test('what it remembers is at most 3,000 characters of JSON', () => {
  const detector = new RankCalibrated();
  read(
    detector,
    everyFiveMinutes(30 * DAY, (i) => daily(i) * Math.PI),
  );
  expect(JSON.stringify(detector.state()).length).toBeLessThan(3_000);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  '%s is refused, as a value and as a time, and changes nothing',
  (bad) => {
    const detector = new RankCalibrated();
    read(detector, everyFiveMinutes(10, noise));
    const before = detector.state();
    expect(() => detector.observe(0, bad)).toThrow(RangeError);
    expect(() => detector.observe(bad, 0)).toThrow(RangeError);
    expect(detector.state()).toEqual(before);
  },
);

test('a state of something else is refused', () => {
  expect(() => new RankCalibrated({ n: 3 })).toThrow(RangeError);
});
