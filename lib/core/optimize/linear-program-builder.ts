import type { LinearProgram } from './linear-program.ts';

export interface Column {
  cost?: number;
  lower?: number;
  upper?: number;
  integer?: boolean;
}

/** Collects columns and rows of a linear program; both are numbered in the order in which they are added. Takes no objects, of which
 * there would be hundreds of thousands. */
export class LinearProgramBuilder {
  readonly #cost: number[] = [];
  readonly #lower: number[] = [];
  readonly #upper: number[] = [];
  readonly #integers: number[] = [];
  readonly #rowLower: number[] = [];
  readonly #rowUpper: number[] = [];
  readonly #rowStarts: number[] = [0];
  readonly #columns: number[] = [];
  readonly #values: number[] = [];

  /** @returns its number; from 0 upwards when no bounds are given */
  addColumn({ cost = 0, lower = 0, upper = Number.POSITIVE_INFINITY, integer = false }: Column): number {
    const column = this.#cost.push(cost) - 1;
    this.#lower.push(lower);
    this.#upper.push(upper);
    if (integer) this.#integers.push(column);
    return column;
  }

  /** Puts a coefficient into the row that is added next; each column once at most. */
  put(column: number, value: number): void {
    if (value === 0) return;
    this.#columns.push(column);
    this.#values.push(value);
  }

  /** Adds a row of what was put since the last one. @returns its number */
  addRow(lower: number, upper: number): number {
    this.#rowStarts.push(this.#columns.length);
    this.#rowLower.push(lower);
    return this.#rowUpper.push(upper) - 1;
  }

  program(): LinearProgram {
    return {
      cost: new Float64Array(this.#cost),
      lower: new Float64Array(this.#lower),
      upper: new Float64Array(this.#upper),
      integers: [...this.#integers],
      rowLower: new Float64Array(this.#rowLower),
      rowUpper: new Float64Array(this.#rowUpper),
      rowStarts: new Int32Array(this.#rowStarts),
      columns: new Int32Array(this.#columns),
      values: new Float64Array(this.#values),
    };
  }
}
