/**
 * Solves A x = b by Cholesky decomposition.
 * @param lower A, symmetric, row by row; only its lower triangle is read
 * @returns null where A is not positive definite to working precision
 */
export function solvePositiveDefinite(lower: Float64Array, right: Float64Array): Float64Array | null {
  const size = right.length;
  const root = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let rest = at(lower, i * size + j);
      for (let k = 0; k < j; k += 1) rest -= at(root, i * size + k) * at(root, j * size + k);
      if (i === j && !(rest > 0)) return null;
      root[i * size + j] = i === j ? Math.sqrt(rest) : rest / at(root, j * size + j);
    }
  }
  const solution = Float64Array.from(right);
  for (let i = 0; i < size; i += 1) {
    let rest = at(solution, i);
    for (let k = 0; k < i; k += 1) rest -= at(root, i * size + k) * at(solution, k);
    solution[i] = rest / at(root, i * size + i);
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    let rest = at(solution, i);
    for (let k = i + 1; k < size; k += 1) rest -= at(root, k * size + i) * at(solution, k);
    solution[i] = rest / at(root, i * size + i);
  }
  return solution;
}

function at(values: Float64Array, index: number): number {
  return values[index] as number;
}
