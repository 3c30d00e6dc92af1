import { expect, test } from 'vitest';
import { ChangeOnset } from '../../../../lib/core/detect/series/change-onset.ts';

function after(deviations: readonly number[]): ChangeOnset {
  const onset = new ChangeOnset();
  for (const [i, z] of deviations.entries()) onset.observe(60_000 * i, z);
  return onset;
}

test('a change that began at minute 3 is dated to it however long it lasts', () => {
  for (const length of [1, 5, 100])
    expect(after([0.3, -0.9, 0.8, ...Array(length).fill(2)]).estimate()).toEqual({ onsetMs: 180_000, direction: 'up' });
});

test('deviations of a standard deviation either way date nothing', () => {
  expect(after([1, -1, 1, 1, -1]).estimate()).toBeNull();
});

test('a drop is told as one, and one outlier before it is forgotten by then', () => {
  expect(after([9, 0, 0, 0, -3, -3]).estimate()).toEqual({ onsetMs: 240_000, direction: 'down' });
});

test('after the longest shift it is over within 50 ordinary points', () => {
  expect(after([...Array(1_000).fill(3), ...Array(49).fill(0)]).estimate()).not.toBeNull();
  expect(after([...Array(1_000).fill(3), ...Array(50).fill(0)]).estimate()).toBeNull();
});
