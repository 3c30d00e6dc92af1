import { expect, test } from 'vitest';
import { NUMBERS_A_VIEW, RankCalibration } from '../../../../lib/core/detect/series/rank-calibration.ts';

const STRETCH_MS = 10;

/** One view that has shown these peaks, one in each stretch, and whose next stretch has begun. */
function afterPeaks(peaks: readonly number[]): RankCalibration {
  const ranks = new RankCalibration(new Float32Array(NUMBERS_A_VIEW));
  for (const [i, peak] of [...peaks, 0].entries()) ranks.learn(i * STRETCH_MS, [peak], STRETCH_MS);
  return ranks;
}

// By hand: of three peaks and itself, a deviation is the n-th largest of four; log10(4 / n).
test.each([
  { deviation: 3, n: 2 },
  { deviation: 1.5, n: 3 },
])('of peaks 1, 2 and 4, a deviation of $deviation is as surprising as one in 4 / $n', ({ deviation, n }) => {
  expect(afterPeaks([1, 4, 2]).surprise(0, deviation)).toBeCloseTo(Math.log10(4 / n), 12);
});

test('nothing surprises that is below every peak, or within 10 % of the least', () => {
  const ranks = afterPeaks([1, 4, 2]);
  expect([0, 0.5, 1, 1.1].map((deviation) => ranks.surprise(0, deviation))).toEqual([0, 0, 0, 0]);
});

test('beyond every peak it grows with the logarithm, the faster the more alike the peaks are, and by two decades at most', () => {
  // By hand: excesses over the least are ln 4, ln 2 and 0, and one of 1 is added: tail (1 + ln 8) / 4; 5 counts as 4.5.
  const tail = (1 + Math.log(8)) / 4;
  expect(afterPeaks([1, 4, 2]).surprise(0, 5)).toBeCloseTo(Math.log10(4) + Math.log10(4.5 / 4) / tail, 6);
  expect(afterPeaks([3.9, 4, 4]).surprise(0, 5)).toBeGreaterThan(afterPeaks([1, 4, 2]).surprise(0, 5));
  expect(afterPeaks([1, 4, 2]).surprise(0, 1e9)).toBeCloseTo(Math.log10(4) + 2, 12);
});

test('the largest of a stretch counts, once; two stretches are too few to say anything', () => {
  const ranks = new RankCalibration(new Float32Array(NUMBERS_A_VIEW));
  for (let i = 0; i < 25; i++) ranks.learn(i, [i], STRETCH_MS);
  expect(ranks.state().stretches).toBe(2);
  expect(ranks.surprise(0, 100)).toBe(0);
});

test('views know only their own peaks', () => {
  const ranks = new RankCalibration(new Float32Array(2 * NUMBERS_A_VIEW));
  for (let i = 0; i < 10; i++) ranks.learn(i * STRETCH_MS, [1, 100], STRETCH_MS);
  expect(ranks.surprise(0, 50)).toBeGreaterThan(1);
  expect(ranks.surprise(1, 50)).toBe(0);
});

test('an outlier of long ago fades: after two years, a tenth of it is a record again', () => {
  const ordinary = (count: number) => Array.from({ length: count }, () => 1);
  expect(afterPeaks([1_000, ...ordinary(100)]).surprise(0, 100)).toBeCloseTo(Math.log10(25 / 2), 12);
  expect(afterPeaks([1_000, ...ordinary(180 + 1_300)]).surprise(0, 100)).toBeGreaterThan(Math.log10(25));
});
