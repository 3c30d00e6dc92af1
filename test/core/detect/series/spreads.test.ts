import { expect, test } from 'vitest';
import { Spreads } from '../../../../lib/core/detect/series/spreads.ts';

const WEIGHTS = { usually: 0.001, lately: 0.05, shortly: 0.1 };

/** What it knows after so many values. */
function after(count: number, valueAt: (i: number) => number): Spreads {
  const spreads = Spreads.from(valueAt(0));
  for (let i = 1; i < count; i++) spreads.learn(valueAt(i), { ...WEIGHTS, usually: Math.max(1 / (i + 1), 0.001) });
  return spreads;
}

/** −1..1 without a pattern, and the same each time. */
const noise = (i: number) => Math.sin(i ** 2);

test('values that are spread three times as far as usual have nearly three times the ratio', () => {
  const ratioAfter = (factor: number) => after(5_100, (i) => 50 + (i < 5_000 ? 1 : factor) * noise(i)).ratio;
  const times = ratioAfter(3) / ratioAfter(1);
  expect(times).toBeGreaterThan(2.5);
  expect(times).toBeLessThan(3);
});

test('a spike in a hundred stays part of what is usual, however long it comes', () => {
  const ratioAfter = (count: number) => after(count, (i) => (i % 100 === 99 ? 20 : 0)).ratio;
  expect(ratioAfter(20_000) / ratioAfter(2_000)).toBeGreaterThan(0.9);
  expect(ratioAfter(20_000) / ratioAfter(2_000)).toBeLessThan(1.1);
});

test('while every value is the same the ratio is 1', () => {
  expect(after(100, () => 45).ratio).toBe(1);
});

test('read back from its state it goes on exactly as before', () => {
  const [one, other] = [after(500, noise), after(500, noise)];
  const read = Spreads.read(other.state());
  for (const spreads of [one, read]) for (let i = 0; i < 50; i++) spreads.learn(3 * noise(i), WEIGHTS);
  expect(read.state()).toBe(one.state());
  expect(read.ratio).toBe(one.ratio);
  expect(read.distance(8)).toBe(one.distance(8));
});

test('the state of something else is refused', () => {
  expect(() => Spreads.read('AAAA')).toThrow(RangeError);
});
