/** The q-quantile as the value of rank ceil(q n); null of nothing. @param q 0..1 */
export function nearestRank(values: readonly number[], q: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  // 0.95 * 20 is a little less than 19 or more in binary: without the guard its rank could be 20.
  return sorted[Math.max(0, Math.ceil(q * sorted.length - 1e-9) - 1)] ?? null;
}
