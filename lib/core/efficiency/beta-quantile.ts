import { logGamma } from '../detect/log-gamma.ts';

/**
 * Quantile of the beta distribution, by halving the interval in which it lies; within 1e-9.
 * @param p 0..1
 * @param alpha above 0
 * @param beta above 0
 * @throws RangeError when alpha or beta is not above 0, or p outside 0..1
 * @example betaQuantile(0.05, 1, 1) // 0.05: uniform
 */
export function betaQuantile(p: number, alpha: number, beta: number): number {
  if (!(alpha > 0 && beta > 0)) throw new RangeError(`alpha and beta must be above 0; got ${alpha} and ${beta}`);
  if (!(p >= 0 && p <= 1)) throw new RangeError(`p must lie in 0..1; got ${p}`);
  let [low, high] = [0, 1];
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2;
    if (betaBelow(middle, alpha, beta) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Regularized incomplete beta function, by its continued fraction (Lentz). @see Numerical Recipes, 6.4 */
function betaBelow(x: number, alpha: number, beta: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  const front = Math.exp(
    logGamma(alpha + beta) - logGamma(alpha) - logGamma(beta) + alpha * Math.log(x) + beta * Math.log1p(-x),
  );
  return x < (alpha + 1) / (alpha + beta + 2)
    ? (front * fraction(x, alpha, beta)) / alpha
    : 1 - (front * fraction(1 - x, beta, alpha)) / beta;
}

function fraction(x: number, alpha: number, beta: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / notZero(1 - ((alpha + beta) * x) / (alpha + 1), tiny);
  let value = d;
  for (let m = 1; m < 400; m++) {
    const even = (m * (beta - m) * x) / ((alpha + 2 * m - 1) * (alpha + 2 * m));
    d = 1 / notZero(1 + even * d, tiny);
    c = notZero(1 + even / c, tiny);
    value *= d * c;
    const odd = (-(alpha + m) * (alpha + beta + m) * x) / ((alpha + 2 * m) * (alpha + 2 * m + 1));
    d = 1 / notZero(1 + odd * d, tiny);
    c = notZero(1 + odd / c, tiny);
    value *= d * c;
    if (Math.abs(d * c - 1) < 1e-12) break;
  }
  return value;
}

function notZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}
