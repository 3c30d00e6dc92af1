import type { AllocationPlan } from './allocation-plan.ts';
import { planOf } from './read-plan.ts';
import type { SettledProblem } from './settle-problem.ts';

/**
 * A plan without a solver, safe but not the best: the agents that there are now (or the nearest count that is allowed), and tasks
 * by the cμ rule, largest penalty for a minute of work first, each by the agents that do it most cheaply. Keeps to skills,
 * capacity, quality floors, lending, moves, and to the budget as far as tokens go; degrades only by steps that need no agent.
 * @see Cox, Smith: Queues, 1961, for the cμ rule
 */
export function greedyPlan(problem: SettledProblem): AllocationPlan {
  const { agents, taskTypes, flows } = problem;
  const counts = agents.map(({ now, min, max }) => (min > max ? max : Math.min(max, Math.max(min, now))));
  keepToBudget(problem, counts);
  const usable = agents.map(({ slots, maxUtilization }, agent) => slots * maxUtilization * counts[agent]!);
  const lendable = usable.map((slots) => slots * problem.maxLentShare);
  const agentsUsd = agents.reduce((sum, { costPerHourUsd }, agent) => sum + costPerHourUsd * counts[agent]!, 0);
  let tokensUsd = Math.max(0, problem.budgetUsdPerHour - agentsUsd);
  let moves = problem.hasCurrent ? problem.maxMoved : Number.POSITIVE_INFINITY;

  const planned = new Array<number>(flows.length).fill(0);
  const degraded = taskTypes.map(({ ladder }) => ladder.map(() => 0));
  const flowsOfType: number[][] = taskTypes.map(() => []);
  const skillsOf = agents.map(() => 0);
  flows.forEach(({ agent, type, step }, flow) => {
    if (step >= 0) return;
    flowsOfType[type]!.push(flow);
    skillsOf[agent]! += 1;
  });
  const urgency = taskTypes.map(({ penaltyUsd }, type) => {
    const leastMin = Math.min(...flowsOfType[type]!.map((flow) => flows[flow]!.workMin));
    return penaltyUsd / leastMin;
  });
  const order = taskTypes.map((_, type) => type).sort((a, b) => urgency[b]! - urgency[a]! || a - b);
  for (const type of order) {
    const { demandPerMin, qualityFloor, ladder, penaltyUsd } = taskTypes[type]!;
    let left = demandPerMin;
    const able = flowsOfType[type]!.filter((flow) => flows[flow]!.quality >= qualityFloor)
      // What is done now stays first: it moves nothing. Of equals, those who can do little else.
      .sort(
        (a, b) =>
          Number(flows[b]!.nowPerMin > 0) - Number(flows[a]!.nowPerMin > 0) ||
          usdOf(a) - usdOf(b) ||
          skillsOf[flows[a]!.agent]! - skillsOf[flows[b]!.agent]! ||
          a - b,
      );
    for (const flow of able) {
      const { agent, workMin, tokenUsd, lent, nowPerMin } = flows[flow]!;
      const slots = lent ? Math.min(usable[agent]!, lendable[agent]!) : usable[agent]!;
      const affordable = tokenUsd > 0 ? tokensUsd / 60 / tokenUsd : Number.POSITIVE_INFINITY;
      const tasks = Math.max(0, Math.min(left, slots / workMin, affordable, nowPerMin + moves));
      planned[flow] = tasks;
      left -= tasks;
      usable[agent]! -= tasks * workMin;
      if (lent) lendable[agent]! -= tasks * workMin;
      tokensUsd = Math.max(0, tokensUsd - 60 * tokenUsd * tasks);
      moves = Math.max(0, moves - Math.max(0, tasks - nowPerMin));
    }
    ladder.forEach(({ workShare, maxShare, penaltyUsd: stepUsd }, step) => {
      if (workShare > 0 || stepUsd >= penaltyUsd) return;
      const tasks = Math.min(left, maxShare * demandPerMin);
      degraded[type]![step] = tasks;
      left -= tasks;
    });
  }
  return planOf(problem, { counts, flows: planned, degraded, standby: [] });

  function usdOf(flow: number): number {
    const { agent, workMin, tokenUsd } = flows[flow]!;
    const { costPerHourUsd, slots, maxUtilization } = agents[agent]!;
    return (workMin / 60 / slots / maxUtilization) * costPerHourUsd + tokenUsd;
  }
}

/** Takes away agents, the dearest slots first, until those that are left are within the budget. */
function keepToBudget({ agents, budgetUsdPerHour }: SettledProblem, counts: number[]): void {
  const usdPerSlot = agents.map(({ costPerHourUsd, slots, maxUtilization, healthy }) =>
    healthy ? costPerHourUsd / slots / maxUtilization : Number.POSITIVE_INFINITY,
  );
  let over =
    agents.reduce((sum, { costPerHourUsd }, agent) => sum + costPerHourUsd * counts[agent]!, 0) - budgetUsdPerHour;
  const dearestFirst = agents.map((_, agent) => agent).sort((a, b) => usdPerSlot[b]! - usdPerSlot[a]! || a - b);
  for (const agent of dearestFirst) {
    const { costPerHourUsd, min } = agents[agent]!;
    if (!(over > 0) || costPerHourUsd === 0) continue;
    const away = Math.min(Math.max(0, counts[agent]! - min), Math.ceil(over / costPerHourUsd));
    counts[agent]! -= away;
    over -= away * costPerHourUsd;
  }
}
