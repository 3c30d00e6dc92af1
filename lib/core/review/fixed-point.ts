/**
 * Point of positive numbers that a map leaves where it is, approached in squared steps: two steps of the map tell how they shrink, and
 * how far they would come all together; one more step from there mends what that missed. Where it would leave the positive numbers, the
 * two steps are taken as they are.
 * @param near ends when the map moves no number by more than this
 * @param rounds ends after so many uses of the map at the latest
 * @see Varadhan, Roland: Simple and globally convergent methods for accelerating the convergence of any EM algorithm, Scandinavian
 *   Journal of Statistics 35, 2008, scheme S3
 */
export function fixedPoint(
  map: (at: Float64Array) => Float64Array,
  start: Float64Array,
  { near, rounds }: { near: number; rounds: number },
): Float64Array {
  let at = start;
  for (let used = 0; used + 3 <= rounds; used += 3) {
    const once = map(at);
    const step = once.map((its, i) => its - (at[i] as number));
    if (step.every((its) => Math.abs(its) <= near)) return once;
    const twice = map(once);
    const bend = twice.map((its, i) => its - (once[i] as number) - (step[i] as number));
    const stretch = Math.max(1, Math.hypot(...step) / Math.hypot(...bend));
    const far = at.map((its, i) => its + 2 * stretch * (step[i] as number) + stretch ** 2 * (bend[i] as number));
    at = map(far.every((its) => its > 0 && Number.isFinite(its)) ? far : twice);
  }
  return at;
}
