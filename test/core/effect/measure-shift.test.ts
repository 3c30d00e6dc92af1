import { describe, expect, test } from 'vitest';
import { measureShift } from '../../../lib/core/effect/measure-shift.ts';
import type { PoolMinute } from '../../../lib/core/effect/pool-minute.ts';
import { createRandom } from '../../../lib/sim/random.ts';

const DECIDED = 1_000;
const FROM = DECIDED + 2;
const TO = FROM + 10;
const MINUTE_MS = 60_000;

/** A pool whose mean response time is given by minute, up to the last measured one. */
function minutesOf(valuesMs: readonly number[]): PoolMinute[] {
  return valuesMs.map((ms, i) => ({
    minute: TO - valuesMs.length + i,
    agents: new Map([
      ['a', { n: 100, sumMs: 100 * ms, squaresMs2: 0, waits: { n: 0, sumMs: 0 }, services: { n: 0, sumMs: 0 } }],
    ]),
    occupation: new Map(),
    outcomes: { completed: 100, bad: 0 },
  }));
}

function measured(valuesMs: readonly number[], onset = DECIDED - 1) {
  const outcome = measureShift({
    ...{ minutes: minutesOf(valuesMs), kpi: 'average_response_time', from: FROM, to: TO },
    ...{ onsetMs: onset * MINUTE_MS, decidedMs: DECIDED * MINUTE_MS },
  });
  if (outcome.status !== 'measured') throw new Error(outcome.reason);
  const { low, high } = outcome.change;
  return { ...outcome.change, verdict: high < 0 ? 'helped' : low > 0 ? 'harmed' : 'no_effect' };
}

describe('where nothing was done', () => {
  test('an effect is told in at most 7 of 100 cases, although each begins at an extreme minute', () => {
    const random = createRandom(11, 'placebo');
    const verdicts = { helped: 0, harmed: 0, no_effect: 0 };
    const trials = 1_500;
    for (let trial = 0; trial < trials; trial++) {
      // Around a mean of 1000, autocorrelation 0.5, until a minute that is 2.5 standard deviations above.
      const series: number[] = [];
      let value = 0;
      let length = 0;
      do {
        value = 0.5 * value + Math.sqrt(0.75) * normal(random);
        series.push(1_000 + 50 * value);
        length += 1;
      } while (length < 60 || value < 2.5);
      for (let minute = DECIDED; minute < TO; minute++) {
        value = 0.5 * value + Math.sqrt(0.75) * normal(random);
        series.push(1_000 + 50 * value);
      }
      verdicts[measured(series.slice(-(60 + TO - DECIDED))).verdict as keyof typeof verdicts] += 1;
    }
    // Each tail of a 90 % interval has 5 in 100.
    expect(verdicts.helped / trials).toBeLessThanOrEqual(0.07);
    expect(verdicts.harmed / trials).toBeLessThanOrEqual(0.07);
  });

  test('a fault that lasts is not taken for harm', () => {
    const random = createRandom(12, 'lasting');
    const series = Array.from({ length: 60 + TO - DECIDED }, (_, i) => (i < 56 ? 1_000 : 3_000) + 50 * normal(random));
    expect(measured(series, DECIDED - 4).verdict).toBe('no_effect');
  });
});

describe('where something changed', () => {
  const random = createRandom(13, 'changed');
  const usual = Array.from({ length: 60 }, () => 1_000 + 50 * normal(random));

  test.each([
    { to: 800, verdict: 'helped' },
    { to: 1_200, verdict: 'harmed' },
    { to: 1_000, verdict: 'no_effect' },
  ])('to $to ms from 1000 the verdict is $verdict', ({ to, verdict }) => {
    const since = Array.from({ length: TO - DECIDED }, () => to + 50 * normal(random));
    expect(measured([...usual, ...since]).verdict).toBe(verdict);
  });

  test('what grew worse than the fault that it answers did harm', () => {
    const ill = Array.from({ length: 4 }, () => 2_000 + 50 * normal(random));
    const since = Array.from({ length: TO - DECIDED }, () => 3_000 + 50 * normal(random));
    expect(measured([...usual, ...ill, ...since], DECIDED - 4).verdict).toBe('harmed');
  });
});

test.each([
  {
    what: 'a KPI that is not known by the minute',
    kpi: 'quality_score' as const,
    minutes: 70,
    reason: 'quality_score is not known by the minute',
  },
  {
    what: 'a pool without history',
    kpi: 'error_ratio' as const,
    minutes: 15,
    reason: 'the pool has only 3 minutes of history, 8 are needed',
  },
  {
    what: 'a pool that nobody samples',
    kpi: 'queue_depth' as const,
    minutes: 70,
    reason: 'queue_depth is known of only 0 of the 10 minutes, 5 are needed',
  },
])('$what is unmeasurable', ({ kpi, minutes, reason }) => {
  const told = minutesOf(Array<number>(minutes).fill(1_000));
  const times = { onsetMs: (DECIDED - 1) * MINUTE_MS, decidedMs: DECIDED * MINUTE_MS, from: FROM, to: TO };
  expect(measureShift({ minutes: told, kpi, ...times })).toEqual({ status: 'unmeasurable', reason });
});

function normal(random: ReturnType<typeof createRandom>): number {
  return Math.log(random.logNormal(1, 1));
}

test.each([
  { what: 'half as much work again', completed: 150, isTold: false },
  { what: 'half of the work', completed: 50, isTold: false },
  { what: 'about as much work', completed: 110, isTold: true },
])('under $what what was done to a pool is told: $isTold', ({ completed, isTold }) => {
  const minutes = minutesOf(Array(72).fill(1_000)).map((it) =>
    it.minute < FROM ? it : { ...it, outcomes: { completed, bad: 0 } },
  );
  const outcome = measureShift({
    ...{ minutes, kpi: 'average_response_time', from: FROM, to: TO },
    ...{ onsetMs: (DECIDED - 1) * MINUTE_MS, decidedMs: DECIDED * MINUTE_MS },
  });
  expect(outcome.status).toBe(isTold ? 'measured' : 'unmeasurable');
  if (outcome.status === 'unmeasurable')
    expect(outcome.reason).toMatch(/^\d+ tasks a minute ended where 100 had before: /);
});
