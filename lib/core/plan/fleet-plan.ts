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

/** What comes in an hour is known less well than this share of the costs, and the search for half of it takes eleven times as long. */
const PLAN_GAP = 0.02;
/** Agents that are nearly alike can be exchanged for each other in too many ways to rule all of them out; the gap that is left is told. */
const PLAN_NODES = 100;

/** Divides the coming hour's work, and says what will be full first and what should be done. */
export function decidePlan(fleet: FleetToDecide, solver: LinearSolver, options: AllocateOptions = {}): FleetPlan {
  const allocation = allocate(fleet.problem, solver, { relativeGap: PLAN_GAP, nodeLimit: PLAN_NODES, ...options });
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
