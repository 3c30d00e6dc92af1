/** value = fixed + factor × size ^ exponent, through what was measured. */
export interface GrowthLaw {
  /** What it takes whatever the size, 0 or more. */
  fixed: number;
  factor: number;
  exponent: number;
}

export interface SizedValue {
  size: number;
  value: number;
}

/** Exponents that are tried; between the best of them and its neighbours once more, as finely. */
const [LEAST_EXPONENT, MOST_EXPONENT, STEP, FINE_STEP] = [0.2, 2.5, 0.05, 0.001];

/**
 * Least squares of relative errors, so that each size counts the same, however large it is. Two sizes tell no exponent: then it is 1.
 * @throws RangeError for fewer than two different sizes, or sizes or values that are not above zero
 */
export function growthLaw(points: readonly SizedValue[]): GrowthLaw {
  const sizes = new Set(points.map(({ size }) => size)).size;
  if (sizes < 2 || points.some(({ size, value }) => !(size > 0 && value > 0))) {
    throw new RangeError('a law of growth needs two sizes or more, and sizes and values above zero');
  }
  if (sizes === 2) return lawWith(1, points);
  const coarse = bestOf(points, LEAST_EXPONENT, MOST_EXPONENT, STEP);
  return bestOf(points, coarse.exponent - STEP, coarse.exponent + STEP, FINE_STEP);
}

export function valueAt({ fixed, factor, exponent }: GrowthLaw, size: number): number {
  return fixed + factor * size ** exponent;
}

/** @returns the size at which the law comes to the value; Infinity where it never does, 0 where it is beyond it from the first */
export function sizeAt({ fixed, factor, exponent }: GrowthLaw, value: number): number {
  if (value <= fixed) return 0;
  return factor === 0 ? Number.POSITIVE_INFINITY : ((value - fixed) / factor) ** (1 / exponent);
}

/** @returns the largest distance of the law from what was measured, as a share of it */
export function worstMisfit(law: GrowthLaw, points: readonly SizedValue[]): number {
  return Math.max(...points.map((point) => Math.abs(relativeError(law, point))));
}

function bestOf(points: readonly SizedValue[], from: number, to: number, step: number): GrowthLaw {
  const tried = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => lawWith(from + i * step, points));
  const errorOf = (law: GrowthLaw) => points.reduce((sum, point) => sum + relativeError(law, point) ** 2, 0);
  return tried.reduce((best, law) => (errorOf(law) < errorOf(best) ? law : best));
}

function relativeError(law: GrowthLaw, { size, value }: SizedValue): number {
  return valueAt(law, size) / value - 1;
}

/** The best fixed part and factor for an exponent: neither can be below zero. */
function lawWith(exponent: number, points: readonly SizedValue[]): GrowthLaw {
  // Of each point 1 = fixed × u + factor × v.
  const rows = points.map(({ size, value }) => ({ u: 1 / value, v: size ** exponent / value }));
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0);
  const [uu, uv, vv] = [sum(({ u }) => u * u), sum(({ u, v }) => u * v), sum(({ v }) => v * v)];
  const [u1, v1] = [sum(({ u }) => u), sum(({ v }) => v)];
  const determinant = uu * vv - uv * uv;
  const [fixed, factor] = [(u1 * vv - v1 * uv) / determinant, (v1 * uu - u1 * uv) / determinant];
  if (factor < 0) return { fixed: u1 / uu, factor: 0, exponent };
  return fixed < 0 ? { fixed: 0, factor: v1 / vv, exponent } : { fixed, factor, exponent };
}
