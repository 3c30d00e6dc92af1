import { fileURLToPath } from 'node:url';
import type { Highs, Model } from 'highs';
import type { LinearProgram, LinearSolution, LinearSolver, SolveLimits } from '../core/optimize/linear-program.ts';

const PRIMAL_SIMPLEX = 4;
/** As the solver has it by itself. */
const NO_LIMIT = 2 ** 31 - 1;

let loading: Promise<LinearSolver> | undefined;

/**
 * HiGHS, compiled to WebAssembly: loaded when it is first asked for, and once. The same program gives the same answer, unless
 * the time limit cuts it short.
 * @see https://highs.dev/
 */
export function loadLinearSolver(): Promise<LinearSolver> {
  loading ??= loadHighs().then((highs) => ({ open: (program) => open(highs, program) }));
  return loading;
}

/** Where it is bundled, the bundler put the wasm file beside the bundle; from source it lies in its package. */
async function loadHighs(): Promise<Highs> {
  const { default: module } = await import('highs');
  // Its types are those of its CommonJS build; what is loaded here is its ES module.
  const load = module as unknown as typeof module.default;
  if (import.meta.url.endsWith('.ts')) return load();
  const { default: file } = await import('highs/runtime');
  return load({ locateFile: () => fileURLToPath(new URL(file, import.meta.url)) });
}

function open(highs: Highs, program: LinearProgram) {
  const model = highs.createModel(modelData(highs, program));
  model.options.set({ output_flag: false, random_seed: 0 });
  let isInteger = program.integers.length > 0;
  const { continuous, integer } = highs.constants.variableType;
  return {
    setCosts: (cost: Float64Array) => {
      // The last solution stays feasible, which is what the primal simplex method starts from.
      model.options.set('simplex_strategy', PRIMAL_SIMPLEX);
      model.changeColsCost({ kind: 'range', from: 0, to: cost.length - 1 }, cost);
    },
    setBounds: (column: number, lower: number, upper: number) => {
      model.changeColBounds(column, lower, upper);
    },
    solve: (limits: SolveLimits) => {
      const wanted = limits.integers && program.integers.length > 0;
      if (wanted !== isInteger) {
        for (const column of program.integers) model.changeColIntegrality(column, wanted ? integer : continuous);
        isInteger = wanted;
      }
      return solve(highs, model, limits, wanted);
    },
    close: () => model.dispose(),
  };
}

function modelData(highs: Highs, program: LinearProgram) {
  const numCols = program.cost.length;
  const numRows = program.rowLower.length;
  const { continuous, integer } = highs.constants.variableType;
  const types = new Array(numCols).fill(continuous);
  for (const column of program.integers) types[column] = integer;
  return {
    numCols,
    numRows,
    colCost: program.cost,
    colLower: program.lower,
    colUpper: program.upper,
    rowLower: program.rowLower,
    rowUpper: program.rowUpper,
    matrix: {
      format: 'csr' as const,
      numRows,
      numCols,
      starts: program.rowStarts,
      indices: program.columns,
      values: program.values,
    },
    ...(program.integers.length > 0 && { integrality: types }),
  };
}

function solve(highs: Highs, model: Model, limits: SolveLimits, isInteger: boolean): LinearSolution {
  model.raw.zeroAllClocks();
  model.options.set({
    time_limit: limits.timeLimitS,
    mip_max_nodes: limits.nodeLimit ?? NO_LIMIT,
    mip_rel_gap: limits.relativeGap,
    mip_abs_gap: limits.absoluteGap,
  });
  let modelStatus: ReturnType<typeof model.run>['modelStatus'];
  try {
    modelStatus = model.run().modelStatus;
  } catch (error) {
    // It gave up on the figures: whoever asks has a plan without it.
    if (error instanceof highs.errors.HighsError) return { status: 'no-solution', seconds: model.getRunTime() };
    throw error;
  }
  const seconds = model.getRunTime();
  const { optimal, infeasible, unboundedOrInfeasible } = highs.constants.modelStatus;
  if (modelStatus === infeasible || modelStatus === unboundedOrInfeasible) return { status: 'infeasible', seconds };
  const isFeasible = Number(model.info.get('primal_solution_status')) === 2;
  if (!isFeasible || (modelStatus !== optimal && !isInteger)) return { status: 'no-solution', seconds };
  const { colValue, colDual, rowDual } = model.getSolution();
  const objective = model.getObjectiveValue();
  return {
    status: modelStatus === optimal ? 'optimal' : 'feasible',
    values: colValue,
    objective,
    bound: isInteger ? Number(model.info.get('mip_dual_bound')) : objective,
    duals: isInteger ? null : { columns: colDual, rows: rowDual },
    seconds,
  };
}
