import type { NormalEquations } from './normal-equations.ts';

/** A series that has grown by less than this part since its regression was solved is told by the same weights. */
const GROWN = 0.1;

/** Weights of a regression at one origin after the other: on the past they are solved anew only now and then, for the forecast always. */
export class Refitting {
  readonly #normal: NormalEquations;
  readonly #shrinkage: number;
  #weights: Float64Array | null = null;
  #solvedAt = 0;

  constructor(normal: NormalEquations, shrinkage: number) {
    this.#normal = normal;
    this.#shrinkage = shrinkage;
  }

  /** @param origin later than those before @returns null where there is nothing to solve */
  weightsAt(origin: number, isLast: boolean): Float64Array | null {
    if (isLast || this.#weights === null || origin >= (1 + GROWN) * this.#solvedAt) {
      this.#weights = this.#normal.solve(this.#shrinkage);
      this.#solvedAt = origin;
    }
    return this.#weights;
  }
}
