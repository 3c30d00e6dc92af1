import { logGamma } from './log-gamma.ts';

/**
 * Upper tail of the beta-binomial distribution, P(X ≥ successes): a binomial whose ratio itself varies from one subject to
 * the next, so that its variance is 1 + (n - 1)·correlation times the binomial one.
 * @param n trials, at least `successes`
 * @param ratio expected successes ÷ trials, strictly between 0 and 1
 * @param correlation within a subject, strictly between 0 and 1; towards 0 it is the binomial distribution
 * @throws RangeError when ratio or correlation is out of its range
 * @see https://en.wikipedia.org/wiki/Beta-binomial_distribution
 * @example betaBinomialTail(3, 3, 0.5, 1 / 3) // 0.25: α = β = 1 makes the four outcomes equally likely
 */
export function betaBinomialTail(successes: number, n: number, ratio: number, correlation: number): number {
  if (!(ratio > 0 && ratio < 1)) throw new RangeError(`ratio must be between 0 and 1, not ${ratio}`);
  if (!(correlation > 0 && correlation < 1)) {
    throw new RangeError(`correlation must be between 0 and 1, not ${correlation}`);
  }
  if (successes <= 0) return 1;
  const size = 1 / correlation - 1;
  const [alpha, beta] = [ratio * size, (1 - ratio) * size];
  const scale = logBeta(alpha, beta);
  const logTerm = (k: number) => logChoose(n, k) + logBeta(k + alpha, n - k + beta) - scale;
  // Below the bulk the first terms of the tail are too small for a number, and the rest of the distribution is short.
  if (successes <= n * ratio) {
    let rest = 0;
    for (let k = 0; k < successes; k++) rest += Math.exp(logTerm(k));
    return Math.max(0, 1 - rest);
  }
  // From one count to the next the term changes by a quotient: no more gamma functions are needed.
  let term = Math.exp(logTerm(successes));
  let tail = 0;
  for (let k = successes; k <= n && term > tail * 1e-12; k++) {
    tail += term;
    term *= ((n - k) * (k + alpha)) / ((k + 1) * (n - k - 1 + beta));
  }
  return Math.min(1, tail);
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
