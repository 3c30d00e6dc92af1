import { emptyFigures, type Figures, mergeFigures } from '../kpi/figures.ts';
import type { EpochMs } from '../model/time.ts';
import { type CapacityAtObjective, capacityAtObjective, type Headroom, headroom } from './capacity-at-objective.ts';
import type { CapacityObjective } from './capacity-objective.ts';
import { type AgentOrder, type LeadTime, ordersFor } from './order-agents.ts';
import { measurePool, type PoolMeasures, type PoolSupply, type PoolWork } from './pool-work.ts';
import { type RequiredStep, requiredByStep } from './required-agents.ts';
import { type Saturation, timeToSaturation } from './time-to-saturation.ts';
import type { WorkloadForecast } from './workload-forecast.ts';

/** From fewer tasks the mean and CV of their times say little: of 100 with CV 1 the mean is known to ± 20 %. */
const LEAST_TASKS = 100;
/** What is planned for unless something else is asked: what comes nine times in ten. */
const LEVEL = 0.9;

export interface PoolPlanInput {
  pool: string;
  /** Points of history of the pool, or minutes, that tell what its work is like, and how many minutes they are of. */
  history: readonly Figures[];
  historyMinutes: number;
  /** Null where it is not known: see arrivalCvOf. */
  arrivalCv: number | null;
  /** Tasks a minute. */
  forecast: WorkloadForecast;
  objective: CapacityObjective;
  /** Agents there now or ordered; slots of one, null where the roster does not tell: then history does. */
  agents: number;
  slotsPerAgent: number | null;
  spareAgents: number;
  lead: LeadTime;
  nowMs: EpochMs;
  level?: number;
}

export type PoolPlan =
  | {
      status: 'planned';
      pool: string;
      measures: PoolMeasures;
      /** By step of the forecast. */
      steps: RequiredStep[];
      capacity: CapacityAtObjective;
      /** Null where there is no capacity. */
      headroom: Headroom | null;
      saturation: Saturation | null;
      orders: AgentOrder[];
    }
  | { status: 'unknown'; pool: string; because: string };

/** What a pool needs for a workload that is forecast, what it carries as it is, when that is not enough, and when to order more. */
export function planPool(input: PoolPlanInput): PoolPlan {
  const { pool, forecast, objective, agents, spareAgents, lead, nowMs, level = LEVEL } = input;
  const together = emptyFigures();
  for (const figures of input.history) mergeFigures(together, figures);
  const measures = measurePool(together, input.historyMinutes);
  const { n, serviceMs, serviceCv, slots, availability } = measures;
  const unknown = (because: string): PoolPlan => ({ status: 'unknown', pool, because });
  if (n < LEAST_TASKS || serviceMs === null || serviceMs === 0) {
    return unknown(`of ${n} tasks it is known how long they were worked on; it takes ${LEAST_TASKS}`);
  }
  const slotsPerAgent =
    input.slotsPerAgent ?? (slots === null || measures.agents === 0 ? null : slots / measures.agents);
  if (slotsPerAgent === null) return unknown('its slots are not known: send capacity in an agent event or in samples');
  const work: PoolWork = { serviceMs, serviceCv: serviceCv ?? 1, arrivalCv: input.arrivalCv ?? 1 };
  // An agent that is never live would make every number of agents too small.
  const supply: PoolSupply = {
    slotsPerAgent,
    spareAgents,
    availability: Math.max(LEAST_AVAILABILITY, availability ?? 1),
  };
  const steps = requiredByStep(forecast, level, { work, supply, objective });
  const capacity = capacityAtObjective(agents, work, supply, objective);
  const needed = steps.flatMap(({ at, required }) =>
    required.status === 'met' ? { at, agents: required.agents } : [],
  );
  return {
    ...{ status: 'planned', pool, measures, steps, capacity },
    headroom: capacity.status === 'known' ? headroom(forecast, capacity.perMin) : null,
    saturation: capacity.status === 'known' ? timeToSaturation(forecast, capacity.perMin) : null,
    orders: ordersFor(needed, { agents, lead, nowMs }),
  };
}

const LEAST_AVAILABILITY = 0.5;
