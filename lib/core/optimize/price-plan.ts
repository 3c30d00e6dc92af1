import type { AllocationPlan } from './allocation-plan.ts';
import { flowsByName, loadsOf, movedPerMin } from './check-plan.ts';
import type { SettledProblem } from './settle-problem.ts';

/** What a plan costs, USD an hour; the objective is the sum of the parts. */
export interface PlanPrice {
  agents: number;
  tokens: number;
  /** What lower quality costs. */
  quality: number;
  /** Penalties, weights of priorities included; here and in `degraded`. */
  unserved: number;
  degraded: number;
  moved: number;
  agentChanges: number;
  balance: number;
}

export function pricePlan(problem: SettledProblem, plan: AllocationPlan): PlanPrice {
  const flowOf = flowsByName(problem);
  const typeOf = new Map(problem.taskTypes.map((it) => [it.id, it]));
  const countOf = new Map(plan.counts.map(({ agent, count }) => [agent, count]));
  const price: PlanPrice = {
    ...{ agents: 0, tokens: 0, quality: 0, unserved: 0, degraded: 0 },
    moved: problem.hasCurrent ? 60 * problem.costPerMovedTaskUsd * movedPerMin(problem, plan.shares) : 0,
    ...{ agentChanges: 0, balance: 0 },
  };
  for (const { id, costPerHourUsd, now } of problem.agents) {
    const count = countOf.get(id) ?? 0;
    price.agents += costPerHourUsd * count;
    price.agentChanges += problem.costPerAgentChangeUsd * Math.abs(count - now);
  }
  for (const share of plan.shares) {
    const flow = flowOf(share);
    if (flow) {
      price.tokens += 60 * flow.tokenUsd * share.tasksPerMin;
      price.quality += 60 * problem.qualityUsdPerTask * (1 - flow.quality) * share.tasksPerMin;
    }
    const step = typeOf.get(share.taskType)?.ladder.find((it) => it.step === share.step);
    if (step) price.degraded += 60 * step.penaltyUsd * share.tasksPerMin;
  }
  for (const { taskType, tasksPerMin } of plan.unserved) {
    price.unserved += 60 * (typeOf.get(taskType)?.penaltyUsd ?? 0) * tasksPerMin;
  }
  if (problem.balanceUsdPerHour > 0) {
    const agentOf = new Map(problem.agents.map((it) => [it.id, it]));
    const busiest = loadsOf(problem, plan.shares).map(({ id, busy }) => {
      const { slots, min, max } = agentOf.get(id)!;
      return busy / (slots * Math.max(min, max));
    });
    price.balance = problem.balanceUsdPerHour * Math.max(0, ...busiest);
  }
  return price;
}

export function totalOf(price: PlanPrice): number {
  return Object.values(price).reduce((sum, part) => sum + part, 0);
}
