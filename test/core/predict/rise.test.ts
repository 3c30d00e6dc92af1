import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RampReading } from '../../../lib/core/predict/ramp.ts';
import { riseIn } from '../../../lib/core/predict/rise.ts';

/** Five minutes apart, up to now. */
function readings(values: readonly number[], variance = 1): RampReading[] {
  return values.map((value, i) => ({ at: 5 * (i - values.length + 1), value, variance }));
}

test('one reading above three is a rise as worked out by hand', () => {
  // Onset -5: x = 0 0 0 5, spread 25 - 25 ÷ 4 = 18.75, slope (5 - 5 ÷ 4) ÷ 18.75 = 0.2 a minute, its error 1 ÷ √18.75.
  const rise = riseIn(readings([0, 0, 0, 1]));
  expect(rise).toMatchObject({ onset: -5 });
  expect(rise?.slope).toBeCloseTo(0.2, 12);
  expect(rise?.level).toBeCloseTo(1, 12);
  expect(rise?.z).toBeCloseTo(0.2 * Math.sqrt(18.75), 12);
});

test('readings that no line fits make it less certain by as much', () => {
  // Onset -5: x = 0 0 0 0 5, spread 20, slope (20 - 20 ÷ 5) ÷ 20 = 0.8, mean before 0; misfit 4 × 1 over 3.
  const rise = riseIn(readings([1, -1, 1, -1, 4]));
  expect(rise?.z).toBeCloseTo((0.8 * Math.sqrt(20)) / Math.sqrt(4 / 3), 12);
});

test.each([
  { name: 'three readings', values: [0, 0, 5] },
  { name: 'what falls', values: [4, 3, 2, 1] },
  { name: 'what is level', values: [1, 1, 1, 1] },
])('$name is no rise', ({ values }) => {
  expect(riseIn(readings(values))).toBeNull();
});

test('a line that goes on is told from a step', () => {
  expect(riseIn(readings([0, 0, 0, 0, 2, 4, 6, 8]))?.evidence).toBeGreaterThan(0);
  expect(riseIn(readings([0, 0, 0, 0, 4, 8, 8, 8]))?.evidence).toBeLessThan(0);
});

test('is the clearer the higher the newest reading, and the same wherever the readings begin', () => {
  const value = fc.double({ min: -2, max: 2, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 4, maxLength: 9 }),
      fc.double({ min: -9, max: 9, noNaN: true }),
      (of, by) => {
        const [one, moved] = [of, of.map((it) => it + by)].map((it) => riseIn(readings(it)));
        expect(moved?.z ?? 0).toBeCloseTo(one?.z ?? 0, 6);
      },
    ),
  );
  const z = (last: number) => riseIn(readings([0, 0, 0, 0, 0, last]))?.z ?? 0;
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 9, noNaN: true }), (last) => {
      expect(z(last + 0.5)).toBeGreaterThan(z(last));
    }),
  );
});
