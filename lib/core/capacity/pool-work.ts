import type { Figures } from '../kpi/figures.ts';
import { binValueUs, type LatencySketch, sketchCount } from '../kpi/latency-sketch.ts';
import { countTasks } from '../kpi/task-rollup.ts';
import { DEFAULT_POOL, type RosterEntry } from '../model/roster.ts';

/** What the tasks of a pool are like. */
export interface PoolWork {
  /** Mean time at work on one, ms, above 0. */
  serviceMs: number;
  /** Its coefficient of variation, 0 or more. */
  serviceCv: number;
  /** That of the times between arrivals; 1 where nothing is known. */
  arrivalCv: number;
  /** Mean time after which what waits is given up, ms, taken to be exponential; absent where all wait to the end. */
  patienceMs?: number;
}

/** What a pool has to work with. */
export interface PoolSupply {
  /** Tasks that one agent works on at once, above 0. */
  slotsPerAgent: number;
  /** Share of the time that an agent that is paid is there, above 0 and up to 1. */
  availability: number;
  /** Agents beside those that are needed, for one to fail: N+1 with 1. */
  spareAgents: number;
}

const MINUTE_US = 60_000_000;
/** Times are known to the microsecond: what took none by the clock took up to one. */
const LEAST_SERVICE_MS = 0.001;

/** What a stretch of history says of a pool. */
export interface PoolMeasures {
  /** Tasks that ended a minute, rejected ones included: about what arrived, where the queue did not grow. */
  arrivalsPerMin: number;
  /** Tasks of which the time at work is known. */
  n: number;
  /** Above 0; null where it is known of none. */
  serviceMs: number | null;
  serviceCv: number | null;
  /** Share of the slots at work; null where the slots are not known. */
  utilization: number | null;
  /** Agents there on average; and slots, null where they are not known. */
  agents: number;
  slots: number | null;
  /** Of the minutes in which heartbeats were due, those in which it was live; null without any. */
  availability: number | null;
}

/**
 * What figures of a pool (a point of hourly history, or those of some minutes) say of its work and of what it has.
 * @param minutes that the figures are of, above 0
 */
export function measurePool({ tasks, use }: Figures, minutes: number): PoolMeasures {
  const { serviceCount, serviceUs } = tasks.counters;
  const { thereMinutes, expectedMinutes, liveMinutes, capacityMinutes, capacitySlotUs, busySlotUs } = use;
  const isCapacityKnown = capacityMinutes > 0 && capacitySlotUs > 0;
  const agents = thereMinutes / minutes;
  return {
    arrivalsPerMin: countTasks(tasks.counters) / minutes,
    n: serviceCount,
    serviceMs: serviceCount > 0 ? Math.max(LEAST_SERVICE_MS, serviceUs / serviceCount / 1_000) : null,
    serviceCv: coefficientOfVariation(tasks.service),
    utilization: isCapacityKnown ? busySlotUs / capacitySlotUs : null,
    agents,
    // Agents whose slots are not known are taken to have as many as the others.
    slots: isCapacityKnown ? (capacitySlotUs / capacityMinutes / MINUTE_US) * agents : null,
    availability: expectedMinutes > 0 ? liveMinutes / expectedMinutes : null,
  };
}

/** The CV of what a sketch holds, within about 1 %; null where it is empty or all is 0. */
export function coefficientOfVariation(sketch: LatencySketch): number | null {
  const count = sketchCount(sketch);
  let [sum, squares] = [0, 0];
  for (const [bin, inBin] of sketch.bins) {
    const value = binValueUs(bin);
    sum += inBin * value;
    squares += inBin * value * value;
  }
  if (count === 0 || sum === 0) return null;
  const mean = sum / count;
  return Math.sqrt(Math.max(0, squares / count / mean ** 2 - 1));
}

const LEAST_MINUTES = 20;
const LEAST_ARRIVALS = 100;

/**
 * CV of the times between arrivals, from how many came in each minute: variance ÷ mean of the counts is about Ca². By the
 * differences of neighbours, so that a load that rises and falls with the day does not count as bursts.
 * @returns null from fewer than 20 minutes or 100 arrivals
 */
export function arrivalCvOf(countsPerMinute: readonly number[]): number | null {
  const total = countsPerMinute.reduce((sum, count) => sum + count, 0);
  if (countsPerMinute.length < LEAST_MINUTES || total < LEAST_ARRIVALS) return null;
  const differences = countsPerMinute.slice(1).map((count, i) => (count - (countsPerMinute[i] as number)) ** 2);
  const variance = differences.reduce((sum, square) => sum + square, 0) / differences.length / 2;
  return Math.sqrt(variance / (total / countsPerMinute.length));
}

/** Work of which means and CVs are known, taken together: that of a pool of several task types. */
export interface WorkShare {
  /** Weight, 0 or more: tasks a minute. */
  perMin: number;
  serviceMs: number;
  serviceCv: number;
}

/** Mean and CV of the service times of all of them. @returns null where nothing arrives */
export function mixedWork(shares: readonly WorkShare[]): Pick<PoolWork, 'serviceMs' | 'serviceCv'> | null {
  const total = shares.reduce((sum, { perMin }) => sum + perMin, 0);
  const mean = shares.reduce((sum, { perMin, serviceMs }) => sum + perMin * serviceMs, 0) / total;
  if (!(total > 0 && mean > 0)) return null;
  const square =
    shares.reduce((sum, { perMin, serviceMs, serviceCv }) => sum + perMin * serviceMs ** 2 * (1 + serviceCv ** 2), 0) /
    total;
  return { serviceMs: mean, serviceCv: Math.sqrt(Math.max(0, square / mean ** 2 - 1)) };
}

/** Agents of a pool by the roster: how many, their slots where all that tell agree on a mean, and who knows what. */
export interface PoolRoster {
  agents: string[];
  /** Mean of those that told their capacity; null where none did. */
  slotsPerAgent: number | null;
  /** By task type, agents that declared the skill; those that declared none can do everything and are not among them. */
  skilled: Map<string, string[]>;
}

/** Pools of the agents that are not forgotten. */
export function rosterByPool(entries: Iterable<RosterEntry>): Map<string, PoolRoster> {
  type Counted = PoolRoster & { slots: number; told: number };
  const pools = new Map<string, Counted>();
  for (const { agent, description, forgottenMs } of entries) {
    if (forgottenMs !== undefined) continue;
    const pool = description?.pool ?? DEFAULT_POOL;
    const its: Counted = pools.get(pool) ?? { agents: [], slotsPerAgent: null, skilled: new Map(), slots: 0, told: 0 };
    pools.set(pool, its);
    its.agents.push(agent);
    if (description?.capacity !== undefined && description.capacity > 0) {
      its.slots += description.capacity;
      its.told += 1;
      its.slotsPerAgent = its.slots / its.told;
    }
    for (const [taskType, proficiency] of Object.entries(description?.skills ?? {})) {
      if (proficiency > 0) its.skilled.set(taskType, [...(its.skilled.get(taskType) ?? []), agent]);
    }
  }
  return new Map(
    [...pools].map(([pool, { agents, slotsPerAgent, skilled }]) => [pool, { agents, slotsPerAgent, skilled }]),
  );
}
