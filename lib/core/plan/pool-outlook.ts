import { capacityAtObjective, type Headroom, headroom } from '../capacity/capacity-at-objective.ts';
import type { CapacityObjective } from '../capacity/capacity-objective.ts';
import { type AgentOrder, type LeadTime, ordersFor } from '../capacity/order-agents.ts';
import type { PoolMeasures, PoolSupply, PoolWork } from '../capacity/pool-work.ts';
import { requiredByStep } from '../capacity/required-agents.ts';
import { type Saturation, timeToSaturation } from '../capacity/time-to-saturation.ts';
import type { WorkloadForecast } from '../capacity/workload-forecast.ts';
import type { EpochMs } from '../model/time.ts';

/** What a pool will need, and whether it has it. Plain JSON. */
export type PoolOutlook =
  | {
      status: 'known';
      pool: string;
      /** There now; and what they carry at the objective, tasks a minute. */
      agents: number;
      capacityPerMin: number | null;
      /** Now, tasks a minute. */
      tasksPerMin: number;
      /** What its work and its agents are like, to look ahead again under other assumptions. */
      serviceMs: number;
      serviceCv: number;
      arrivalCv: number;
      slotsPerAgent: number;
      availability: number;
      /** By hour: tasks a minute that are planned for, and agents for them, one to spare included; null where none are enough. */
      required: { at: EpochMs; perMin: number; agents: number | null }[];
      /** The hour that needs most. */
      peak: { at: EpochMs; perMin: number; agents: number; words: string[] } | null;
      headroom: Headroom | null;
      saturation: Saturation | null;
      orders: AgentOrder[];
    }
  | { status: 'unknown'; pool: string; because: string };

export type KnownPoolOutlook = Extract<PoolOutlook, { status: 'known' }>;

/** A pool, apart from what is to come of its work. */
export type PoolNow = Pick<
  KnownPoolOutlook,
  'pool' | 'agents' | 'tasksPerMin' | 'serviceMs' | 'serviceCv' | 'arrivalCv' | 'slotsPerAgent' | 'availability'
>;

/** At most one task in five waits: as the alerts about capacity have it. */
export const capacityObjective: CapacityObjective = { kind: 'wait-share', waitShare: 0.2 };
/** Planned for is what comes nine times in ten at most. */
const PLANNED_LEVEL = 0.9;
const SPARE_AGENTS = 1;
/** Of a pool that never told how long its agents take to start. */
const USUAL_LEAD: LeadTime = { medianMs: 90_000, sigma: 0.5 };

/**
 * @param day figures of the pool over the last day, which tell its work
 * @param now figures of the last minutes, which tell what it has
 * @param arrivalCv of the times between arrivals; null where it is not known
 */
export function poolOutlook(
  pool: string,
  { day, now, arrivalCv }: { day: PoolMeasures; now: PoolMeasures; arrivalCv: number | null },
  forecast: WorkloadForecast | null,
  nowMs: EpochMs,
): PoolOutlook {
  const unknown = (because: string): PoolOutlook => ({ status: 'unknown', pool, because });
  if (day.serviceMs === null) return unknown('no task of the last day told when it started');
  const slots = now.slots ?? day.slots;
  const there = now.agents > 0 ? now.agents : day.agents;
  if (slots === null || there === 0) return unknown('its agents do not tell their capacity');
  if (!forecast || forecast.mean.length === 0) return unknown('its workload cannot be forecast yet');
  return outlookOf(
    {
      ...{ pool, agents: Math.round(now.agents), tasksPerMin: now.arrivalsPerMin },
      ...{ serviceMs: day.serviceMs, serviceCv: day.serviceCv ?? 1, arrivalCv: arrivalCv ?? 1 },
      ...{ slotsPerAgent: slots / there, availability: Math.max(0.5, Math.min(1, day.availability ?? 1)) },
    },
    forecast,
    nowMs,
  );
}

/** What a pool needs for a forecast of one step or more, and whether it has it. */
export function outlookOf(now: PoolNow, forecast: WorkloadForecast, nowMs: EpochMs): KnownPoolOutlook {
  const { agents, serviceMs, serviceCv, arrivalCv, slotsPerAgent, availability } = now;
  const work: PoolWork = { serviceMs, serviceCv, arrivalCv };
  const supply: PoolSupply = { slotsPerAgent, availability, spareAgents: SPARE_AGENTS };
  const steps = requiredByStep(forecast, PLANNED_LEVEL, { work, supply, objective: capacityObjective });
  const required = steps.map((step) => ({
    ...{ at: step.at, perMin: step.perMin },
    agents: step.required.status === 'met' ? step.required.agents : null,
  }));
  const busiest = steps.reduce<(typeof steps)[number] | null>((most, step) => {
    if (step.required.status !== 'met') return most;
    return most?.required.status === 'met' && most.required.agents >= step.required.agents ? most : step;
  }, null);
  const capacity = capacityAtObjective(agents, work, supply, capacityObjective);
  const capacityPerMin = capacity.status === 'known' ? capacity.perMin : null;
  return {
    ...{ status: 'known', ...now, capacityPerMin, required },
    peak:
      busiest?.required.status === 'met'
        ? { at: busiest.at, perMin: busiest.perMin, agents: busiest.required.agents, words: busiest.required.words }
        : null,
    headroom: capacityPerMin === null ? null : headroom(forecast, capacityPerMin),
    saturation: capacityPerMin === null ? null : timeToSaturation(forecast, capacityPerMin),
    orders: ordersFor(
      required.flatMap((step) => (step.agents === null ? [] : [{ at: step.at, agents: step.agents }])),
      { agents, lead: USUAL_LEAD, nowMs },
    ),
  };
}
