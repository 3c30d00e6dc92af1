import { capacityAtObjective, type Headroom, headroom } from '../capacity/capacity-at-objective.ts';
import { type CapacityObjective, impossible } from '../capacity/capacity-objective.ts';
import { type AgentOrder, type LeadTime, ordersFor } from '../capacity/order-agents.ts';
import type { PoolMeasures, PoolSupply, PoolWork } from '../capacity/pool-work.ts';
import { requiredByStep } from '../capacity/required-agents.ts';
import { type Saturation, timeToSaturation } from '../capacity/time-to-saturation.ts';
import type { WorkloadForecast } from '../capacity/workload-forecast.ts';
import type { EpochMs } from '../model/time.ts';
import { usualObjective } from './plan-objectives.ts';

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
      /** How it is to serve its tasks. */
      objective: CapacityObjective;
      /** Hours that its forecast is made from. */
      knownHours: number;
      /**
       * By hour: tasks a minute that are planned for, slots that must be there for them, and agents, one to spare included; null
       * where none are enough.
       */
      required: { at: EpochMs; perMin: number; slots: number | null; agents: number | null }[];
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
  | 'pool'
  | 'agents'
  | 'tasksPerMin'
  | 'serviceMs'
  | 'serviceCv'
  | 'arrivalCv'
  | 'slotsPerAgent'
  | 'availability'
  | 'objective'
  | 'knownHours'
>;

/** Planned for is what comes nine times in ten at most. */
const PLANNED_LEVEL = 0.9;
const SPARE_AGENTS = 1;
/**
 * Bursts within the hour that go further than this are load that comes and goes, and not how unevenly tasks follow each other: as if they
 * were, waits are told a hundred times too long.
 */
const MOST_ARRIVAL_CV = 2;
/** Of a pool that never told how long its agents take to start. */
const USUAL_LEAD: LeadTime = { medianMs: 90_000, sigma: 0.5 };

/**
 * @param day figures of the pool over the last day, which tell its work
 * @param now figures of the last minutes, which tell what it has
 * @param arrivalCv of the times between arrivals; null where it is not known
 * @param slotsEach of an agent, as they are declared; null where none is: then of those that are there, as measured
 * @param objective how it is to serve its tasks; where none of its agents can, however many, the usual one
 */
export function poolOutlook(
  pool: string,
  {
    day,
    now,
    arrivalCv,
    slotsEach,
    ...plan
  }: {
    day: PoolMeasures;
    now: PoolMeasures;
    arrivalCv: number | null;
    slotsEach: number | null;
    objective: CapacityObjective;
    knownHours: number;
  },
  forecast: WorkloadForecast | null,
  nowMs: EpochMs,
): PoolOutlook {
  const unknown = (because: string): PoolOutlook => ({ status: 'unknown', pool, because });
  if (day.serviceMs === null) return unknown('no task of the last day told when it started');
  const slots = now.slots ?? day.slots;
  const there = now.agents > 0 ? now.agents : day.agents;
  if (slots === null || there === 0) return unknown('its agents do not tell their capacity');
  // Measured are slots that are told of: an agent that is out of sight has none of them, and is not available either.
  const slotsPerAgent = slotsEach ?? slots / there;
  if (!forecast || forecast.mean.length === 0) return unknown('its workload cannot be forecast yet');
  const work: PoolWork = {
    ...{ serviceMs: day.serviceMs, serviceCv: day.serviceCv ?? 1 },
    arrivalCv: Math.min(MOST_ARRIVAL_CV, arrivalCv ?? 1),
  };
  return outlookOf(
    {
      objective: impossible(plan.objective, work) === null ? plan.objective : usualObjective,
      knownHours: plan.knownHours,
      ...{ pool, agents: Math.round(now.agents), tasksPerMin: now.arrivalsPerMin },
      ...work,
      ...{ slotsPerAgent, availability: Math.max(0.5, Math.min(1, day.availability ?? 1)) },
    },
    forecast,
    nowMs,
  );
}

/** What a pool needs for a forecast of one step or more, and whether it has it. */
export function outlookOf(now: PoolNow, forecast: WorkloadForecast, nowMs: EpochMs): KnownPoolOutlook {
  const { agents, serviceMs, serviceCv, arrivalCv, slotsPerAgent, availability, objective } = now;
  const work: PoolWork = { serviceMs, serviceCv, arrivalCv };
  const supply: PoolSupply = { slotsPerAgent, availability, spareAgents: SPARE_AGENTS };
  const steps = requiredByStep(forecast, PLANNED_LEVEL, { work, supply, objective });
  const required = steps.map(({ at, perMin, required: its }) => {
    const { slots, agents: needed } = its.status === 'met' ? its : { slots: null, agents: null };
    return { at, perMin, slots, agents: needed };
  });
  const busiest = steps.reduce<(typeof steps)[number] | null>((most, step) => {
    if (step.required.status !== 'met') return most;
    return most?.required.status === 'met' && most.required.agents >= step.required.agents ? most : step;
  }, null);
  const capacity = capacityAtObjective(agents, work, supply, objective);
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
