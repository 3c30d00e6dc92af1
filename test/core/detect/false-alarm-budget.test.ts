import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviationAt, deviationNeeded, falseAlarmChance } from '../../../lib/core/detect/false-alarm-budget.ts';
import { normalTail } from '../../../lib/core/detect/normal-tail.ts';

// Quantiles from Python: statistics.NormalDist().inv_cdf.
test.each([
  { series: 1, chance: 6.9444e-5, deviation: 3.8101 },
  { series: 10, chance: 6.9444e-6, deviation: 4.3456 },
  { series: 100, chance: 6.9444e-7, deviation: 4.8266 },
  { series: 1_000, chance: 6.9444e-8, deviation: 5.2667 },
])('a rule that judges $series series leaves each reading its share of the false alarms', (it) => {
  expect(falseAlarmChance(it.series) / it.chance).toBeCloseTo(1, 4);
  expect(deviationNeeded(it.series)).toBeCloseTo(it.deviation, 3);
});

test('all readings of a day together raise a tenth of a false alarm at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), (series) => {
      expect(normalTail(deviationNeeded(series)) * series * 1_440).toBeLessThanOrEqual(0.1 * (1 + 1e-6));
    }),
  );
});

test('what may never happen is infinitely far, and more than half is no tail', () => {
  expect(deviationAt(0)).toBe(Number.POSITIVE_INFINITY);
  expect(() => deviationAt(0.6)).toThrow(RangeError);
});
