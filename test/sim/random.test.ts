import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../lib/sim/random.ts';

const take = (count: number, draw: () => number) => Array.from({ length: count }, draw);
const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('equal seed and name give the same stream, another seed or name another one', () => {
  const stream = (seed: number, name: string) => {
    const random = createRandom(seed, name);
    return take(5, () => random.uniform());
  };
  expect(stream(1, 'a')).toEqual(stream(1, 'a'));
  expect(stream(2, 'a')).not.toEqual(stream(1, 'a'));
  expect(stream(1, 'b')).not.toEqual(stream(1, 'a'));
});

test('a stream does not depend on what other streams draw', () => {
  const alone = createRandom(7, 'a');
  const [one, other] = [createRandom(7, 'a'), createRandom(7, 'b')];
  const disturbed = take(100, () => {
    other.normal(0, 1);
    return one.uniform();
  });
  expect(disturbed).toEqual(take(100, () => alone.uniform()));
});

test('law: uniform numbers and integers stay in their range', () => {
  fc.assert(
    fc.property(fc.integer(), fc.string(), fc.integer({ min: 1, max: 1_000 }), (seed, name, count) => {
      const random = createRandom(seed, name);
      const [uniform, whole] = [random.uniform(-3, 5), random.int(count)];
      return uniform >= -3 && uniform < 5 && Number.isInteger(whole) && whole >= 0 && whole < count;
    }),
  );
});

// Tolerances are four standard errors of 100,000 draws.
test.each([
  { name: 'uniform has mean 1/2', draw: 'uniform', mean: 0.5, tolerance: 0.0037 },
  { name: 'normal(3, 2) has mean 3', draw: 'normal', mean: 3, tolerance: 0.026 },
  { name: 'exponential(5) has mean 5', draw: 'exponential', mean: 5, tolerance: 0.064 },
  { name: 'logNormal(1, 0.1) has mean e^0.005', draw: 'logNormal', mean: Math.exp(0.005), tolerance: 0.0013 },
])('$name', ({ draw, mean, tolerance }) => {
  const random = createRandom(11, draw);
  const draws: Record<string, () => number> = {
    uniform: () => random.uniform(),
    normal: () => random.normal(3, 2),
    exponential: () => random.exponential(5),
    logNormal: () => random.logNormal(1, 0.1),
  };
  const values = take(100_000, draws[draw] ?? (() => Number.NaN));
  expect(Math.abs(meanOf(values) - mean)).toBeLessThan(tolerance);
});

// 148.2 is the 99.9 % point: qchisq(0.999, 99) in R.
test('integers are even: chi-square over 100 cells stays below its 99.9 % point', () => {
  const random = createRandom(3, 'even');
  const cells = new Array<number>(100).fill(0);
  for (let n = 0; n < 100_000; n += 1) {
    const cell = random.int(100);
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  expect(cells.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)).toBeLessThan(148.2);
});

test('a seed that is not a number is refused', () => {
  expect(() => createRandom(Number.NaN, 'a')).toThrow(RangeError);
});
