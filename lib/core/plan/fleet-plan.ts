import { type ClassForecast, type PredictedBottleneck, predictBottlenecks } from '../capacity/predict-bottlenecks.ts';
import type { Station, TaskDemand } from '../capacity/station.ts';
import { visitsOfTaskTypes } from '../capacity/visit-ratios.ts';
import type { EpochMs } from '../model/time.ts';
import { type AllocateOptions, type Allocation, allocate } from '../optimize/allocate.ts';
import type { AllocationProblem } from '../optimize/allocation-problem.ts';
import type { LinearSolver } from '../optimize/linear-program.ts';
import { type PlanRecommendation, planRecommendations } from './plan-recommendation.ts';
import type { PoolOutlook } from './pool-outlook.ts';

/** Why a plan was made. */
export type PlanTrigger = 'hour' | 'capacity moved' | 'load moved';

/** A plan for the hours to come, and what it takes to plan again under other assumptions. Plain JSON. */
export interface FleetPlan {
  madeAtMs: EpochMs;
  trigger: PlanTrigger;
  /** The hour whose demand work is divided for. */
  forMs: EpochMs;
  /** What was there when it was made: when it moves by more than a tenth, a new plan is due. */
  basis: PlanBasis;
  problem: AllocationProblem;
  allocation: Allocation;
  pools: PoolOutlook[];
  stations: StoredStation[];
  classes: StoredClass[];
  bottlenecks: PredictedBottleneck[];
  recommendations: PlanRecommendation[];
}

export interface PlanBasis {
  /** Slots of agents that are there; null where they are not known. */
  slots: number | null;
  tasksPerMin: number;
}

/** As Station, with its demands as pairs. */
export interface StoredStation extends Omit<Station, 'demands'> {
  demands: [string, TaskDemand][];
}

/** What is to come of a task type: as ClassForecast, with quantiles as pairs. */
export interface StoredClass {
  id: string;
  nowPerMin: number;
  startMs: EpochMs;
  stepMs: number;
  mean: number[];
  quantiles: [number, number[]][];
}

export interface FleetToDecide {
  madeAtMs: EpochMs;
  trigger: PlanTrigger;
  forMs: EpochMs;
  basis: PlanBasis;
  problem: AllocationProblem;
  pools: PoolOutlook[];
  stations: StoredStation[];
  classes: StoredClass[];
}

/** Divides the coming hour's work, and says what will be full first and what should be done. */
export function decidePlan(fleet: FleetToDecide, solver: LinearSolver, options: AllocateOptions = {}): FleetPlan {
  const allocation = allocate(fleet.problem, solver, options);
  return {
    ...fleet,
    allocation,
    bottlenecks: bottlenecksOf(fleet.stations, fleet.classes),
    recommendations: planRecommendations(fleet.pools, fleet.problem, allocation),
  };
}

export function bottlenecksOf(stations: readonly StoredStation[], classes: readonly StoredClass[]) {
  return predictBottlenecks(
    stations.map((station) => ({ ...station, demands: new Map(station.demands) })),
    classes.map(({ id, nowPerMin, startMs, stepMs, mean, quantiles }): ClassForecast => {
      return { id, nowPerMin, forecast: { startMs, stepMs, mean, quantiles: new Map(quantiles) } };
    }),
    visitsOfTaskTypes(classes.map(({ id }) => id)),
  );
}

/** What a plan should be made for instead. */
export interface WhatIf {
  /** Everything times as much. */
  factor?: number;
  /** Task types of which so many tasks a minute come, in place of what is forecast. */
  workload?: Readonly<Record<string, number>>;
  /** Pools with so many agents, or limits of them. */
  pools?: Readonly<Record<string, { agents?: number; min?: number; max?: number }>>;
  budgetUsdPerHour?: number | null;
  resilience?: AllocationProblem['resilience'];
  pooling?: AllocationProblem['pooling'];
}

/** A plan again, under other assumptions; how it compares with the one that is in force is for the reader to see. */
export function planAgain(plan: FleetPlan, what: WhatIf, solver: LinearSolver, madeAtMs: EpochMs): FleetPlan {
  const { factor = 1, workload = {} } = what;
  const problem = changedProblem(plan.problem, what);
  const classes = plan.classes.map((its): StoredClass => {
    const fixed = workload[its.id];
    const of = (values: readonly number[]) => values.map((value) => (fixed ?? value) * factor);
    return { ...its, mean: of(its.mean), quantiles: its.quantiles.map(([level, values]) => [level, of(values)]) };
  });
  const known = new Set(classes.map(({ id }) => id));
  for (const [id, perMin] of Object.entries(workload)) {
    const like = plan.classes[0];
    if (known.has(id) || !like) continue;
    classes.push({ ...like, id, nowPerMin: 0, mean: like.mean.map(() => perMin * factor), quantiles: [] });
  }
  return decidePlan({ ...plan, madeAtMs, problem, classes }, solver);
}

function changedProblem(problem: AllocationProblem, what: WhatIf): AllocationProblem {
  const { factor = 1, workload = {}, pools = {} } = what;
  const known = new Set(problem.taskTypes.map(({ id }) => id));
  const { budgetUsdPerHour, ...rest } = problem;
  const budget = what.budgetUsdPerHour === undefined ? budgetUsdPerHour : (what.budgetUsdPerHour ?? undefined);
  return {
    ...rest,
    taskTypes: [
      ...problem.taskTypes.map((its) => ({ ...its, demandPerMin: (workload[its.id] ?? its.demandPerMin) * factor })),
      ...Object.entries(workload).flatMap(([id, perMin]) =>
        known.has(id) ? [] : [{ id, demandPerMin: perMin * factor }],
      ),
    ],
    agents: changedAgents(problem, pools),
    ...(budget === undefined ? {} : { budgetUsdPerHour: budget }),
    ...(what.resilience ? { resilience: what.resilience } : {}),
    ...(what.pooling ? { pooling: what.pooling } : {}),
  };
}

/** More agents of a pool are like those that could be started; of fewer, the last by name are not there. */
function changedAgents(problem: AllocationProblem, pools: NonNullable<WhatIf['pools']>): AllocationProblem['agents'] {
  const left = new Map(Object.entries(pools).map(([pool, { agents }]) => [pool, agents]));
  return problem.agents.map((group) => {
    const wanted = pools[group.pool];
    if (!wanted) return group;
    const isStartable = group.count.now === 0;
    const rest = left.get(group.pool);
    let { now, min = now, max = now } = group.count;
    if (rest !== undefined) {
      if (isStartable) [now, min, max] = [Math.max(0, rest), Math.max(0, rest), Math.max(0, rest)];
      else {
        now = Math.min(now, Math.max(0, rest));
        [min, max] = [now, now];
        left.set(group.pool, rest - now);
      }
    }
    if (isStartable && wanted.max !== undefined) max = Math.max(min, wanted.max - membersOf(problem, group.pool));
    if (!isStartable && wanted.min !== undefined && wanted.min >= membersOf(problem, group.pool)) min = now;
    return { ...group, count: { now, min, max } };
  });
}

function membersOf(problem: AllocationProblem, pool: string): number {
  return problem.agents.reduce((sum, group) => sum + (group.pool === pool ? group.count.now : 0), 0);
}
