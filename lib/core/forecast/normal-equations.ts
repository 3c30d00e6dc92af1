import { solvePositiveDefinite } from './solve-positive-definite.ts';

/** Sums of products of regressors, and with what they explain, as rows come in. */
export class NormalEquations {
  readonly #products: Float64Array;
  readonly #right: Float64Array;

  constructor(size: number) {
    this.#products = new Float64Array(size * size);
    this.#right = new Float64Array(size);
  }

  add(row: Float64Array, explained: number): void {
    const size = row.length;
    for (let i = 0; i < size; i += 1) {
      const value = row[i] as number;
      this.#right[i] = (this.#right[i] as number) + value * explained;
      for (let j = 0; j <= i; j += 1) {
        this.#products[i * size + j] = (this.#products[i * size + j] as number) + value * (row[j] as number);
      }
    }
  }

  /**
   * @param shrinkage ridge as part of the mean of the diagonal without its last entry, which belongs to the constant
   * @returns null where nothing is left to solve, such as for a series that never moves
   */
  solve(shrinkage: number): Float64Array | null {
    const size = this.#right.length;
    const shrunk = Float64Array.from(this.#products);
    let trace = 0;
    for (let i = 0; i < size - 1; i += 1) trace += shrunk[i * size + i] as number;
    const ridge = (shrinkage * trace) / Math.max(1, size - 1);
    for (let i = 0; i < size; i += 1) {
      shrunk[i * size + i] = (shrunk[i * size + i] as number) + (i < size - 1 ? ridge : 1e-9);
    }
    return solvePositiveDefinite(shrunk, this.#right);
  }

  /**
   * As it is, without a ridge that would depend on what regressors are counted in: those that are the same share their weight.
   * @param of which coefficient's variance is wanted
   * @returns coefficients, 0 where nothing can be solved, and that variance for noise of variance 1, infinite there
   */
  solveWithVariance(of: number): { solution: Float64Array; variance: number } {
    const size = this.#right.length;
    const products = Float64Array.from(this.#products);
    for (let i = 0; i < size; i += 1) products[i * size + i] = (products[i * size + i] as number) * (1 + 1e-9);
    const unit = new Float64Array(size);
    unit[of] = 1;
    return {
      solution: solvePositiveDefinite(products, this.#right) ?? new Float64Array(size),
      variance: solvePositiveDefinite(products, unit)?.[of] ?? Number.POSITIVE_INFINITY,
    };
  }
}
