/** One weighted equation: row · unknowns ≈ target. */
export interface Equation {
  row: readonly number[];
  target: number;
  weight: number;
}

/**
 * Least weighted squares over unknowns that are not below 0. The solution is the ordinary one on the unknowns that are
 * above 0 in it: of all choices of these, the best that is feasible.
 * @param equations with rows of equal length, of a few unknowns: the choices double with each
 */
export function nonNegativeLeastSquares(equations: readonly Equation[]): number[] {
  const unknowns = (equations[0]?.row ?? []).map((_, i) => i);
  const gram = unknowns.map(() => unknowns.map(() => 0));
  const right = unknowns.map(() => 0);
  for (const { row, target, weight } of equations) {
    for (const i of unknowns) {
      const scaled = weight * (row[i] ?? 0);
      right[i] = (right[i] ?? 0) + scaled * target;
      const ofI = gram[i] ?? [];
      for (const j of unknowns) ofI[j] = (ofI[j] ?? 0) + scaled * (row[j] ?? 0);
    }
  }
  // Columns may differ by orders of magnitude: each is solved for in units of its own length.
  const lengths = unknowns.map((i) => Math.sqrt(gram[i]?.[i] ?? 0) || 1);
  const scaledGram = (i: number, j: number) => (gram[i]?.[j] ?? 0) / ((lengths[i] ?? 1) * (lengths[j] ?? 1));
  const scaledRight = (i: number) => (right[i] ?? 0) / (lengths[i] ?? 1);
  let best = unknowns.map(() => 0);
  let bestGain = 0;
  for (let choice = 1; choice < 2 ** unknowns.length; choice++) {
    const chosen = unknowns.filter((i) => choice & (1 << i));
    const solution = solve(chosen.map((i) => [...chosen.map((j) => scaledGram(i, j)), scaledRight(i)]));
    if (!solution?.every((value) => value >= 0)) continue;
    // At a least-squares solution the squares have fallen by solution · right.
    const gain = chosen.reduce((sum, i, at) => sum + (solution[at] ?? 0) * scaledRight(i), 0);
    if (gain <= bestGain) continue;
    bestGain = gain;
    best = unknowns.map((i) => (chosen.includes(i) ? (solution[chosen.indexOf(i)] ?? 0) / (lengths[i] ?? 1) : 0));
  }
  return best;
}

/** Gauss-Jordan elimination with pivots, of rows that end with the right side; null where they are singular. */
function solve(rows: number[][]): number[] | null {
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let i = column + 1; i < size; i++) {
      if (Math.abs(rows[i]?.[column] ?? 0) > Math.abs(rows[pivot]?.[column] ?? 0)) pivot = i;
    }
    const [of, to] = [rows[pivot] ?? [], rows[column] ?? []];
    [rows[pivot], rows[column]] = [to, of];
    if (!(Math.abs(of[column] ?? 0) > 1e-12)) return null;
    for (const [i, row] of rows.entries()) {
      if (i === column) continue;
      const factor = (row[column] ?? 0) / (of[column] ?? 1);
      for (let j = column; j <= size; j++) row[j] = (row[j] ?? 0) - factor * (of[j] ?? 0);
    }
  }
  return rows.map((row, i) => (row[size] ?? 0) / (row[i] ?? 1));
}
