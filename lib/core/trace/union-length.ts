/** How much of a line several stretches cover together; stretches that end before they start cover nothing. */
export function unionLength(stretches: readonly (readonly [from: number, to: number])[]): number {
  let covered = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const [from, to] of [...stretches].sort(([a], [b]) => a - b)) {
    const start = Math.max(from, reached);
    if (to > start) covered += to - start;
    reached = Math.max(reached, to);
  }
  return covered;
}
