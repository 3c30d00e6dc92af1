import { KNOWN_SHARE } from '../kpi/resource-utilization.ts';
import { MINUTE_MS } from '../model/time.ts';
import type { BottleneckKind } from './bottleneck.ts';
import { contentionUtilization, isContended } from './call-contention.ts';
import { MOST_IMBALANCE } from './flow-balance.ts';
import type { FleetObservation, ObservedAgent, ObservedPart, ObservedResource } from './observe-fleet.ts';

/** Something that may limit a fleet. */
export interface Candidate {
  kind: BottleneckKind;
  id: string;
  servers: number | null;
  /** Of the whole stretch, of all servers together. */
  busyMs: number;
  utilization: number;
  waitShare: number | null;
  evidence: string[];
  /**
   * How much it limits: its utilization without the time in which its servers wait for something that limits by itself.
   * @param places minutes of the stretch to look at, with repetitions
   */
  scoreIn: (places: ArrayLike<number>) => number;
  /** Relative standard error of its score that minutes do not show: see confidences. */
  error: number;
  /** Factor on its score with one agent more; null of anything but a pool. */
  enlarged: number | null;
  /** How much less another one's score is when the demand of this one is halved. */
  halved?: (other: Candidate) => number;
}

export interface PoolCandidate extends Candidate {
  kind: 'pool';
  queued: Float64Array;
  /** Mean wait of the tasks that ended; NaN without any. */
  waitMs: Float64Array;
  completed: Float64Array;
}

/** Half of the imbalance that a flow of jobs may have: so much the demands of a window may differ from those that last. */
const FLOW_ERROR = MOST_IMBALANCE / 2;
/** Of the utilization of a tool, which is told by how durations and calls vary together. */
const CONTENTION_ERROR = 0.1;
const MINUTE_US = MINUTE_MS * 1_000;
/** An agent stands for itself where it is this much busier than the rest of its pool, and at least so busy. */
const LEAST_AGENT_EXCESS = 0.15;
const LEAST_AGENT_UTILIZATION = 0.6;
const LEAST_AGENT_Z = 3;
const MOST_AGENTS = 20;
/** A tool that takes less of the time of those who call it limits nothing. */
const LEAST_PART_SHARE = 0.05;
const MOST_PARTS = 50;
/** Below, CPU is not worth a rank; memory is mostly held on purpose, and counts when hardly any is left. */
const LEAST_USE = { cpu: 0.5, memory: 0.95 };

interface Pool {
  id: string;
  agents: ObservedAgent[];
  busyUs: Float64Array;
  /** Slot time in one minute. */
  capacityUs: number;
  /** Time in which its slots wait for a contended tool, by minute, less what they would take without waiting. */
  blocking: { byMinute: Float64Array; part: Contended }[];
}

interface Contended {
  part: ObservedPart;
  utilizationIn: (places: ArrayLike<number>) => number;
}

/** Pools, agents that are much busier than the rest of their pools, tools, models and resources. */
export function candidatesIn({ minutes, agents, parts, resources }: FleetObservation): Candidate[] {
  const contended = parts.filter(({ halves }) => isContended(halves)).map(contendedOf);
  const pools = [...Map.groupBy(agents, ({ pool }) => pool)].map(([id, members]) =>
    poolOf(id, members, minutes, contended),
  );
  const byId = new Map(pools.map((pool) => [pool.id, pool]));
  return [
    ...pools.map((pool) => poolCandidate(pool, minutes)),
    ...pools.flatMap((pool) => busyAgents(pool, minutes)).slice(0, MOST_AGENTS),
    ...parts
      .map((part) => partCandidate(part, byId, contended.find((it) => it.part === part) ?? null, minutes))
      .filter((candidate) => candidate !== null)
      .slice(0, MOST_PARTS),
    ...resources.flatMap((resource) => resourceCandidate(resource, minutes) ?? []),
  ];
}

function contendedOf(part: ObservedPart): Contended {
  return { part, utilizationIn: (places) => contentionUtilization(part.halves, places) };
}

function poolOf(id: string, agents: ObservedAgent[], minutes: number, contended: readonly Contended[]): Pool {
  const busyUs = sumBy(agents, minutes, ({ busyUs: its }) => its);
  const capacityUs =
    (agents.reduce((sum, { servers, minutesThere }) => sum + servers * minutesThere, 0) * MINUTE_US) / minutes;
  const blocking = contended.flatMap((part) => {
    const byMinute = part.part.byPool.get(id);
    return byMinute ? [{ byMinute, part }] : [];
  });
  return { id, agents, busyUs, capacityUs, blocking };
}

function poolCandidate({ id, agents, busyUs, capacityUs, blocking }: Pool, minutes: number): PoolCandidate {
  const waitUs = sumBy(agents, minutes, ({ waitUs: its }) => its);
  const waited = sumBy(agents, minutes, ({ waited: its }) => its);
  const serviceUs = sumBy(agents, minutes, ({ serviceUs: its }) => its);
  const queued = sumBy(agents, minutes, ({ queued: its }) => its);
  const servers = capacityUs / MINUTE_US;
  const utilization = sumOf(busyUs) / (capacityUs * minutes);
  const isAssumed = agents.some(({ isServersAssumed }) => isServersAssumed);
  const waiting = sumOf(waitUs) / Math.max(1, sumOf(waited)) / 1_000;
  return {
    ...{ kind: 'pool', id, servers, utilization },
    busyMs: sumOf(busyUs) / 1_000,
    waitShare: shareOf(sumOf(waitUs), sumOf(waitUs) + sumOf(serviceUs)),
    evidence: [
      `${percent(utilization)} of ${shown(servers)} slots of ${agents.length} agents at work${isAssumed ? ' (slots assumed, because no capacity was told)' : ''}`,
      ...(sumOf(waited) > 0 ? [`tasks wait ${shown(waiting)} ms for it`] : []),
      ...blocking.map(({ byMinute, part: { part } }) => {
        return `${percent(sumOf(byMinute) / sumOf(busyUs))} of its busy time is in calls of ${part.name}, which wait for each other`;
      }),
    ],
    scoreIn: (places) => {
      const busy = pick(busyUs, places);
      const blocked = blocking.reduce((sum, { byMinute, part }) => {
        return sum + pick(byMinute, places) * part.utilizationIn(places);
      }, 0);
      return Math.max(0, busy - blocked) / (capacityUs * places.length);
    },
    error: FLOW_ERROR,
    enlarged: agents.length / (agents.length + 1),
    queued,
    waitMs: waitUs.map((us, at) => us / 1_000 / (waited[at] as number)),
    completed: sumBy(agents, minutes, ({ completed }) => completed),
  };
}

/**
 * Agents whose slots are full while others of their pool have room: the work is not spread. Of one that came or died within
 * the stretch nothing like it can be told.
 */
function busyAgents({ agents }: Pool, minutes: number): Candidate[] {
  if (agents.length < 2) return [];
  return agents.flatMap((its): Candidate | [] => {
    if (its.minutesThere < KNOWN_SHARE * minutes) return [];
    const others = agents.filter((other) => other !== its);
    const capacityUs = (its.servers * its.minutesThere * MINUTE_US) / minutes;
    const othersUs =
      (others.reduce((sum, { servers, minutesThere }) => sum + servers * minutesThere, 0) * MINUTE_US) / minutes;
    const utilization = sumOf(its.busyUs) / (capacityUs * minutes);
    if (utilization < LEAST_AGENT_UTILIZATION) return [];
    const othersBusy = sumBy(others, minutes, ({ busyUs }) => busyUs);
    const excess = its.busyUs.map((us, at) => us / capacityUs - (othersBusy[at] as number) / othersUs);
    const { mean, standardError } = meanOf(excess);
    if (mean < LEAST_AGENT_EXCESS || mean < LEAST_AGENT_Z * standardError) return [];
    return {
      ...{
        kind: 'agent',
        id: its.agent,
        servers: capacityUs / MINUTE_US,
        utilization,
        enlarged: null,
        error: FLOW_ERROR,
      },
      busyMs: sumOf(its.busyUs) / 1_000,
      waitShare: shareOf(sumOf(its.waitUs), sumOf(its.waitUs) + sumOf(its.serviceUs)),
      evidence: [
        `${percent(utilization)} of its slots at work, ${percent(utilization - mean)} of those of the other ${others.length} of pool ${its.pool}`,
      ],
      scoreIn: (places) => pick(its.busyUs, places) / (capacityUs * places.length),
    };
  });
}

function partCandidate(
  part: ObservedPart,
  pools: ReadonlyMap<string, Pool>,
  contended: Contended | null,
  minutes: number,
): Candidate | null {
  const { kind, name, byPool, halves, failed } = part;
  const callers = [...byPool].flatMap(([id, byMinute]) => {
    const pool = pools.get(id);
    return pool && sumOf(byMinute) > 0 ? [{ pool, byMinute }] : [];
  });
  const busyUs = sumOf(halves[0].durationUs) + sumOf(halves[1].durationUs);
  const calls = sumOf(halves[0].calls) + sumOf(halves[1].calls);
  const largest = callers
    .map(({ pool, byMinute }) => ({ id: pool.id, share: sumOf(byMinute) / sumOf(pool.busyUs) }))
    .reduce((most, other) => (other.share > most.share ? other : most), { id: '', share: 0 });
  if (largest.share < LEAST_PART_SHARE) return null;
  const places = Int32Array.from({ length: minutes }, (_, at) => at);
  const scoreIn = (at: ArrayLike<number>) => {
    const ofSlots = callers.map(({ pool, byMinute }) => pick(byMinute, at) / (pool.capacityUs * at.length));
    return contended ? contended.utilizationIn(at) : Math.max(0, ...ofSlots);
  };
  return {
    kind: kind === 'tool' ? 'tool' : 'resource',
    id: kind === 'tool' ? name : `${kind}:${name}`,
    ...{ servers: null, busyMs: busyUs / 1_000, enlarged: null, scoreIn },
    error: contended ? CONTENTION_ERROR : FLOW_ERROR,
    utilization: scoreIn(places),
    waitShare: contended ? contended.utilizationIn(places) : null,
    evidence: [
      `${percent(largest.share)} of the busy time of pool ${largest.id}, ${shown(busyUs / 1_000 / calls)} ms a call`,
      contended
        ? 'calls of different agents are slow in the same minutes: they wait for each other'
        : 'its utilization is the share of those slots that are in calls of it: how many it can serve is not known',
      ...(failed > 0 ? [`${percent(failed / calls)} of its calls failed`] : []),
    ],
    halved: (other) => {
      const own = other.kind === 'pool' ? callers.find(({ pool }) => pool.id === other.id) : undefined;
      if (!own) return 0;
      const left = contended ? 1 - contended.utilizationIn(places) : 1;
      return (sumOf(own.byMinute) * left) / (own.pool.capacityUs * minutes) / 2;
    },
  };
}

function resourceCandidate({ kind, pool, use }: ObservedResource, minutes: number): Candidate | null {
  const known = use.filter((value) => !Number.isNaN(value));
  const utilization = sumOf(known) / known.length;
  if (known.length * 2 < minutes || utilization < LEAST_USE[kind]) return null;
  return {
    ...{ kind: 'resource', id: `${kind}:${pool}`, servers: null, utilization, waitShare: null, enlarged: null },
    error: FLOW_ERROR,
    busyMs: utilization * minutes * MINUTE_MS,
    evidence: [`${percent(utilization)} of the ${kind === 'cpu' ? 'CPU' : 'memory'} of pool ${pool} in use`],
    scoreIn: (places) => {
      const picked = Array.from(places, (at) => use[at] as number).filter((value) => !Number.isNaN(value));
      return picked.length === 0 ? 0 : picked.reduce((sum, value) => sum + value, 0) / picked.length;
    },
  };
}

/** NaN only where none is known. */
function sumBy(
  agents: readonly ObservedAgent[],
  minutes: number,
  of: (agent: ObservedAgent) => Float64Array,
): Float64Array {
  const sums = new Float64Array(minutes).fill(Number.NaN);
  for (const agent of agents) {
    const its = of(agent);
    for (let at = 0; at < minutes; at++) {
      const value = its[at] as number;
      if (!Number.isNaN(value)) sums[at] = Number.isNaN(sums[at]) ? value : (sums[at] as number) + value;
    }
  }
  return sums;
}

function pick(values: Float64Array, places: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < places.length; i++) sum += values[places[i] as number] as number;
  return sum;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function meanOf(values: Float64Array): { mean: number; standardError: number } {
  const mean = sumOf(values) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / Math.max(1, values.length - 1) / values.length) };
}

function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2).replace(/\.0$/, '');
}
