import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestNabThreshold, type NabSeries, nabProfiles, nabScore } from '../../../bench/detect/nab-score.ts';

/** 100 points, of which 15 are never scored, with one window of ten points. */
function alarmsAt(...places: number[]): NabSeries[] {
  const strengths = new Float64Array(100);
  for (const place of places) strengths[place] = 1;
  return [{ strengths, windows: [[50, 59]] }];
}

// By hand, with s(x) = 2 / (1 + e^5x) − 1: s(−1) = 0.9866143, s(−0.5) = 0.8482836, s(−0.1) = 0.2449187, s(1/9) = −0.2708472.
// A single window scores 100 · (raw + missed) ÷ (1 + missed).
test.each([
  { name: 'nothing said is 0', places: [], standard: 0, lowFp: 0, lowFn: 0 },
  { name: 'the first point of the window is all', places: [50], standard: 100, lowFp: 100, lowFn: 100 },
  { name: 'a second alarm in the window changes nothing', places: [50, 55], standard: 100, lowFp: 100, lowFn: 100 },
  { name: 'its sixth point earns 0.8597926', places: [55], standard: 92.98963, lowFp: 92.98963, lowFn: 95.32642 },
  { name: 'its last point earns 0.2482416', places: [59], standard: 62.41208, lowFp: 62.41208, lowFn: 74.94139 },
  { name: 'an alarm before any window costs all', places: [20, 50], standard: 94.5, lowFp: 89, lowFn: 96.33333 },
  {
    name: 'one right behind costs 0.2708472 of it',
    places: [50, 60],
    standard: 98.51034,
    lowFp: 97.02068,
    lowFn: 99.00689,
  },
  { name: 'one three widths behind costs all', places: [50, 87], standard: 94.5, lowFp: 89, lowFn: 96.33333 },
  { name: 'one while it warms up costs nothing', places: [14, 50], standard: 100, lowFp: 100, lowFn: 100 },
])('$name', ({ places, standard, lowFp, lowFn }) => {
  const corpus = alarmsAt(...places);
  expect(nabScore(corpus, nabProfiles.standard, 1)).toBeCloseTo(standard, 4);
  expect(nabScore(corpus, nabProfiles.rewardLowFp, 1)).toBeCloseTo(lowFp, 4);
  expect(nabScore(corpus, nabProfiles.rewardLowFn, 1)).toBeCloseTo(lowFn, 4);
});

test('a file scores as in the published results of NAB', () => {
  // results/windowedGaussian/windowedGaussian_standard_scores.csv, realAdExchange/exchange-3_cpm_results.csv: one alarm, 0.862098587352162.
  const strengths = new Float64Array(1_538);
  strengths[1_121] = 1;
  const normalized = nabScore([{ strengths, windows: [[1_045, 1_197]] }], nabProfiles.standard, 1);
  expect((normalized / 100) * 2 - 1).toBeCloseTo(0.862098587352162, 12);
});

test('at most 750 points are never scored', () => {
  const strengths = new Float64Array(10_000);
  strengths[749] = 1;
  const corpus: NabSeries[] = [{ strengths, windows: [[9_000, 9_100]] }];
  expect(nabScore(corpus, nabProfiles.standard, 1)).toBe(0);
  strengths[750] = 1;
  expect(nabScore(corpus, nabProfiles.standard, 1)).toBeCloseTo(-5.5, 10);
});

test('a corpus without a window has no score', () => {
  const corpus: NabSeries[] = [{ strengths: new Float64Array(100), windows: [] }];
  expect(() => nabScore(corpus, nabProfiles.standard, 1)).toThrow(RangeError);
  expect(() => bestNabThreshold(corpus, nabProfiles.standard)).toThrow(RangeError);
});

const anyCorpus = fc.array(
  fc
    .tuple(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 60, maxLength: 60 }), fc.integer({ min: 9, max: 25 }))
    .map(
      ([levels, first]): NabSeries => ({
        strengths: levels.map((level) => level / 20),
        windows: [
          [first, first + 7],
          [first + 20, first + 26],
        ],
      }),
    ),
  { minLength: 1, maxLength: 3 },
);

test.each(Object.entries(nabProfiles))('no threshold scores higher than the one chosen: %s', (_name, weights) => {
  fc.assert(
    fc.property(anyCorpus, (corpus) => {
      const best = bestNabThreshold(corpus, weights);
      const thresholds = [...Array.from({ length: 21 }, (_, i) => i / 20), Number.POSITIVE_INFINITY];
      const scores = thresholds.map((threshold) => nabScore(corpus, weights, threshold));
      expect(best.score).toBeCloseTo(Math.max(...scores), 8);
      expect(nabScore(corpus, weights, best.threshold)).toBeCloseTo(best.score, 8);
    }),
  );
});
