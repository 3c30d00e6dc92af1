import { describe, expect, test } from 'vitest';
import { analyzeNetwork } from '../../../bench/bottlenecks/analyze-network.ts';
import { randomNetwork } from '../../../bench/bottlenecks/network.ts';
import { findBottlenecks } from '../../../bench/bottlenecks.ts';

// `npm run bench -- bottlenecks 200` does the same with 200 networks and prints what went wrong.

const seeds = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe('in random networks, open and closed, half of them with a tool', () => {
  test('the station with the largest demand per server comes first', { timeout: 60_000 }, () => {
    const found = findBottlenecks(seeds(50), 1.15);
    const wrong = found.filter(({ isRight }) => !isRight).map(({ network }) => network.seed);
    expect(wrong.length, `wrong: ${wrong}`).toBeLessThanOrEqual(2);
    expect(new Set(found.map(({ network }) => network.truth.kind))).toEqual(new Set(['pool', 'tool']));
  });

  test('of near ties, few are wrong and sure of it', { timeout: 60_000 }, () => {
    const ties = findBottlenecks(seeds(24), 1, 1.03).filter(({ network }) => network.margin < 1.03);
    expect(ties.length).toBeGreaterThan(5);
    expect(ties.filter(({ isRight, confidence }) => !isRight && (confidence ?? 0) >= 0.95).length).toBeLessThanOrEqual(
      2,
    );
  });
});

test('no throughput is above its bound, and halving what comes first brings most', () => {
  for (const seed of [2, 4, 6]) {
    const { bottlenecks, system } = analyzeNetwork(randomNetwork(seed, { tool: false, margin: 1.5 }));
    expect(system.throughputPerMin).toBeLessThanOrEqual((system.boundPerMin ?? 0) * 1.001);
    const gains = bottlenecks.map(({ expectedGain }) => expectedGain?.demandHalved.gain ?? 0);
    expect(gains[0]).toBeGreaterThan(0.1);
    expect(Math.max(...gains)).toBe(gains[0]);
  }
});
