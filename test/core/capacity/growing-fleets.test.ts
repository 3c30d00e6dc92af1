import { expect, test } from 'vitest';
import { predictFleets } from '../../../bench/predicted-bottlenecks.ts';

// `npm run bench -- predicted-bottlenecks 100` does the same with 100 fleets and prints what went wrong.

test('of twelve random fleets whose load grows, the pool that is full first is named from an hour of telemetry', {
  timeout: 120_000,
}, () => {
  const clear = predictFleets(Array.from({ length: 12 }, (_, i) => i + 1)).filter(({ truth }) => truth !== null);
  expect(clear.length).toBeGreaterThanOrEqual(8);
  const wrong = clear.filter(({ bottlenecks, truth }) => bottlenecks[0]?.id !== truth);
  expect(wrong.length, `wrong: ${wrong.map(({ fleet }) => fleet.seed)}`).toBeLessThanOrEqual(1);
  for (const { bottlenecks, loadFactor, truth } of clear) {
    const named = bottlenecks.find(({ id }) => id === truth);
    expect(Math.abs((named?.loadFactor ?? 0) / loadFactor - 1)).toBeLessThan(0.2);
  }
});
