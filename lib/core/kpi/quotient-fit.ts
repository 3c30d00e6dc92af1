import { nonNegativeLeastSquares } from './non-negative-least-squares.ts';

/** A measured value that should be numerator ÷ (coefficients · terms). */
export interface QuotientPoint {
  /** Above 0. */
  numerator: number;
  terms: readonly number[];
  value: number;
  /** One over the variance of the value. */
  weight: number;
}

const MAX_STEPS = 50;

/**
 * Finds the coefficients, none below 0, of the least weighted squares. It starts with least squares of numerator ÷ value,
 * which is linear in them, and goes on with Gauss-Newton steps under the same bounds, each halved until it helps.
 * @param points of the same number of terms, with a value above 0 in one at least
 */
export function bestQuotient(points: readonly QuotientPoint[]): { coefficients: number[]; squares: number } {
  // The variance of numerator ÷ value is that of the value, times numerator² ÷ value⁴.
  let coefficients = nonNegativeLeastSquares(
    points
      .filter(({ value }) => value > 0)
      .map(({ numerator, terms, value, weight }) => ({
        row: terms,
        target: numerator / value,
        weight: (weight * value ** 4) / numerator ** 2,
      })),
  );
  let squares = squaresOf(points, coefficients);
  for (let step = 0; step < MAX_STEPS; step++) {
    const target = nonNegativeLeastSquares(linearized(points, coefficients));
    let share = 1;
    let tried = target;
    let left = squaresOf(points, tried);
    while (!(left < squares) && share > 1e-4) {
      share /= 2;
      tried = coefficients.map((from, i) => from + share * ((target[i] ?? from) - from));
      left = squaresOf(points, tried);
    }
    if (!(left < squares)) break;
    const isDone = squares - left <= 1e-12 * squares;
    [coefficients, squares] = [tried, left];
    if (isDone) break;
  }
  return { coefficients, squares };
}

function squaresOf(points: readonly QuotientPoint[], coefficients: readonly number[]): number {
  let sum = 0;
  for (const { numerator, terms, value, weight } of points) {
    const denominator = dot(coefficients, terms);
    if (!(denominator > 0)) return Number.POSITIVE_INFINITY;
    sum += weight * (value - numerator / denominator) ** 2;
  }
  return sum;
}

/** The quotient to first order around some coefficients, as linear equations of new ones. */
function linearized(points: readonly QuotientPoint[], coefficients: readonly number[]) {
  return points.map(({ numerator, terms, value, weight }) => {
    const denominator = dot(coefficients, terms);
    const row = terms.map((term) => (-numerator * term) / denominator ** 2);
    return { row, target: value - numerator / denominator + dot(row, coefficients), weight };
  });
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
