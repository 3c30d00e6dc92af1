import { describe, expect, test } from 'vitest';
import type { Diversion } from '../../../lib/core/effect/diversion.ts';
import { measureDiversion } from '../../../lib/core/effect/measure-diversion.ts';
import type { PoolMinute, ResponseMoments } from '../../../lib/core/effect/pool-minute.ts';
import { intervalOf, verdictOf } from '../../../lib/core/effect/step-verdict.ts';
import { createRandom } from '../../../lib/sim/random.ts';

const ONSET = 1_000;
/** Decided at the end of the second bad minute, applied in the next one, measured after one more. */
const DECIDED = ONSET + 2;
const FROM = DECIDED + 2;
const TO = FROM + 10;
const MINUTE_MS = 60_000;

interface Told {
  /** Tasks a minute of the slow agent before, during and after, and of the other nine together. */
  slowTasks?: { ill: number; since: number };
  slowMs?: { ill: number; since: number };
  othersWaitMs?: { before: number; since: number };
  othersWorkMs?: { before: number; since: number };
  history?: number;
  seed?: number;
  waitsKnown?: boolean;
  /** Of its two, by samples; it sends none without. */
  busySlots?: number;
  /** Of the tasks of the others, how many times as many come since. */
  load?: number;
}

/** A pool of ten agents told by minute: 300 tasks a minute, a second of work each but for those of the slow agent. */
function minutesOf(told: Told): PoolMinute[] {
  const { slowTasks = { ill: 15, since: 2 }, slowMs = { ill: 8_000, since: 8_000 } } = told;
  const { othersWaitMs = { before: 50, since: 50 }, othersWorkMs = { before: 1_000, since: 1_000 } } = told;
  const random = createRandom(told.seed ?? 1, 'pool');
  const minutes: PoolMinute[] = [];
  for (let minute = ONSET - (told.history ?? 40); minute < TO; minute++) {
    const when = minute < ONSET ? 'before' : minute < DECIDED + 1 ? 'ill' : 'since';
    const own = when === 'before' ? 30 : slowTasks[when];
    const ownMs = when === 'before' ? 1_050 : slowMs[when];
    const after = when === 'since' ? 'since' : 'before';
    const n = Math.round((300 - own) * (when === 'since' ? (told.load ?? 1) : 1));
    const agents = new Map([
      [
        'others',
        responses(n, othersWaitMs[after] * random.logNormal(1, 0.1), othersWorkMs[after] * random.logNormal(1, 0.02)),
      ],
      ['slow', responses(own, 50, (ownMs - 50) * random.logNormal(1, 0.1))],
    ]);
    if (told.waitsKnown === false) for (const of of agents.values()) of.waits = { n: 0, sumMs: 0 };
    minutes.push({
      minute,
      agents: new Map([...agents].filter(([, { n: tasks }]) => tasks > 0)),
      occupation:
        told.busySlots === undefined
          ? new Map()
          : new Map([['slow', { samples: 4, busySlots: told.busySlots, slots: 2 }]]),
    });
  }
  return minutes;
}

/** Spread like language-model work: standard deviation as large as the mean. */
function responses(n: number, waitMs: number, workMs: number): ResponseMoments {
  const mean = waitMs + workMs;
  return {
    n,
    sumMs: n * mean,
    squaresMs2: n * 2 * mean ** 2,
    waits: { n, sumMs: n * waitMs },
    services: { n, sumMs: n * workMs },
  };
}

function measured(told: Told = {}, more: Partial<Diversion> = {}) {
  return measureDiversion({
    minutes: minutesOf(told),
    targets: new Set(['slow']),
    onsetMs: ONSET * MINUTE_MS,
    decidedMs: DECIDED * MINUTE_MS,
    appliedMs: DECIDED * MINUTE_MS + 10_000,
    from: FROM,
    to: TO,
    ...more,
  });
}

function changeOf(told: Told) {
  const outcome = measured(told);
  if (outcome.status !== 'measured') throw new Error(outcome.reason);
  return { ...outcome, ...intervalOf(outcome.steps) };
}

describe('the effect of leading work away', () => {
  test('is the share that was moved times what it was spared, with an interval that excludes zero', () => {
    const { estimate, low, high, unit } = changeOf({});
    // 15 of 300 tasks, then 2: 4.33 % of tasks were spared 8 s − 1.05 s.
    expect(estimate).toBeGreaterThan(-0.0433 * 6_950 * 1.15);
    expect(estimate).toBeLessThan(-0.0433 * 6_950 * 0.85);
    expect(high).toBeLessThan(0);
    expect(low).toBeLessThan(estimate);
    expect(unit).toBe('ms');
  });

  test('is nothing when the dispatcher only says that it obeys', () => {
    const { low, high } = changeOf({ slowTasks: { ill: 15, since: 15 } });
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });

  test('is next to nothing when the agent recovers by itself, however bad it was at the trigger', () => {
    const { estimate, low, high } = changeOf({ slowMs: { ill: 8_000, since: 1_050 } });
    expect(Math.abs(estimate)).toBeLessThan(20);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });

  test('is harm when the others come to wait more than the moved work was spared', () => {
    const { low } = changeOf({ othersWaitMs: { before: 50, since: 1_500 } });
    expect(low).toBeGreaterThan(0);
  });

  test('is not told where more work came, and everybody waits for it', () => {
    for (const load of [1.5, 2]) {
      expect(measured({ load, othersWaitMs: { before: 50, since: 1_500 } })).toMatchObject({
        ...{ status: 'unmeasurable', reason: expect.stringContaining('tasks a minute ended where') },
      });
    }
  });

  test('is not told where less work came, and nobody waits any more', () => {
    const waiting = { slowTasks: { ill: 15, since: 2 }, othersWaitMs: { before: 900, since: 50 } };
    expect(measured({ ...waiting, load: 0.5 })).toMatchObject({ status: 'unmeasurable' });
  });

  test('is told where it shows in spite of more work', () => {
    const { high } = changeOf({ load: 1.5, slowTasks: { ill: 40, since: 2 } });
    expect(high).toBeLessThan(0);
  });

  test('of an agent that was idle whenever it was looked at is no verdict without a figure', () => {
    for (const since of [1_000, 8_000]) {
      const { estimate, low, high, steps } = changeOf({
        ...{ busySlots: 0, slowTasks: { ill: 0, since: 1 }, slowMs: { ill: 0, since } },
      });
      for (const figure of [estimate, low, high]) expect(figure).toBeTypeOf('number');
      expect([estimate, low, high].every(Number.isFinite)).toBe(true);
      expect(verdictOf(steps, 'down')).toBe('no_effect');
    }
  });

  test('is not told when the others work longer on each task than their history explains', () => {
    expect(measured({ othersWorkMs: { before: 1_000, since: 1_400 } })).toMatchObject({
      status: 'unmeasurable',
      reason: expect.stringContaining('cannot be told apart'),
    });
  });

  test('follows the sizes of the tasks where they shrink, without taking credit for it', () => {
    const { low, high } = changeOf({
      slowTasks: { ill: 15, since: 15 },
      othersWorkMs: { before: 1_000, since: 700 },
      slowMs: { ill: 8_000, since: 5_600 },
    });
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });

  test('is taken from the slots that the agent kept busy, where it sends samples', () => {
    // By the utilization law 2 slots ÷ 7.95 s = 15.1 of 300 tasks a minute, though only 6 ended in the minutes before.
    const { estimate, high, evidence } = changeOf({ slowTasks: { ill: 6, since: 2 }, busySlots: 2 });
    expect(estimate).toBeGreaterThan(-((15.1 - 2) / 300) * 6_950 * 1.15);
    expect(estimate).toBeLessThan(-((15.1 - 2) / 300) * 6_950 * 0.85);
    expect(high).toBeLessThan(0);
    expect(evidence.join(' ')).toContain('2.0 of 2 slots');
  });

  test('is measured on the whole response where waiting is not reported', () => {
    expect(changeOf({ waitsKnown: false }).high).toBeLessThan(0);
  });

  test.each([
    {
      why: 'the agent gets no work any more',
      told: { slowTasks: { ill: 15, since: 0 } },
      reason: 'ended only 0 tasks',
    },
    { why: 'the pool is too young', told: { history: 4 }, reason: 'minutes of history' },
    { why: 'the agent ended nothing before', told: { slowTasks: { ill: 0, since: 2 } }, reason: 'share is not known' },
  ])('cannot be told when $why, and says so', ({ told, reason }) => {
    expect(measured(told)).toMatchObject({ status: 'unmeasurable', reason: expect.stringContaining(reason) });
  });

  test('cannot be told from minutes without tasks', () => {
    const minutes = minutesOf({}).filter(({ minute }) => minute < FROM + 3);
    expect(measured({}, { minutes })).toMatchObject({ status: 'unmeasurable' });
  });
});
