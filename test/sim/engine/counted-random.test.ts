import { describe, expect, test } from 'vitest';
import { hashNumbers, streamsOf } from '../../../lib/sim/engine/counted-random.ts';

const COUNT = 100_000;
const open = streamsOf(1, 'service');

/** Correlation of two lists of uniforms; its standard error is 1/√n. */
function correlation(ones: number[], others: number[]): number {
  const product = ones.reduce((sum, one, index) => sum + (one - 0.5) * ((others[index] ?? 0) - 0.5), 0);
  return (product / ones.length) * 12;
}

const draws = (draw: (index: number) => number) => Array.from({ length: COUNT }, (_, index) => draw(index));

describe('numbers by position are as good as in a row', () => {
  const first = draws((index) => open(index).uniform());

  test('uniform: chi-square of 1,000 cells within 4 standard deviations', () => {
    const counts = new Array<number>(1_000).fill(0);
    for (const value of first) counts[Math.floor(value * 1_000)] = (counts[Math.floor(value * 1_000)] ?? 0) + 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - COUNT / 1_000) ** 2 / (COUNT / 1_000), 0);
    expect(Math.abs(chiSquare - 999)).toBeLessThan(4 * Math.sqrt(2 * 999));
  });

  test.each<[string, (index: number) => number]>([
    ['the next of its stream', (index) => secondOf(open(index))],
    ['the neighbouring stream', (index) => open(index + 1).uniform()],
    ['the stream of the next step', (index) => open(index, 1).uniform()],
    ['the stream of the next attempt', (index) => open(index, 0, 1).uniform()],
    ['the stream of another kind', (index) => streamsOf(1, 'outcome')(index).uniform()],
    ['the stream of another seed', (index) => streamsOf(2, 'service')(index).uniform()],
  ])('independent of %s', (_name, other) => {
    expect(Math.abs(correlation(first, draws(other)))).toBeLessThan(4 / Math.sqrt(COUNT));
  });

  test('exponential and normal have the moments that they should', () => {
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const exponentials = draws((index) => open(index, 7).exponential(2));
    expect(Math.abs(mean(exponentials) / 2 - 1)).toBeLessThan(4 / Math.sqrt(COUNT));
    const normals = draws((index) => open(index, 8).normal(0, 1));
    expect(Math.abs(mean(normals))).toBeLessThan(4 / Math.sqrt(COUNT));
    expect(Math.abs(mean(normals.map((value) => value ** 2)) - 1)).toBeLessThan((4 * Math.SQRT2) / Math.sqrt(COUNT));
  });
});

function secondOf(random: { uniform(): number }): number {
  random.uniform();
  return random.uniform();
}

test('the same stream again gives the same numbers', () => {
  const [one, other] = [open(5, 6, 7), open(5, 6, 7)];
  expect([one.uniform(), one.int(10), one.normal(0, 1)]).toEqual([other.uniform(), other.int(10), other.normal(0, 1)]);
});

test('hashes of 100,000 numbers rarely meet: about one pair is expected', () => {
  expect(new Set(draws((index) => hashNumbers(index, index % 7))).size).toBeGreaterThan(COUNT - 8);
});

test('a seed that is no number is refused', () => {
  expect(() => streamsOf(Number.NaN, 'x')).toThrow(RangeError);
});
