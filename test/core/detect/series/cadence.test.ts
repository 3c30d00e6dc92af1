import { expect, test } from 'vitest';
import { Cadence } from '../../../../lib/core/detect/series/cadence.ts';

function after(steps: readonly number[]): number {
  const cadence = new Cadence();
  for (const step of steps) cadence.learn(step);
  return cadence.stepMs;
}

test('a regular series has its step from the second point on; repeated stamps say nothing', () => {
  expect(after([300_000])).toBe(300_000);
  expect(after([0, 300_000, 0, 300_000])).toBe(300_000);
});

test('a gap of a day moves the cadence by 5 %, and a new cadence is learned within 60 points', () => {
  expect(after([300_000, 86_400_000])).toBeCloseTo(300_000 * Math.exp(0.05), 3);
  expect(after([...Array(100).fill(300_000), ...Array(60).fill(60_000)])).toBeLessThan(75_000);
});
