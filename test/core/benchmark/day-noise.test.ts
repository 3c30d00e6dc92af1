import { describe, expect, test } from 'vitest';
import { likelyNoises, varianceOfSum } from '../../../lib/core/benchmark/day-noise.ts';
import { newestLevelShift } from '../../../lib/core/benchmark/newest-level-shift.ts';
import type { DailyIndex } from '../../../lib/core/benchmark/noise-fit.ts';
import { stepEvidence } from '../../../lib/core/benchmark/step-evidence.ts';
import { createRandom } from '../../../lib/sim/random.ts';

/** Ninety days of standard deviation 1.75 % with a memory, 1,000 tasks each and 500 at weekends. */
function drawnIndex(seed: number, { phi = 0.5, own = 0.25, step = 0, at = 60 } = {}): DailyIndex {
  const random = createRandom(seed, `days ${phi} ${own}`);
  let shared = random.normal(0, 1);
  const days = Array.from({ length: 90 }, (_, day) => day);
  const values = days.map((day) => {
    shared = phi * shared + random.normal(0, Math.sqrt(1 - phi * phi));
    const noise = Math.sqrt(1 - own) * shared + Math.sqrt(own) * random.normal(0, 1);
    return 0.0175 * noise + (day >= at ? step : 0);
  });
  return { days, values, tasks: days.map((day) => (day % 7 >= 5 ? 500 : 1_000)) };
}

const sought = { known: [], from: 10, to: 87, spread: 0.06, material: 0.02, prior: 0.5, least: 0 };

describe('the noise of days', () => {
  test('has probabilities that sum to one, and the memory it was drawn with on the average', () => {
    const seeds = Array.from({ length: 60 }, (_, seed) => seed);
    const memory = seeds.map((seed) => {
      const noises = likelyNoises(drawnIndex(seed, { own: 0 }), []);
      expect(noises.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
      return noises.reduce((sum, { phi, probability }) => sum + phi * probability, 0);
    });
    // 60 series of 90 days: the mean of estimates of phi is known to 0.1 / sqrt(60), and grids pull it together.
    expect(memory.reduce((sum, phi) => sum + phi, 0) / 60).toBeGreaterThan(0.4);
    expect(memory.reduce((sum, phi) => sum + phi, 0) / 60).toBeLessThan(0.6);
  });

  test('of independent days gives the mean the variance of the textbook', () => {
    const { days, tasks } = drawnIndex(1);
    const alike = { days, tasks: tasks.map(() => 100) };
    const noise = { phi: 0, own: 1, variance: 4, probability: 1 };
    expect(varianceOfSum(alike, new Float64Array(90).fill(1 / 90), [noise])).toBeCloseTo(4 / 90, 12);
  });

  test('of days with a memory gives the mean of two days in a row, or two apart, what their covariance says', () => {
    const noise = { phi: 0.5, own: 0, variance: 1, probability: 1 };
    const variance = (days: number[]) => varianceOfSum({ days, tasks: [1, 1] }, [0.5, 0.5], [noise]);
    expect(variance([3, 4])).toBeCloseTo((1 + 0.5) / 2, 12);
    expect(variance([3, 5])).toBeCloseTo((1 + 0.25) / 2, 12);
  });
});

describe('a change of level', () => {
  test('of 5 % a month ago is found nearly always, and about where it is', () => {
    const found = Array.from({ length: 40 }, (_, seed) => stepEvidence(drawnIndex(seed, { step: 0.05 }), sought));
    expect(found.filter(({ probability }) => probability > 0.5).length).toBeGreaterThanOrEqual(37);
    expect(found.filter(({ at }) => Math.abs(at - 60) <= 3).length).toBeGreaterThanOrEqual(30);
  });

  test('is seldom seen where there is none', () => {
    const found = Array.from({ length: 100 }, (_, seed) => stepEvidence(drawnIndex(seed), sought));
    expect(found.filter(({ probability }) => probability > 0.5).length).toBeLessThanOrEqual(5);
  });

  test('that is not material is as good as none, however certain', () => {
    const clear = { ...drawnIndex(1), values: drawnIndex(1, { step: 0.1 }).values.map((value) => value / 10) };
    expect(stepEvidence(clear, sought).probability).toBeLessThan(0.1);
  });

  test('is not seen once more where it is known already', () => {
    const found = Array.from({ length: 20 }, (_, seed) =>
      stepEvidence(drawnIndex(seed, { step: 0.2, at: 60 }), { ...sought, known: [60] }),
    );
    expect(Math.max(...found.map(({ probability }) => probability))).toBeLessThan(0.7);
    expect(found.filter(({ probability }) => probability > 0.5).length).toBeLessThanOrEqual(2);
  });

  test('is told as none where it cannot be as likely as is asked for, and as likely as ever where it can', () => {
    for (let seed = 0; seed < 20; seed++) {
      const index = drawnIndex(seed, { step: 0.01 * (seed % 5) });
      const { probability, at } = stepEvidence(index, sought);
      const asked = stepEvidence(index, { ...sought, least: 0.4 });
      expect(asked.at).toBe(at);
      expect(asked.probability === probability || (asked.probability === 0 && probability < 0.4)).toBe(true);
    }
  });

  test('is none of a figure that never moves', () => {
    const still = { ...drawnIndex(1), values: drawnIndex(1).values.map(() => 0.3) };
    expect(stepEvidence(still, sought).probability).toBe(0);
  });

  test('is the newest of two, beside the level between them', () => {
    const base = drawnIndex(3, { step: 0.1, at: 40 });
    const twice = { ...base, values: base.values.map((value, day) => value + (day >= 70 ? -0.1 : 0)) };
    expect(newestLevelShift(twice, { spread: 0.06, material: 0.02, leastVariance: () => 0 })).toEqual({
      at: 70,
      before: 40,
    });
  });

  test('of a share is chance where as few tasks would show it', () => {
    const step = drawnIndex(3, { step: 0.1 });
    const size = { spread: 0.06, material: 0.02 };
    expect(newestLevelShift(step, { ...size, leastVariance: () => 0.01 ** 2 })).not.toBeNull();
    expect(newestLevelShift(step, { ...size, leastVariance: () => 0.1 ** 2 })).toBeNull();
  });
});
