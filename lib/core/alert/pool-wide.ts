/** When at least this part of a pool shows the same, it is no agent's fault, and peers are no measure. */
export const POOL_WIDE_SHARE = 0.5;

/** @param affected agents of a pool, of those that could be judged */
export function isPoolWide(affected: number, judged: number): boolean {
  return affected >= 2 && affected >= POOL_WIDE_SHARE * judged;
}
