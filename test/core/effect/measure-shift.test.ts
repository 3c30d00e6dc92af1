import { describe, expect, test } from 'vitest';
import { effectWorth } from '../../../lib/core/effect/effect-worth.ts';
import { measureShift } from '../../../lib/core/effect/measure-shift.ts';
import type { PoolHistory } from '../../../lib/core/effect/pool-history.ts';
import { harmProbability, intervalOf, verdictOf } from '../../../lib/core/effect/step-verdict.ts';
import { emptyFigures } from '../../../lib/core/kpi/figures.ts';
import type { HistoryPoint } from '../../../lib/core/kpi/history-point.ts';
import { addDuration } from '../../../lib/core/kpi/latency-sketch.ts';
import { createRandom } from '../../../lib/sim/random.ts';

const DECIDED = 1_000;
const FROM = DECIDED + 2;
const TO = FROM + 10;
const MINUTE_MS = 60_000;

interface Told {
  ms: number;
  completed?: number;
  failed?: number;
  usd?: number;
}

/** A pool by minute, up to the last measured one: 100 tasks a minute unless something else is said. */
function pointsOf(minutes: readonly Told[]): HistoryPoint[] {
  return minutes.map(({ ms, completed = 100, failed = 0, usd = 0 }, i) => {
    const figures = emptyFigures();
    Object.assign(figures.tasks.counters, { completed, failed, responseCount: 100, responseUs: 100_000 * ms });
    figures.tasks.counters.costNanoUsd = usd * 1e9;
    return { scope: 'pool:p', at: TO - minutes.length + i, figures, metric: null };
  });
}

const times = { decidedMs: DECIDED * MINUTE_MS, onsetMs: (DECIDED - 1) * MINUTE_MS, from: FROM, to: TO };
const historyOf = (minutes: readonly Told[], peers: Record<string, readonly Told[]> = {}) => ({
  own: pointsOf(minutes),
  peers: new Map(Object.entries(peers).map(([pool, its]) => [pool, pointsOf(its)])),
});
const inMs = (values: readonly number[]) => values.map((ms) => ({ ms }));

function measured(valuesMs: readonly number[], onset = DECIDED - 1, peers: Record<string, readonly Told[]> = {}) {
  const outcome = measureShift({
    ...{ ...times, history: historyOf(inMs(valuesMs), peers), figure: 'average_response_time' },
    onsetMs: onset * MINUTE_MS,
  });
  if (outcome.status !== 'measured') throw new Error(outcome.reason);
  const { steps, evidence } = outcome;
  const wanted = 'down';
  return { ...intervalOf(steps), evidence, harm: harmProbability(steps, wanted), verdict: verdictOf(steps, wanted) };
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

describe('beside other pools', () => {
  const random = createRandom(14, 'beside');
  const weather = Array.from({ length: 120 + TO - DECIDED }, (_, i) => (i < 120 ? 0 : 300) + 100 * normal(random));
  const own = weather.map((value) => 1_000 + value + 10 * normal(random));
  const other = inMs(weather.map((value) => 2_000 + 2 * value + 20 * normal(random)));
  const worse = inMs(weather.map(() => 1_500 + 50 * normal(random)));

  test('what moved them as well is no effect', () => {
    expect(measured(own).verdict).toBe('harmed');
    const { verdict, evidence, estimate } = measured(own, DECIDED - 1, { other, worse });
    expect(verdict).toBe('no_effect');
    expect(Math.abs(estimate)).toBeLessThan(50);
    expect(evidence[0]).toContain('beside other, worse');
  });

  test('a smaller effect is seen', () => {
    const since = own.map((value, i) => (i < 120 ? value : value - 40));
    expect(measured(since, DECIDED - 1, { other, worse }).verdict).toBe('helped');
  });

  test('one that has more work since is no measure of what would have been', () => {
    const busier = other.map((it, i) => ({ ...it, completed: i < 122 ? 100 : 200 }));
    expect(measured(own, DECIDED - 1, { busier }).evidence[0]).not.toContain('beside');
  });
});

test('a history that never moved leaves what chance does within the minutes', () => {
  const points = pointsOf(Array(72).fill({ ms: 1_000 }));
  for (const { at, figures } of points) {
    for (let i = 0; i < 100; i++) addDuration(figures!.tasks.response, 500_000 + 10_000 * i);
    if (at >= FROM) figures!.tasks.counters.responseUs += 100_000;
  }
  const outcome = measureShift({
    ...times,
    history: { own: points, peers: new Map() },
    figure: 'average_response_time',
  });
  const [step] = outcome.status === 'measured' ? outcome.steps : [];
  expect(step?.estimate).toBeCloseTo(1, 4);
  // 100 tasks a minute with a deviation of 290 ms, for ten minutes.
  expect(step?.standardError).toBeCloseTo(29 / Math.sqrt(10), 0);
});

describe('the worth of an effect', () => {
  const random = createRandom(15, 'worth');
  const worthIn = (history: PoolHistory) => effectWorth((figure) => measureShift({ ...times, history, figure }));
  const worthOf = (since: Partial<Told>) =>
    worthIn(
      historyOf(
        Array.from({ length: 132 }, (_, i): Told => {
          const failed = Math.round(20 + 2 * normal(random));
          const usual = { ms: 1_000, completed: 100 - failed, failed, usd: 5 + 0.1 * normal(random) };
          return i < 122 ? usual : { ...usual, ...since };
        }),
      ),
    );

  test('is tasks that did not fail, and money', () => {
    const { tasksSaved, usdSaved } = worthOf({ failed: 5, completed: 95, usd: 7 });
    // 15 of 100 tasks a minute for ten minutes, at 2 USD a minute.
    expect(tasksSaved?.estimate).toBeGreaterThan(135);
    expect(tasksSaved?.estimate).toBeLessThan(165);
    expect(tasksSaved?.low).toBeGreaterThan(120);
    expect(usdSaved?.estimate).toBeCloseTo(-20, 0);
    expect(usdSaved?.high).toBeLessThan(-19);
  });

  test('is not told of money that nobody reports', () => {
    const history = historyOf(inMs(Array(72).fill(1_000)));
    expect(worthIn(history).usdSaved).toBeNull();
  });
});

test.each([
  {
    what: 'a pool without quality',
    figure: 'quality_score' as const,
    minutes: 70,
    reason: 'quality_score is known of only 0 of the 10 minutes, 5 are needed',
  },
  {
    what: 'a pool without history',
    figure: 'error_ratio' as const,
    minutes: 15,
    reason: 'the pool has only 3 minutes of history, 8 are needed',
  },
  {
    what: 'a pool that nobody samples',
    figure: 'queue_depth' as const,
    minutes: 70,
    reason: 'queue_depth is known of only 0 of the 10 minutes, 5 are needed',
  },
])('$what is unmeasurable', ({ figure, minutes, reason }) => {
  const history = historyOf(inMs(Array<number>(minutes).fill(1_000)));
  expect(measureShift({ ...times, history, figure })).toEqual({ status: 'unmeasurable', reason });
});

function normal(random: ReturnType<typeof createRandom>): number {
  return Math.log(random.logNormal(1, 1));
}

test.each([
  { what: 'half as much work again', completed: 150, isTold: false },
  { what: 'half of the work', completed: 50, isTold: false },
  { what: 'about as much work', completed: 110, isTold: true },
])('under $what what was done to a pool is told: $isTold', ({ completed, isTold }) => {
  const minutes = Array.from({ length: 72 }, (_, i) => ({ ms: 1_000, completed: i < 62 ? 100 : completed }));
  const outcome = measureShift({ ...times, history: historyOf(minutes), figure: 'average_response_time' });
  expect(outcome.status).toBe(isTold ? 'measured' : 'unmeasurable');
  if (outcome.status === 'unmeasurable')
    expect(outcome.reason).toMatch(/^\d+ tasks a minute ended where 100 had before: /);
});
