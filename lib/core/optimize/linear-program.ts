/** Minimise cost·x subject to rowLower ≤ A·x ≤ rowUpper and lower ≤ x ≤ upper; some columns may have to be whole numbers. */
export interface LinearProgram {
  cost: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
  /** Columns that have to be whole numbers, ascending. */
  integers: readonly number[];
  rowLower: Float64Array;
  rowUpper: Float64Array;
  /** A by rows: entries rowStarts[i] to rowStarts[i + 1] belong to row i. */
  rowStarts: Int32Array;
  columns: Int32Array;
  values: Float64Array;
}

export interface SolveLimits {
  /** Above 0. */
  timeLimitS: number;
  /** Nodes of the search tree after which the best known is taken, 1 or more: on any machine the same. Integers only; no limit when absent. */
  nodeLimit?: number;
  /** Without integers the optimum of the relaxation is found, with its duals. */
  integers: boolean;
  /** Stop when the best known is within this share of the bound, 0..1; integers only. */
  relativeGap: number;
  /** Stop when the best known is within this of the bound, 0 or more; integers only. */
  absoluteGap: number;
}

export type LinearSolution = SolvedProgram | { status: 'infeasible' | 'no-solution'; seconds: number };

export interface SolvedProgram {
  /** `feasible` when time or nodes ran out: it may not be the best. */
  status: 'optimal' | 'feasible';
  values: Float64Array;
  objective: number;
  /** No solution can cost less than this. */
  bound: number;
  /** How the objective moves with a column's bound that holds it, and with a row's; without integers only. */
  duals: { columns: Float64Array; rows: Float64Array } | null;
  seconds: number;
}

/** A program in a solver's memory, which may be changed and solved again from where the last solve ended. */
export interface OpenProgram {
  setCosts: (cost: Float64Array) => void;
  setBounds: (column: number, lower: number, upper: number) => void;
  solve: (limits: SolveLimits) => LinearSolution;
  /** Gives the memory back; nothing may be called afterwards. */
  close: () => void;
}

export interface LinearSolver {
  open: (program: LinearProgram) => OpenProgram;
}
