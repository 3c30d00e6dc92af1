/** Points of a line through [x, y], in ascending order of x; at least one. */
export type Curve = readonly (readonly [number, number])[];

/**
 * What a curve says of a quantity: on the straight line between the two points around it, and of what lies beyond the first or
 * last point what that one says.
 * @example valueOn([[2, 68], [6, 80]], 3) // 71
 */
export function valueOn(curve: Curve, quantity: number): number {
  const next = curve.findIndex(([x]) => x >= quantity);
  const [before, after] = [curve[next - 1], curve[next]];
  if (!after) return curve.at(-1)?.[1] ?? 0;
  if (!before) return after[1];
  return before[1] + ((quantity - before[0]) / (after[0] - before[0])) * (after[1] - before[1]);
}
