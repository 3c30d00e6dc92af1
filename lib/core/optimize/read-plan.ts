import type { AllocationPlan, PlannedShare } from './allocation-plan.ts';
import type { AllocationProgram } from './build-program.ts';
import type { SettledProblem } from './settle-problem.ts';

/** Less than this share of its demand is what a solver's tolerances leave. */
const NOTHING = 1e-9;

/** A plan from the values of its program: whole counts, and flows within every limit, not just within tolerances. */
export function readPlan(problem: SettledProblem, program: AllocationProgram, values: Float64Array): AllocationPlan {
  const counts = program.counts.map((column) => Math.round(values[column]!));
  const degraded = problem.taskTypes.map((_, type) =>
    program.workless[type]!.map((column) => (column === null ? 0 : Math.max(0, values[column]!))),
  );
  return planOf(problem, {
    counts,
    flows: withinCapacity(
      problem,
      counts,
      program.flows.map((column) => values[column]!),
    ),
    degraded,
    standby: program.standby.map(({ domain, flows, columns }) => {
      const all = new Array<number>(problem.flows.length).fill(0);
      flows.forEach((flow, i) => {
        all[flow] = values[columns[i]!]!;
      });
      return { domain, flows: withinCapacity(problem, counts, all) };
    }),
  });
}

export interface PlanValues {
  /** By agent. */
  counts: readonly number[];
  /** Tasks a minute, by flow. */
  flows: readonly number[];
  /** Tasks a minute by task type and step, of steps that need no agent. */
  degraded: readonly (readonly number[])[];
  standby: readonly { domain: string; flows: readonly number[] }[];
}

/** The same with names; what no flow takes is unserved. */
export function planOf(problem: SettledProblem, { counts, flows, degraded, standby }: PlanValues): AllocationPlan {
  const { agents, taskTypes } = problem;
  const served = taskTypes.map((_, type) => degraded[type]?.reduce((sum, it) => sum + it, 0) ?? 0);
  problem.flows.forEach(({ type }, flow) => {
    served[type]! += flows[flow]!;
  });
  // More than arrives cannot be served: what is above is rounding.
  const scale = taskTypes.map(({ demandPerMin }, type) =>
    served[type]! > demandPerMin ? demandPerMin / served[type]! : 1,
  );
  const sharesOf = (of: readonly number[], scaled: boolean): PlannedShare[] =>
    problem.flows.flatMap(({ agent, type, step }, flow) => {
      const { id: taskType, demandPerMin, ladder } = taskTypes[type]!;
      const tasksPerMin = of[flow]! * (scaled ? scale[type]! : 1);
      if (!(tasksPerMin > NOTHING * demandPerMin)) return [];
      const { id, pool } = agents[agent]!;
      return [{ taskType, agent: id, pool, tasksPerMin, ...(step >= 0 && { step: ladder[step]!.step }) }];
    });
  const steps = taskTypes.flatMap(({ id: taskType, ladder, demandPerMin }, type) =>
    ladder.flatMap(({ step }, i) => {
      const tasksPerMin = (degraded[type]?.[i] ?? 0) * scale[type]!;
      return tasksPerMin > NOTHING * demandPerMin ? [{ taskType, agent: null, pool: null, tasksPerMin, step }] : [];
    }),
  );
  return {
    counts: agents.map(({ id, pool, now }, agent) => ({ agent: id, pool, count: counts[agent]!, now })),
    shares: [...sharesOf(flows, true), ...steps].sort(byTaskType),
    unserved: taskTypes.flatMap(({ id, demandPerMin }, type) => {
      const tasksPerMin = demandPerMin - served[type]!;
      const share = tasksPerMin / demandPerMin;
      return share > 1e-7 ? [{ taskType: id, tasksPerMin, share }] : [];
    }),
    standby: standby.map(({ domain, flows: of }) => ({
      withoutDomain: domain,
      shares: sharesOf(of, false).sort(byTaskType),
    })),
  };
}

/** Scales an agent's flows down by what they are over its capacity within a solver's tolerance. */
function withinCapacity(problem: SettledProblem, counts: readonly number[], flows: readonly number[]): number[] {
  const busy = new Array<number>(problem.agents.length).fill(0);
  const positive = flows.map((flow) => Math.max(0, flow));
  problem.flows.forEach(({ agent, workMin }, flow) => {
    busy[agent]! += workMin * positive[flow]!;
  });
  const scale = problem.agents.map(({ slots, maxUtilization }, agent) => {
    const usable = slots * maxUtilization * counts[agent]!;
    return busy[agent]! > usable ? usable / busy[agent]! : 1;
  });
  return positive.map((flow, i) => flow * scale[problem.flows[i]!.agent]!);
}

function byTaskType(a: PlannedShare, b: PlannedShare): number {
  if (a.taskType !== b.taskType) return a.taskType < b.taskType ? -1 : 1;
  return (a.agent ?? '') < (b.agent ?? '') ? -1 : (a.agent ?? '') > (b.agent ?? '') ? 1 : 0;
}
