import { contentionUtilization, isContended } from '../bottleneck/call-contention.ts';
import type { FleetObservation, ObservedAgent } from '../bottleneck/observe-fleet.ts';
import { poolIn, type Stretch } from '../kpi/agent-figures.ts';
import { SketchSum } from '../kpi/sketch-rows.ts';
import { taskCounters } from '../kpi/task-rollup.ts';
import { coefficientOfVariation } from './pool-work.ts';
import type { Station, TaskDemand } from './station.ts';

/** CPU above this share is full: what else runs on the host, and what happens within a minute, needs the rest. */
const CPU_LIMIT = 0.9;
/** Below, what is in use has little to do with what is done. */
const LEAST_CPU = 0.1;
const LEAST_CPU_MINUTES = 10;
/** The slope of its use over the work is this many standard errors above 0. */
const LEAST_SLOPE_Z = 3;

/**
 * Stations of a fleet and what one task of each type asks of them, by what was measured in a stretch of minutes: each pool;
 * agents of a pool that alone have the declared skill for a task type; tools whose calls wait for each other; CPU of pools
 * where it grows along a line with the work of the pool.
 * @param observation of the same stretch, by observeFleet
 */
export function measureStations(stretch: Stretch, observation: FleetObservation): Station[] {
  const work = workByPool(stretch);
  const members = Map.groupBy(observation.agents, ({ pool }) => pool);
  const pools = [...members].map(([pool, agents]) =>
    poolStation(pool, agents, work.get(pool) ?? new Map(), observation),
  );
  return [
    ...pools,
    ...[...members].flatMap(([pool, agents]) => skillStations(pool, agents, work.get(pool) ?? new Map(), stretch)),
    ...toolStations(observation, work),
    ...cpuStations(observation, work),
  ];
}

interface Work {
  n: number;
  sumUs: number;
  /** Null where it is not known. */
  cv: number | null;
  /** Of all tasks of the type, those of this pool. */
  share: number;
}

/** By pool and task type, of the tasks whose time at work is known. */
function workByPool({ from, to, chunks, entries }: Stretch): Map<string, Map<string, Work>> {
  const pools = new Map<string, Map<string, { n: number; sumUs: number; times: SketchSum }>>();
  const totals = new Map<string, number>();
  const [counts, sums] = [taskCounters.indexOf('serviceCount'), taskCounters.indexOf('serviceUs')];
  for (const { minute, tasks } of chunks) {
    if (minute < from || minute >= to) continue;
    for (const [row, agent] of tasks.agents.entries()) {
      const n = tasks.counters[counts]?.[row] ?? 0;
      if (agent === '' || n === 0) continue;
      const pool = poolIn(entries, agent);
      const types = pools.get(pool) ?? new Map();
      pools.set(pool, types);
      const type = tasks.types[row] ?? '';
      const work = types.get(type) ?? { n: 0, sumUs: 0, times: new SketchSum() };
      types.set(type, work);
      work.n += n;
      work.sumUs += tasks.counters[sums]?.[row] ?? 0;
      work.times.add(tasks.service, row);
      totals.set(type, (totals.get(type) ?? 0) + n);
    }
  }
  const finish = ([type, { n, sumUs, times }]: [string, { n: number; sumUs: number; times: SketchSum }]) =>
    [type, { n, sumUs, cv: coefficientOfVariation(times.take()), share: n / (totals.get(type) ?? n) }] as const;
  return new Map([...pools].map(([pool, types]) => [pool, new Map([...types].map(finish))]));
}

function poolStation(
  pool: string,
  agents: readonly ObservedAgent[],
  work: ReadonlyMap<string, Work>,
  { minutes }: FleetObservation,
): Station {
  const servers = serversOf(agents, minutes);
  const busyUs = agents.reduce((sum, { busyUs: its }) => sum + its.reduce((all, us) => all + us, 0), 0);
  return {
    ...{ kind: 'pool', id: pool, agents: agents.length, servers, limit: 1, idle: 0, isQueue: true, arrivalCv: 1 },
    demands: new Map([...work].map(([type, its]) => [type, demandOf(its)])),
    measuredUtilization: busyUs / (servers * minutes * 60e6),
  };
}

/** Agents that were there for a part of the time count for it. */
function serversOf(agents: readonly ObservedAgent[], minutes: number): number {
  return agents.reduce((sum, { servers, minutesThere }) => sum + (servers * minutesThere) / minutes, 0);
}

/** Where only some agents of a pool have a skill, its tasks may wait for them while others are free. */
function skillStations(
  pool: string,
  agents: readonly ObservedAgent[],
  work: ReadonlyMap<string, Work>,
  { from, to, entries }: Stretch,
): Station[] {
  const knows = (agent: string, type: string) => {
    const skills = entries.get(agent)?.description?.skills;
    return skills === undefined || (skills[type] ?? 0) > 0;
  };
  return [...work].flatMap(([type, its]): Station[] => {
    const able = agents.filter(({ agent }) => knows(agent, type));
    if (able.length === 0 || able.length === agents.length) return [];
    const [only] = able;
    const servers = serversOf(able, to - from);
    return [
      {
        ...{ kind: 'agent', id: able.length === 1 && only ? only.agent : `${pool}/${type}`, agents: able.length },
        ...{ servers, limit: 1, idle: 0, isQueue: true, arrivalCv: 1, measuredUtilization: null },
        demands: new Map([[type, demandOf(its)]]),
      },
    ];
  });
}

function toolStations(
  { parts, minutes }: FleetObservation,
  work: ReadonlyMap<string, ReadonlyMap<string, Work>>,
): Station[] {
  const places = Int32Array.from({ length: minutes }, (_, at) => at);
  return parts
    .filter(({ halves }) => isContended(halves))
    .map((part): Station => {
      const used = contentionUtilization(part.halves, places);
      const callers = [...part.byPool].map(([pool, us]) => ({ pool, us: us.reduce((sum, it) => sum + it, 0) }));
      const all = callers.reduce((sum, { us }) => sum + us, 0);
      const shares = new Map(callers.map(({ pool, us }) => [pool, us / all]));
      return shareStation(
        part.kind === 'tool' ? 'tool' : 'resource',
        part.kind === 'tool' ? part.name : `${part.kind}:${part.name}`,
        {
          ...{ used, limit: 1, idle: 0, minutes, shares, work },
        },
      );
    });
}

function cpuStations(
  { agents, resources, minutes }: FleetObservation,
  work: ReadonlyMap<string, ReadonlyMap<string, Work>>,
): Station[] {
  return resources.flatMap(({ kind, pool, use }): Station[] => {
    const known = [...use.keys()].filter((minute) => !Number.isNaN(use[minute]));
    const used = known.reduce((sum, minute) => sum + (use[minute] as number), 0) / known.length;
    if (kind !== 'cpu' || known.length * 2 < minutes || used < LEAST_CPU) return [];
    const members = agents.filter((its) => its.pool === pool);
    const busy = known.map((minute) => members.reduce((sum, { busyUs }) => sum + (busyUs[minute] as number), 0));
    const idle = idleUse(
      busy,
      known.map((minute) => use[minute] as number),
    );
    // What cannot be told apart from noise limits nothing that could be named.
    if (idle === null || idle >= CPU_LIMIT || idle >= used) return [];
    const shares = new Map([[pool, 1]]);
    return [shareStation('resource', `cpu:${pool}`, { used, limit: CPU_LIMIT, idle, minutes, shares, work })];
  });
}

/**
 * What is in use when nothing is done: where the line of least squares through the minutes begins.
 * @returns 0 or more; null where the use does not grow with the work beyond chance
 */
function idleUse(busy: readonly number[], use: readonly number[]): number | null {
  const n = busy.length;
  const [x, y] = [busy, use].map((values) => values.reduce((sum, value) => sum + value, 0) / n) as [number, number];
  const squares = busy.reduce((sum, value) => sum + (value - x) ** 2, 0);
  if (n < LEAST_CPU_MINUTES || squares === 0) return null;
  const slope = busy.reduce((sum, value, i) => sum + (value - x) * ((use[i] as number) - y), 0) / squares;
  const rest = busy.reduce((sum, value, i) => sum + ((use[i] as number) - y - slope * (value - x)) ** 2, 0);
  const error = Math.sqrt(rest / (n - 2) / squares);
  return slope > LEAST_SLOPE_Z * error ? Math.max(0, y - slope * x) : null;
}

/** Of what is known only by the share of it in use: tasks ask of it by the time that they are worked on. */
function shareStation(
  kind: Station['kind'],
  id: string,
  of: {
    used: number;
    limit: number;
    idle: number;
    minutes: number;
    /** By pool, how much of the use is its. */
    shares: ReadonlyMap<string, number>;
    work: ReadonlyMap<string, ReadonlyMap<string, Work>>;
  },
): Station {
  const { used, limit, idle, minutes, shares, work } = of;
  const demands = new Map<string, TaskDemand>();
  for (const [pool, share] of shares) {
    const types = work.get(pool) ?? new Map<string, Work>();
    const all = [...types.values()].reduce((sum, { sumUs }) => sum + sumUs, 0);
    // Of work that took no time by the clock nobody can say which type took more of it.
    if (all === 0) continue;
    for (const [type, { sumUs, n, share: ofType }] of types) {
      // For one task of the type, whichever pool it goes to.
      const usedMs = ((used - idle) * share * (sumUs / all) * minutes * 60_000) / (n / ofType);
      const known = demands.get(type) ?? { share: 1, serviceMs: 0, serviceCv: 1, n: 0 };
      demands.set(type, { ...known, serviceMs: known.serviceMs + usedMs, n: known.n + n });
    }
  }
  return {
    ...{ kind, id, agents: null, servers: 1, limit, idle, isQueue: false, arrivalCv: 1, demands },
    measuredUtilization: used,
  };
}

function demandOf({ n, sumUs, cv, share }: Work): TaskDemand {
  return { share, serviceMs: sumUs / n / 1_000, serviceCv: cv ?? 1, n };
}
