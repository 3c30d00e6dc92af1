import { allocate } from '../../lib/core/optimize/allocate.ts';
import { buildProgram } from '../../lib/core/optimize/build-program.ts';
import type { LinearSolver } from '../../lib/core/optimize/linear-program.ts';
import { settleProblem } from '../../lib/core/optimize/settle-problem.ts';
import { type RandomSize, randomProblem } from './random-problem.ts';

export interface TimedAllocations {
  /** Milliseconds of each problem, from JSON to plan. */
  ms: number[];
  /** The solver alone on the same matrix, to the same gap, once. */
  bareMs: number[];
  gaps: number[];
  overloaded: number;
}

/** @param clockMs of a clock that only goes forward */
export function timeAllocations(
  solver: LinearSolver,
  size: RandomSize,
  seeds: number,
  clockMs: () => number,
  withBare: boolean,
): TimedAllocations {
  const timed: TimedAllocations = { ms: [], bareMs: [], gaps: [], overloaded: 0 };
  for (let seed = 1; seed <= seeds; seed += 1) {
    const problem = randomProblem(seed, size);
    const startMs = clockMs();
    const { gap, unserved } = allocate(problem, solver);
    timed.ms.push(clockMs() - startMs);
    timed.gaps.push(gap ?? 1);
    if (unserved.length > 0) timed.overloaded += 1;
    if (!withBare) continue;
    const { program } = buildProgram(settleProblem(problem));
    const bareStartMs = clockMs();
    const open = solver.open(program);
    open.solve({ timeLimitS: 60, integers: true, relativeGap: 0.005, absoluteGap: 1e-6 });
    open.close();
    timed.bareMs.push(clockMs() - bareStartMs);
  }
  return timed;
}
