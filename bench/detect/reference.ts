/** What a figure was elsewhere, in the order and unit of the table that the benchmark prints; left out where none is stated. */
export interface Reference {
  nab?: readonly [standard: number, lowFp?: number, lowFn?: number];
  tsbVusPr?: number;
  opsVusPr?: number;
  opsF1?: number;
  opsRecall?: number;
  costUs?: number;
  shifts?: readonly [found: number, chance: number];
}

/**
 * Measured before, with other code for the same definitions, on the other halves of the series: thresholds of NAB from this half,
 * VUS-PR of TSB-AD over 14 series of both halves, shifts over both.
 */
export const measuredBefore: Readonly<Record<string, Reference>> = {
  'ewma-z': {
    nab: [39.4, 24.9, 46.6],
    tsbVusPr: 0.144,
    opsVusPr: 0.49,
    opsF1: 0.46,
    opsRecall: 0.68,
    costUs: 0.1,
    shifts: [0.18, 0.1],
  },
  'windowed-gaussian': {
    nab: [39.8, 27.4, 46.9],
    tsbVusPr: 0.163,
    opsVusPr: 0.63,
    opsF1: 0.54,
    opsRecall: 0.53,
    costUs: 0.1,
    shifts: [0.17, 0.04],
  },
  'median-iqr': { nab: [0], tsbVusPr: 0.155, opsVusPr: 0.72, opsF1: 0.51, opsRecall: 0.76, costUs: 0.3 },
  bocpd: {
    nab: [43.2, 32.4, 50.4],
    tsbVusPr: 0.146,
    opsVusPr: 0.56,
    opsF1: 0.39,
    opsRecall: 0.69,
    costUs: 25,
    shifts: [0.2, 0.12],
  },
  'page-hinkley': {
    nab: [5.8],
    tsbVusPr: 0.281,
    opsVusPr: 0.59,
    opsF1: 0.02,
    opsRecall: 0.05,
    costUs: 0.1,
    shifts: [0.14, 0],
  },
  'random-cut-forest': {
    nab: [31, 24.8, 43.7],
    tsbVusPr: 0.129,
    opsVusPr: 0.56,
    opsF1: 0.22,
    opsRecall: 0.29,
    costUs: 220,
  },
  'smoothed-robust-z': { opsVusPr: 0.81, opsF1: 0.43, opsRecall: 0, costUs: 0.1 },
  'local-spread': { tsbVusPr: 0.359, opsVusPr: 0.51, costUs: 0.1 },
  clock: { nab: [23.6, 0, 39.9] },
};

/** Best published, for the last line of the table. @see https://github.com/numenta/NAB, https://github.com/TheDatumOrg/TSB-AD */
export const published = [
  'published for NAB, all 58 series, thresholds and settings chosen on them (standard / low FP / low FN):',
  '  ARTime 74.9 / 65.2 / 80.4, Numenta HTM 70.1 / 63.1 / 74.3, CAD OSE 69.9 / 67.0 / 73.2, Random Cut Forest 51.7 / 38.4 / 59.7,',
  '  windowed Gaussian 39.6 / 20.9 / 47.4',
  'published VUS-PR of TSB-AD on the same 7 series, the whole series seen: POLY 0.380, MOMENT (FT) 0.335, KShapeAD 0.321,',
  '  AutoEncoder 0.289, Sub-PCA 0.286, SR 0.135',
] as const;
