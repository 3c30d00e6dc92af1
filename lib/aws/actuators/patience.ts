/** Who takes longer for one call, the SDK's own repetitions included, has failed: act has half a minute for all of it. */
export const PATIENCE_MS = 5_000;

/** One call's share of the time that there is. */
export function patience(ms: number): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(ms) };
}
