/** Quantile of the standard normal distribution at 0.995: bounds of a two-sided 99 % interval. */
const Z_99 = 2.5758;

/**
 * Lower bound of Wilson's score interval for a share: what it is at least, for all that n trials tell.
 * @param hits 0..n
 * @param n trials; 0 gives 0
 * @see Wilson: Probable Inference, the Law of Succession, and Statistical Inference, JASA 22, 1927
 * @example wilsonLower(5, 5) // ≈ 0.43
 */
export function wilsonLower(hits: number, n: number, z = Z_99): number {
  if (n === 0) return 0;
  const share = hits / n;
  const half = z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  return Math.max(0, (share + z ** 2 / (2 * n) - half) / (1 + z ** 2 / n));
}
