import { describe, expect, test } from 'vitest';
import type { Diversion } from '../../../lib/core/effect/diversion.ts';
import { measureErrorDiversion } from '../../../lib/core/effect/measure-error-diversion.ts';
import type { Outcomes, PoolMinute } from '../../../lib/core/effect/pool-minute.ts';
import { intervalOf, verdictOf } from '../../../lib/core/effect/step-verdict.ts';
import { createRandom } from '../../../lib/sim/random.ts';

const ONSET = 1_000;
/** Decided at the end of the second bad minute, applied in the next one, measured after one more. */
const DECIDED = ONSET + 2;
const FROM = DECIDED + 2;
const TO = FROM + 10;
const MINUTE_MS = 60_000;

interface Told {
  seed?: number;
  /** Tasks a minute of the pool. */
  tasks?: number;
  /** Of them, those of the agent that fails: while nothing is done, and since. */
  share?: { ill: number; since: number };
  /** Part of its tasks that ends badly. */
  fails?: { ill: number; since: number };
  /** The same of the others. */
  othersFail?: { before: number; since: number };
  history?: number;
  /** How many times as many tasks come since. */
  load?: number;
}

/** A pool of ten told by minute, in which chance has each task end well or badly. */
function minutesOf(told: Told): PoolMinute[] {
  const { tasks = 200, share = { ill: 0.1, since: 0.01 }, fails = { ill: 0.75, since: 0.75 } } = told;
  const { othersFail = { before: 0.02, since: 0.02 }, history = 60, seed = 1 } = told;
  const random = createRandom(seed, 'outcomes');
  const outcomes = (n: number, bad: number): Outcomes => {
    const lost = Array.from({ length: n }, () => random.uniform(0, 1)).filter((it) => it < bad).length;
    return { completed: n - lost, bad: lost };
  };
  return Array.from({ length: history + TO - ONSET }, (_, i) => {
    const minute = ONSET - history + i;
    const when = minute < DECIDED + 1 ? 'ill' : 'since';
    const part = minute < ONSET ? 0.1 : share[when];
    const all = Math.round(tasks * (when === 'since' ? (told.load ?? 1) : 1));
    const own = Array.from({ length: all }, () => random.uniform(0, 1)).filter((it) => it < part).length;
    const ended = new Map([
      ['others', outcomes(all - own, minute < FROM ? othersFail.before : othersFail.since)],
      ['failing', outcomes(own, minute < ONSET ? othersFail.before : fails[when])],
    ]);
    return { minute, agents: new Map(), occupation: new Map(), ended };
  });
}

function measured(told: Told = {}, more: Partial<Diversion> = {}) {
  return measureErrorDiversion({
    ...{ minutes: minutesOf(told), targets: new Set(['failing']) },
    ...{ onsetMs: ONSET * MINUTE_MS, decidedMs: DECIDED * MINUTE_MS, appliedMs: DECIDED * MINUTE_MS + 10_000 },
    ...{ from: FROM, to: TO, ...more },
  });
}

function toldOf(told: Told = {}) {
  const outcome = measured(told);
  if (outcome.status === 'unmeasurable') throw new Error(outcome.reason);
  return { ...intervalOf(outcome.steps), verdict: verdictOf(outcome.steps, 'down'), unit: outcome.unit };
}

describe('what leading work away from an agent that fails spares its pool', () => {
  test('is not told where more work came, and more of it ends badly', () => {
    expect(measured({ load: 2, othersFail: { before: 0.01, since: 0.15 } })).toMatchObject({
      ...{ status: 'unmeasurable', reason: expect.stringContaining('tasks a minute ended where') },
    });
  });

  test('is the part of the tasks that it would have ended badly beyond what the others do', () => {
    const { estimate, verdict, unit } = toldOf({ tasks: 2_000 });
    expect({ verdict, unit }).toEqual({ verdict: 'helped', unit: 'ratio' });
    // From 10 % of the tasks to 1 %, of which 75 % and not 2 % end badly.
    expect(estimate).toBeCloseTo(-0.09 * 0.73, 2);
  });

  test('is more where it drew more than its part because it fails at once', () => {
    expect(toldOf({ tasks: 2_000, share: { ill: 0.3, since: 0.01 } }).estimate).toBeCloseTo(-0.29 * 0.73, 1);
  });

  test.each([
    { name: 'is well again', fails: { ill: 0.75, since: 0.02 } },
    { name: 'was never ill', fails: { ill: 0.02, since: 0.02 } },
  ])('is nothing where it $name', ({ fails }) => {
    const { verdict, low, high } = toldOf({ fails });
    expect(verdict).toBe('no_effect');
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });

  test('is harm where the others fail as much by what came to them', () => {
    expect(toldOf({ othersFail: { before: 0.02, since: 0.2 } }).verdict).toBe('harmed');
  });

  test.each([
    {
      name: 'it gets too little to tell',
      told: { share: { ill: 0.1, since: 0 } },
      says: /failing ended only 0 tasks since: whether it would still have failed is not known/,
    },
    { name: 'the pool is new', told: { history: 4 }, says: /only 6 minutes of history/ },
  ])('is not told where $name', ({ told, says }) => {
    expect(measured(told)).toEqual({ status: 'unmeasurable', reason: expect.stringMatching(says) });
  });

  test('lies in the 90 % interval nine times in ten, and is told to help or harm where there is nothing in one of twenty at most', () => {
    const cases = [
      { share: { ill: 0.1, since: 0.02 }, fails: { ill: 0.5, since: 0.5 }, truth: -0.08 * 0.48 },
      { share: { ill: 0.1, since: 0.02 }, fails: { ill: 0.5, since: 0.02 }, truth: 0 },
    ];
    const found = cases.map(({ truth, ...told }) => {
      const all = Array.from({ length: 300 }, (_, i) => toldOf({ ...told, seed: i + 1 }));
      return {
        covered: all.filter(({ low, high }) => low <= truth && truth <= high).length / all.length,
        helped: all.filter(({ verdict }) => verdict === 'helped').length / all.length,
        harmed: all.filter(({ verdict }) => verdict === 'harmed').length / all.length,
      };
    });
    for (const { covered, harmed } of found) {
      expect(covered).toBeGreaterThanOrEqual(0.87);
      expect(harmed).toBeLessThanOrEqual(0.01);
    }
    expect(found[0]?.helped).toBeGreaterThan(0.95);
    expect(found[1]?.helped).toBeLessThanOrEqual(0.05);
  });
});
