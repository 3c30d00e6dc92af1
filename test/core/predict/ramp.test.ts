import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minutesUntil, type RampReading, rampIn } from '../../../lib/core/predict/ramp.ts';

/** Five minutes apart, up to now. */
function readings(values: readonly number[], variance = 0.01): RampReading[] {
  return values.map((value, i) => ({ at: 5 * (i - values.length + 1), value, variance }));
}

test('a ramp has its onset, slope and level', () => {
  const ramp = rampIn(readings([0, 0, 1, 2, 3]));
  expect(ramp).toMatchObject({ onset: -15, n: 5 });
  expect(ramp?.slope).toBeCloseTo(0.2, 9);
  expect(ramp?.level).toBeCloseTo(3, 9);
  expect(ramp?.base).toBeCloseTo(0, 9);
  expect(ramp?.evidence).toBeGreaterThan(0);
});

test.each([
  { name: 'what is level', values: [1, 1, 1, 1, 1, 1] },
  { name: 'what falls', values: [5, 4, 3, 2, 1, 0] },
  { name: 'four readings', values: [0, 1, 2, 3] },
  { name: 'a rise that chance explains', values: [0, 0.1, 0, 0.1, 0.1, 0.1] },
])('$name is no ramp', ({ values }) => {
  expect(rampIn(readings(values))).toBeNull();
});

test('a step rises too, but a step explains it better', () => {
  expect(rampIn(readings([0, 0, 0, 0, 0.6, 1, 1, 1]))?.evidence).toBeLessThan(0);
  expect(rampIn(readings([0, 0, 0, 0.2, 0.4, 0.6, 0.8, 1]))?.evidence).toBeGreaterThan(0);
});

test('says when a limit is reached, and within which bounds', () => {
  const until = minutesUntil({ level: 0.6, slope: 0.01, slopeError: 0.002 }, 0.9);
  // 0.3 at 0.01 a minute; 1.2816 × 0.002 either way makes the slope 0.0125632 and 0.0074368.
  expect(until.expected).toBeCloseTo(30, 9);
  expect(until.earliest).toBeCloseTo(23.879, 3);
  expect(until.latest).toBeCloseTo(40.34, 2);
  expect(minutesUntil({ level: 1, slope: 0.01, slopeError: 0.002 }, 0.9)).toEqual({
    expected: 0,
    earliest: 0,
    latest: 0,
  });
  expect(minutesUntil({ level: 0, slope: 0.01, slopeError: 0.02 }, 0.9).latest).toBe(Number.POSITIVE_INFINITY);
});

test('a steeper ramp reaches a limit sooner', () => {
  const slope = fc.double({ min: 0.1, max: 1, noNaN: true });
  fc.assert(
    fc.property(slope, slope, (one, other) => {
      fc.pre(Math.abs(one - other) > 1e-6);
      const [gentle, steep] = [Math.min(one, other), Math.max(one, other)].map((it) =>
        rampIn(readings([0, 0, 0, ...[1, 2, 3, 4, 5].map((k) => 5 * k * it)])),
      );
      if (!gentle || !steep) throw new Error('both are ramps');
      expect(minutesUntil(steep, 50).expected).toBeLessThan(minutesUntil(gentle, 50).expected);
    }),
  );
});
