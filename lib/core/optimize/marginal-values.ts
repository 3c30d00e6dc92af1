import type { AllocationProgram } from './build-program.ts';
import type { SolvedProgram } from './linear-program.ts';
import type { SettledProblem } from './settle-problem.ts';

/** How the objective moves when one thing is given more; negative saves. USD an hour, at the margin: true for small steps. */
export interface MarginalValue {
  kind: 'agent' | 'task' | 'budget';
  /** For kind `agent`: the agent or group of the pool of which one more is worth most. */
  agent?: string;
  pool?: string;
  taskType?: string;
  usdPerHour: number;
  words: string;
}

/** Below this nothing is said to move. */
const NOTHING_USD = 1e-6;

/**
 * Duals of the linear program in which the counts are held at what was planned. Whole counts have no duals of their own: the
 * program with them held, and with nothing but costs and penalties between task types, says what one more is worth.
 */
export function marginalValues(
  problem: SettledProblem,
  program: AllocationProgram,
  solved: SolvedProgram,
): MarginalValue[] {
  if (!solved.duals) return [];
  const { columns, rows } = solved.duals;
  return [...ofAgents(), ...ofTasks(), ...ofBudget()];

  function ofAgents(): MarginalValue[] {
    const bestOfPool = new Map<string, { agent: string; usdPerHour: number }>();
    problem.agents.forEach(({ id, pool, healthy }, agent) => {
      if (!healthy) return;
      const usdPerHour = settle(columns[program.counts[agent]!]!);
      const best = bestOfPool.get(pool);
      if (!best || usdPerHour < best.usdPerHour) bestOfPool.set(pool, { agent: id, usdPerHour });
    });
    return [...bestOfPool]
      .map(([pool, { agent, usdPerHour }]) => {
        const like = agent === pool ? '' : ` (like ${agent})`;
        const words =
          usdPerHour < 0
            ? `one more agent in pool ${pool}${like} saves ${dollars(-usdPerHour)} USD/h`
            : `one more agent in pool ${pool}${like} does not pay: it costs ${dollars(usdPerHour)} USD/h more than it saves`;
        return { kind: 'agent' as const, agent, pool, usdPerHour, words };
      })
      .sort((a, b) => a.usdPerHour - b.usdPerHour || (a.pool < b.pool ? -1 : 1));
  }

  function ofTasks(): MarginalValue[] {
    const usd = program.rows.demand.map((row) => rows[row]!);
    // Other rows in which the demand stands move with it.
    for (const { row, type } of program.rows.resilience)
      usd[type]! += problem.taskTypes[type]!.resilientShare * rows[row]!;
    for (const { row, type, maxShare } of program.rows.ladder) usd[type]! += rows[row]! * maxShare;
    problem.taskTypes.forEach(({ ladder }, type) => {
      program.workless[type]!.forEach((column, step) => {
        // A step at its upper bound has a negative dual.
        if (column !== null) usd[type]! += Math.min(0, columns[column]!) * ladder[step]!.maxShare;
      });
    });
    return problem.taskTypes
      .map(({ id, priority }, type) => {
        const usdPerHour = settle(usd[type]!);
        const words = `one more task a minute of type ${id} (${priority}) ${usdPerHour < 0 ? 'saves' : 'costs'} ${dollars(Math.abs(usdPerHour))} USD/h`;
        return { kind: 'task' as const, taskType: id, usdPerHour, words };
      })
      .sort((a, b) => b.usdPerHour - a.usdPerHour || (a.taskType < b.taskType ? -1 : 1));
  }

  function ofBudget(): MarginalValue[] {
    if (program.rows.budget === null) return [];
    const usdPerHour = settle(rows[program.rows.budget]!);
    if (usdPerHour === 0) return [];
    return [
      {
        kind: 'budget',
        usdPerHour,
        words: `one more dollar an hour of budget saves ${dollars(-usdPerHour)} USD/h, penalties included`,
      },
    ];
  }
}

function settle(usdPerHour: number): number {
  return Math.abs(usdPerHour) < NOTHING_USD ? 0 : usdPerHour;
}

function dollars(value: number): string {
  return value.toFixed(value < 1 ? 4 : 2);
}
