/**
 * Weight of a new value in an average that forgets exponentially.
 * @param elapsedMs since the value before
 * @param memoryMs after so long, 1/e of what was known is left
 * @returns 0..1
 */
export function forgottenShare(elapsedMs: number, memoryMs: number): number {
  return -Math.expm1(-elapsedMs / memoryMs);
}
