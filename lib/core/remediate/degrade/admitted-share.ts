/** Shares are told in steps of this, small ones in fifths of it: one of twenty is no share to round to. */
const [SHARE_STEP, FINE_SHARES] = [0.05, 0.25];

/** A share that can be told; 1 at most, and never nothing. */
export function roundShare(wanted: number): number {
  const step = wanted < FINE_SHARES ? SHARE_STEP / 5 : SHARE_STEP;
  return Number(Math.min(1, Math.max(step, Math.round(wanted / step) * step)).toFixed(2));
}

/** No more than that, in whole steps, and never nothing. */
export function floorShare(share: number): number {
  return Number(Math.max(SHARE_STEP, Math.floor(share / SHARE_STEP) * SHARE_STEP).toFixed(2));
}
