import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DrawnSeries, drawControlled, withStep } from '../../../bench/effect-statistics/controlled-series.ts';
import { stepEffect } from '../../../lib/core/effect/step-effect.ts';
import { HARMED_LEVEL, HELPED_LEVEL, stepVerdict } from '../../../lib/core/effect/step-verdict.ts';
import { createRandom } from '../../../lib/sim/random.ts';

/** Four hours up to a decision and a quarter of an hour after it, with a memory of half, unless it is said otherwise. */
function drawn(seed: number, of: Partial<DrawnSeries> = {}) {
  const usual = { known: 240, ahead: 2, since: 14, phi: 0.5, peers: 0, common: 0.6 };
  return drawControlled({ ...usual, ...of }, createRandom(seed, 'controlled series'));
}

describe('a step at a known moment', () => {
  test('is found exactly where all else follows its peers', () => {
    const peer = drawn(1);
    const scaled = (values: readonly number[]) => values.map((value) => 3 + 2 * value);
    const series = { known: scaled(peer.known), since: scaled(peer.since), ahead: 2, peers: [peer] };
    expect(stepEffect(withStep(series, -5)).estimate).toBeCloseTo(-5, 4);
  });

  test('is as large as what is added to it, and as certain, whatever the values are counted in', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.double({ min: 0.01, max: 1_000, noNaN: true }),
        fc.integer({ min: 0, max: 3 }),
        (seed, by, unit, peers) => {
          const series = drawn(seed, { known: 60, peers });
          const plain = stepEffect(series);
          const step = stepEffect(withStep(series, by));
          expect(step.estimate - plain.estimate).toBeCloseTo(by, 6);
          expect(step.standardError).toBeCloseTo(plain.standardError, 9);
          const inUnit = (values: readonly number[]) => values.map((value) => value * unit);
          const counted = stepEffect({ ...series, known: inUnit(series.known), since: inUnit(series.since) });
          expect(counted.estimate / unit).toBeCloseTo(plain.estimate, 6);
          expect(counted.standardError / unit).toBeCloseTo(plain.standardError, 6);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('is told of nothing seldom, covered by its interval, and found with peers that move alike', () => {
    const runs = 150;
    const tally = { told: 0, found: 0, alone: 0, covered: 0 };
    for (let seed = 1; seed <= runs; seed++) {
      const series = drawn(seed, { known: 240, peers: 5 });
      const still = stepEffect(series);
      if (stepVerdict(still, 'down') !== 'no_effect') tally.told += 1;
      if (Math.abs(still.estimate) < 1.65 * still.standardError) tally.covered += 1;
      if (stepVerdict(stepEffect(withStep(series, -1)), 'down') === 'helped') tally.found += 1;
      if (stepVerdict(stepEffect(withStep({ ...series, peers: [] }, -1)), 'down') === 'helped') tally.alone += 1;
    }
    // Nominal 6 % and 90 %: three standard errors of 150 runs beyond.
    expect(tally.told / runs).toBeLessThan(0.12);
    expect(tally.covered / runs).toBeGreaterThan(0.82);
    expect(tally.covered / runs).toBeLessThan(0.98);
    expect(tally.found / runs).toBeGreaterThan(0.85);
    expect(tally.found).toBeGreaterThan(tally.alone);
  });

  test('is less certain where the same is seen at moments at which nothing was done', () => {
    const calm = drawn(3, { known: 480, phi: 0 });
    // A level that jumps every hour is no autoregression of first order.
    const jumping = { ...calm, known: calm.known.map((value, i) => value + 6 * (Math.floor(i / 60) % 2)) };
    const [before, after] = [stepEffect(calm), stepEffect(jumping)];
    expect(after.placeboSpread).toBeGreaterThan(before.placeboSpread ?? 0);
    expect(after.standardError).toBeGreaterThan(2 * before.standardError);
    expect(after.placebos).toBeGreaterThanOrEqual(100);
  });

  test('leaves out peers that never move, and more of them than the history bears', () => {
    const series = drawn(5, { known: 40, peers: 4 });
    const still = { known: series.known.map(() => 7), since: series.since.map(() => 7) };
    const few = stepEffect({ ...series, peers: [still, ...series.peers.slice(0, 2)] });
    expect(stepEffect(series)).toEqual(few);
    expect(few.freedom).toBe(40 - 3 - 2);
  });

  test.each([
    ['none since', { since: [] }, 'a step effect needs 1 value or more since; got 0'],
    [
      'peers of another length',
      { peers: [{ known: [1], since: [1] }] },
      'peers must have as many values as the series itself',
    ],
    ['too short a history', { known: [1, 2, 3] }, 'an autoregression needs 8 values or more; got 3'],
  ])('refuses %s', (_, change, message) => {
    expect(() => stepEffect({ ...drawn(7), ...change })).toThrow(message);
  });
});

describe('a verdict', () => {
  test('goes by what was said beforehand', () => {
    const step = { estimate: -3, standardError: 1, freedom: 100 };
    expect(stepVerdict(step, 'down')).toBe('helped');
    expect(stepVerdict(step, 'up')).toBe('harmed');
    expect(stepVerdict({ ...step, estimate: 0 }, 'down')).toBe('no_effect');
  });

  test('asks more of harm than of what was expected', () => {
    const step = { estimate: -1.9, standardError: 1, freedom: 1_000 };
    expect(stepVerdict(step, 'down')).toBe('helped');
    expect(stepVerdict(step, 'up')).toBe('no_effect');
    expect(HELPED_LEVEL + HARMED_LEVEL).toBeLessThanOrEqual(0.07);
  });
});
