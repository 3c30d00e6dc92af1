import type { AllocationProblem } from './allocation-problem.ts';
import type { ProblemFault } from './problem-fault.ts';
import type { SettledProblem } from './settle-problem.ts';

export interface Contradictions {
  /** No plan can keep to these. */
  blocking: ProblemFault[];
  /** A part of the demand cannot be served; the rest can be planned. */
  unservable: ProblemFault[];
}

/** What a problem that can be read asks for and cannot have, without solving it. */
export function findContradictions(problem: AllocationProblem, settled: SettledProblem): Contradictions {
  return { blocking: blocking(problem, settled), unservable: unservable(problem, settled) };
}

function blocking(
  problem: AllocationProblem,
  { agents, taskTypes, budgetUsdPerHour, domains }: SettledProblem,
): ProblemFault[] {
  const faults: ProblemFault[] = [];
  const settledOf = new Map(agents.map((agent) => [agent.id, agent]));
  problem.agents.forEach(({ id, count, provisioningMin = 0 }, i) => {
    const { min, max, now } = settledOf.get(id)!;
    if (min <= max) return;
    const lead = problem.leadTimeMin;
    const isLate = lead !== undefined && provisioningMin > lead && min > now;
    faults.push(
      isLate
        ? {
            path: `agents[${i}].count.min`,
            message: `${id} has ${now} agents and needs ${min}, but one more takes ${provisioningMin} min and the workload begins in ${lead}: lower min to ${now}, or plan earlier`,
          }
        : {
            path: 'churn.maxAgentChange',
            message: `${problem.churn?.maxAgentChange} changes cannot bring ${id} from ${now} agents to ${count.min ?? now}..${count.max ?? now}: allow ${Math.max((count.min ?? now) - now, now - (count.max ?? now))}`,
          },
    );
  });
  const leastUsd = agents.reduce((sum, { costPerHourUsd, min }) => sum + costPerHourUsd * min, 0);
  if (leastUsd > budgetUsdPerHour * (1 + 1e-9)) {
    faults.push({
      path: 'budgetUsdPerHour',
      message: `${dollars(budgetUsdPerHour)} USD/h do not pay for the fewest agents allowed, which cost ${dollars(leastUsd)} USD/h: raise it by ${dollars(leastUsd - budgetUsdPerHour)}, or lower count.min (or churn.maxAgentChange's reach) of some agents`,
    });
  }
  if (taskTypes.some(({ resilientShare }) => resilientShare > 0) && domains.length === 0) {
    faults.push({
      path: 'resilience',
      message:
        'no agent has a failureDomain, so it is not known what may fail: give agents a failureDomain, or leave resilience out',
    });
  }
  return faults;
}

function unservable(problem: AllocationProblem, { agents, taskTypes, flows }: SettledProblem): ProblemFault[] {
  const typeIndex = new Map(taskTypes.map(({ id }, type) => [id, type]));
  return problem.taskTypes.flatMap(({ id, demandPerMin, qualityFloor = 0, pool }, i): ProblemFault[] => {
    if (demandPerMin === 0) return [];
    const able = flows.filter(
      (flow) => flow.type === typeIndex.get(id) && flow.step < 0 && agents[flow.agent]!.max > 0,
    );
    if (able.length === 0) return [{ path: `taskTypes[${i}]`, message: `${id}: ${whyNobody(problem, id, pool)}` }];
    const best = Math.max(...able.map(({ quality }) => quality));
    if (best >= qualityFloor) return [];
    return [
      {
        path: `taskTypes[${i}].qualityFloor`,
        message: `${id}: no agent that may do it reaches ${qualityFloor}, the best has ${best}: lower the floor to ${best}, or add a better agent`,
      },
    ];
  });
}

function whyNobody({ agents, pooling }: AllocationProblem, taskType: string, pool: string | undefined): string {
  const skilled = agents.filter(({ skills }) => Object.hasOwn(skills, taskType));
  if (skilled.length === 0) return 'no agent has the skill: add it to the skills of an agent';
  const healthy = skilled.filter((it) => it.healthy ?? true);
  if (healthy.length === 0) return 'every agent with the skill is unhealthy: mend one, or give another the skill';
  const own = healthy.filter((it) => pool === undefined || it.pool === pool);
  const lending = (pooling?.allowed ?? true) && (pooling?.maxLentShare ?? 1) > 0;
  if (own.length === 0 && !lending) {
    return `no agent of pool ${pool} has the skill, and pooling is not allowed: allow it, or give an agent of ${pool} the skill`;
  }
  return 'no agent with the skill may be there: raise count.max of one';
}

function dollars(value: number): string {
  return value.toFixed(2);
}
