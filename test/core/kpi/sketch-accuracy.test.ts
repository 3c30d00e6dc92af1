import { describe, expect, test } from 'vitest';
import {
  addDuration,
  emptySketch,
  type LatencySketch,
  mergeSketch,
  sketchQuantiles,
} from '../../../lib/core/kpi/latency-sketch.ts';
import { createRandom, type Random } from '../../../lib/sim/random.ts';

const COUNT = 20_000;
const QUANTILES = [0.5, 0.9, 0.95, 0.99, 0.999];
const SPLITS = 60;
const SECOND_US = 1e6;
const DAY_US = 86_400 * SECOND_US;

const weibull = (random: Random, scale: number, shape: number) => scale * random.exponential(1) ** (1 / shape);
/** Of a whole shape: the sum of so many exponential draws. */
const gamma = (random: Random, scale: number, shape: number) =>
  Array.from({ length: shape }, () => random.exponential(scale)).reduce((sum, value) => sum + value, 0);
const truncatedNormal = (random: Random, mean: number, deviation: number): number => {
  const value = random.normal(mean, deviation);
  return value >= 0 ? value : truncatedNormal(random, mean, deviation);
};

/** Durations in microseconds, by name; `i` counts from 0. */
const distributions: Record<string, (random: Random, i: number) => number> = {
  'uniform to half a minute': (random) => random.uniform(0, 30 * SECOND_US),
  exponential: (random) => random.exponential(SECOND_US),
  'log-normal, sigma 0.25': (random) => random.logNormal(SECOND_US, 0.25),
  'log-normal, sigma 1': (random) => random.logNormal(SECOND_US, 1),
  'log-normal, sigma 2.5': (random) => random.logNormal(SECOND_US, 2.5),
  'Pareto, shape 1.1': (random) => 10_000 * (1 - random.uniform()) ** (-1 / 1.1),
  'Pareto, shape 3': (random) => 10_000 * (1 - random.uniform()) ** (-1 / 3),
  'bimodal: cache hits and misses': (random) =>
    random.uniform() < 0.8 ? random.normal(2_000, 100) : random.normal(4 * SECOND_US, 0.5 * SECOND_US),
  constant: () => 123_457,
  'heavy ties on five values': (random) => [1, 17, 250_000, 250_001, 9 * SECOND_US][random.int(5)] ?? 1,
  'Weibull, shape 0.5': (random) => weibull(random, SECOND_US, 0.5),
  'Weibull, shape 3': (random) => weibull(random, SECOND_US, 3),
  'gamma, shape 4': (random) => gamma(random, SECOND_US, 4),
  'zero in two of three': (random) => (random.uniform() < 2 / 3 ? 0 : random.exponential(SECOND_US)),
  'single microseconds': (random) => 1 + random.int(9),
  'days, up to a month': (random) => random.uniform(DAY_US, 30 * DAY_US),
  'sorted, rising': (_, i) => 1_000 + i * 977,
  'sorted, falling': (_, i) => 1_000 + (COUNT - i) * 977,
  sawtooth: (_, i) => 5_000 + (i % 97) * 31_337,
  'truncated normal': (random) => truncatedNormal(random, SECOND_US, SECOND_US),
  'mixture with one outlier in a hundred': (random) =>
    random.uniform() < 0.99 ? random.normal(300_000, 20_000) : random.uniform(60, 600) * SECOND_US,
  geometric: (random) => 1 + Math.floor(Math.log(1 - random.uniform()) / Math.log(1 - 0.01)),
  'Cauchy, absolute': (random) => Math.abs(Math.tan(Math.PI * (random.uniform() - 0.5))) * SECOND_US,
  'powers of two': (random) => 2 ** random.int(36),
};

function durationsOf(name: string): number[] {
  const random = createRandom(20_260_101, name);
  return Array.from({ length: COUNT }, (_, i) => Math.round(Math.max(0, distributions[name]?.(random, i) ?? 0)));
}

function sketchOf(durations: readonly number[]): LatencySketch {
  const sketch = emptySketch();
  for (const us of durations) addDuration(sketch, us);
  return sketch;
}

/** Exact values of rank ceil(q n); of 20,000 every q here gives a whole rank. */
function exactQuantiles(durations: readonly number[]): number[] {
  const sorted = [...durations].sort((a, b) => a - b);
  return QUANTILES.map((q) => sorted[Math.round(q * COUNT) - 1] ?? Number.NaN);
}

/** Deals the durations at random into sketches, and merges these in another order. */
function mergedInSplits(durations: readonly number[], random: Random): LatencySketch {
  const sketches = Array.from({ length: SPLITS }, () => emptySketch());
  for (const us of durations) addDuration(sketches[random.int(SPLITS)] ?? emptySketch(), us);
  const merged = emptySketch();
  while (sketches.length > 0) {
    const [taken] = sketches.splice(random.int(sketches.length), 1);
    if (taken) mergeSketch(merged, taken);
  }
  return merged;
}

describe.each(Object.keys(distributions))('of %s', (name) => {
  const durations = durationsOf(name);
  const exact = exactQuantiles(durations);

  test.each(['as they come', `in ${SPLITS} random splits, merged`])('p50 to p99.9 are within 1 %%: %s', (how) => {
    const isSplit = how !== 'as they come';
    const sketch = isSplit ? mergedInSplits(durations, createRandom(7, name)) : sketchOf(durations);
    for (const [i, estimate] of sketchQuantiles(sketch, QUANTILES).entries()) {
      const [truth, q] = [exact[i] ?? Number.NaN, QUANTILES[i]];
      const error = truth === 0 ? estimate : Math.abs((estimate ?? Number.NaN) - truth) / truth;
      expect({ q, truth, error: (error ?? 1) <= 0.01 ? 'within 1 %' : error }).toEqual({
        q,
        truth,
        error: 'within 1 %',
      });
    }
  });
});

test('p50 to p99.9 of few values are those of rank ceil(q n), within 1 %', () => {
  for (let count = 1; count <= 60; count++) {
    const durations = Array.from({ length: count }, (_, i) => 1_000 * 2 ** (i / 2));
    const estimates = sketchQuantiles(sketchOf(durations.map(Math.round)), QUANTILES);
    for (const [i, percent] of [500, 900, 950, 990, 999].entries()) {
      // In whole numbers, without the rounding of binary fractions.
      const rank = Math.ceil((percent * count) / 1_000);
      expect(Math.abs((estimates[i] ?? 0) / Math.round(durations[rank - 1] ?? 0) - 1)).toBeLessThanOrEqual(0.01);
    }
  }
});
