import type { AllocationProgram } from './build-program.ts';
import type { LinearSolution, OpenProgram, SolvedProgram } from './linear-program.ts';
import type { ProblemFault } from './problem-fault.ts';
import type { SettledProblem } from './settle-problem.ts';

export interface Infeasibility {
  explanation: ProblemFault[];
  /** With the limits overrun by the least; null when it was not found in time. */
  relaxed: SolvedProgram | null;
}

type Limit = 'budget' | 'resilience';

/**
 * Which limits contradict each other, and by how much: lets each be overrun alone, then together, at the least overrun (elastic
 * relaxation). Leaves the bounds of the overruns at what was found.
 * @param solve solves the program as it is set now
 * @see Chinneck: Feasibility and Infeasibility in Optimization, 2008
 */
export function explainInfeasible(
  problem: SettledProblem,
  program: AllocationProgram,
  open: OpenProgram,
  solve: () => LinearSolution,
): Infeasibility {
  const { budget, resilience } = program.overruns;
  const limits: Limit[] = [
    ...(budget === null ? [] : ['budget' as const]),
    ...(resilience.length > 0 ? ['resilience' as const] : []),
  ];
  const cost = new Float64Array(program.program.cost.length);
  // Both in shares of what is asked for, so that neither counts for more.
  if (budget !== null) cost[budget] = 1 / Math.max(1, problem.budgetUsdPerHour);
  for (const { column, type } of resilience) cost[column] = 1 / problem.taskTypes[type]!.demandPerMin;
  open.setCosts(cost);

  const explanation: ProblemFault[] = [];
  let relaxed: SolvedProgram | null = null;
  const attempts = limits.length > 1 ? [...limits.map((it) => [it]), limits] : [limits];
  for (const [i, attempt] of attempts.entries()) {
    // Both together only when neither is enough alone.
    if (i === limits.length && limits.length > 1 && explanation.length > 0) break;
    for (const limit of limits) lift(limit, attempt.includes(limit));
    const solution = solve();
    if (!('values' in solution)) continue;
    explanation.push(...attempt.flatMap((limit) => tell(limit, solution)));
    relaxed ??= solution;
  }
  if (relaxed) {
    // As much as was found, and what tolerances need.
    const hold = (column: number) => open.setBounds(column, 0, relaxed!.values[column]! * (1 + 1e-7) + 1e-7);
    if (budget !== null) hold(budget);
    for (const { column } of resilience) hold(column);
  }
  return { explanation, relaxed };

  function lift(limit: Limit, isLifted: boolean): void {
    const upper = isLifted ? Number.POSITIVE_INFINITY : 0;
    if (limit === 'budget') open.setBounds(budget!, 0, upper);
    else for (const { column } of resilience) open.setBounds(column, 0, upper);
  }

  function tell(limit: Limit, { values }: SolvedProgram): ProblemFault[] {
    if (limit === 'budget') {
      const over = values[budget!]!;
      if (over < 1e-6) return [];
      const needed = problem.budgetUsdPerHour + over;
      const why =
        resilience.length > 0
          ? 'for what is to be served without any one failure domain'
          : 'for the fewest agents allowed';
      return [
        {
          path: 'budgetUsdPerHour',
          message: `${problem.budgetUsdPerHour.toFixed(2)} USD/h are ${over.toFixed(2)} too few ${why}: raise it to ${needed.toFixed(2)}`,
        },
      ];
    }
    const short = resilience.filter(({ column }) => values[column]! > 1e-6);
    const worst = short
      .map((it) => ({ ...it, share: values[it.column]! / problem.taskTypes[it.type]!.demandPerMin }))
      .sort((a, b) => b.share - a.share)[0];
    if (!worst) return [];
    const { id, demandPerMin, resilientShare } = problem.taskTypes[worst.type]!;
    const wanted = resilientShare * demandPerMin;
    const domain = problem.domains[worst.domain];
    const had = wanted - values[worst.column]!;
    return [
      {
        path: 'resilience.servedShare',
        message: `without ${domain} there is capacity for ${had.toFixed(2)} of the wanted ${wanted.toFixed(2)} ${id} a minute, ${(wanted - had).toFixed(2)} too few${short.length > 1 ? ` (${short.length} shortages, this is the largest)` : ''}: raise count.max of agents outside ${domain} that can do ${id}, or lower its share (resilience.servedShare, or its resilientShare) to ${Math.max(0, Math.floor((had / demandPerMin) * 1_000) / 1_000)}`,
      },
    ];
  }
}
