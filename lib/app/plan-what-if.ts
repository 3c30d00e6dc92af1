import type { WorkloadForecast } from '../core/capacity/workload-forecast.ts';
import { type Allocation, allocate } from '../core/optimize/allocate.ts';
import type { AllocationProblem } from '../core/optimize/allocation-problem.ts';
import type { LinearSolver } from '../core/optimize/linear-program.ts';
import type { FleetPlan } from '../core/plan/fleet-plan.ts';
import { planRecommendations } from '../core/plan/plan-recommendation.ts';
import {
  type ComparedPlan,
  type ProblemPlan,
  planAgain,
  planDifference,
  type WhatIf,
  type WhatIfOutcome,
  whatIfFaults,
} from '../core/plan/what-if.ts';
import { forecastOf } from '../core/plan/workload-outlook.ts';
import type { PlanStore } from '../ports/plan-store.ts';

export interface WhatIfDeps {
  plans: Pick<PlanStore, 'readPlan' | 'readOutlook'>;
  solver: () => Promise<LinearSolver>;
}

/** Pools whose forecasts are read at the same time. */
const AT_ONCE = 20;

/** Plans for a system again, under other assumptions. Nothing is stored. */
export async function planWhatIf(deps: WhatIfDeps, system: string, what: WhatIf): Promise<WhatIfOutcome> {
  const inForce = await deps.plans.readPlan(system);
  if (!inForce) return { status: 'no-plan' };
  const faults = whatIfFaults(inForce, what);
  if (faults.length > 0) return { status: 'unknown', faults };
  const [forecasts, solver] = [await readForecasts(deps, system, inForce), await deps.solver()];
  const plan = planAgain(inForce, what, { forecasts, solver });
  return { status: 'planned', plan, compared: comparedWith(inForce, plan.allocation) };
}

/** Plans for a whole problem that somebody made. */
export async function planProblem(deps: WhatIfDeps, system: string, problem: AllocationProblem): Promise<ProblemPlan> {
  const inForce = await deps.plans.readPlan(system);
  const allocation = allocate(problem, await deps.solver());
  return {
    allocation,
    recommendations: planRecommendations([], problem, allocation),
    compared: inForce && comparedWith(inForce, allocation),
  };
}

function comparedWith({ madeAtMs, allocation }: FleetPlan, other: Allocation): ComparedPlan {
  return { madeAtMs, ...planDifference(allocation, other) };
}

async function readForecasts(
  deps: WhatIfDeps,
  system: string,
  { pools, forMs }: FleetPlan,
): Promise<Map<string, WorkloadForecast>> {
  const known = pools.flatMap((its) => (its.status === 'known' ? [its.pool] : []));
  const forecasts = new Map<string, WorkloadForecast>();
  for (let from = 0; from < known.length; from += AT_ONCE) {
    const some = known.slice(from, from + AT_ONCE).map(async (pool) => {
      const outlook = await deps.plans.readOutlook(system, `pool:${pool}`);
      if (outlook) forecasts.set(pool, forecastOf(outlook, forMs));
    });
    await Promise.all(some);
  }
  return forecasts;
}
