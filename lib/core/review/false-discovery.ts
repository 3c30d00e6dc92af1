/**
 * Which hypotheses may be told so that, of those told, no more than a share is expected to be false (Benjamini and Hochberg). It
 * holds for independent tests and for those that go together, as agents do that are compared with the same peers.
 * @param pValues of all hypotheses that were looked at, 0..1, those that nobody would tell too
 * @param level the share, strictly between 0 and 1
 * @returns for each whether it is told
 * @throws RangeError where level is not within (0, 1)
 * @see Benjamini, Hochberg, J. R. Stat. Soc. B 57 (1995); Benjamini, Yekutieli, Ann. Stat. 29 (2001)
 * @example falseDiscovery([0.01, 0.04, 0.5], 0.1) // [true, true, false]: 0.04 ≤ 2 ÷ 3 × 0.1
 */
export function falseDiscovery(pValues: readonly number[], level: number): boolean[] {
  if (!(level > 0 && level < 1)) throw new RangeError(`level must be within (0, 1); got ${level}`);
  const sorted = pValues.toSorted((a, b) => a - b);
  const last = sorted.findLastIndex((p, i) => p <= ((i + 1) / sorted.length) * level);
  const bound = sorted[last] ?? -1;
  return pValues.map((p) => p <= bound);
}
