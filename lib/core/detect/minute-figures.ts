import type { LogMoments, TabledCounter } from '../kpi/closed-tasks.ts';
import { tabledCounters } from '../kpi/closed-tasks.ts';
import { zeroCounters } from '../kpi/counters.ts';
import { type PresenceCounter, presenceCounters } from '../kpi/presence-rollup.ts';
import type { PartKind } from '../model/event.ts';
import { poolOf, type Roster } from '../model/roster.ts';
import type { MinuteRollups } from './detection-context.ts';

/** What one subject did in one minute. */
export interface SubjectMinute {
  counters: Record<TabledCounter, number>;
  /** Of service times in microseconds. */
  service: LogMoments;
  presence: Record<PresenceCounter, number>;
  /** Slots that its agents declare; of those that declare none, as they sample. */
  slots: number;
  /** Agents with any task or sample. */
  agents: number;
}

export interface PartMinute {
  kind: PartKind;
  name: string;
  calls: number;
  failed: number;
  durationUs: number;
  /** By pool, for who is concerned. */
  pools: Map<string, { calls: number; failed: number; durationUs: number }>;
}

/** One minute of a fleet, by everything that detectors look at. */
export interface MinuteFigures {
  fleet: SubjectMinute;
  pools: ReadonlyMap<string, SubjectMinute>;
  agents: ReadonlyMap<string, SubjectMinute>;
  taskTypes: ReadonlyMap<string, SubjectMinute>;
  /** Task types of each pool: what its agents did of each. */
  poolTypes: ReadonlyMap<string, ReadonlyMap<string, SubjectMinute>>;
  /** By kind and name: see partKey. */
  parts: ReadonlyMap<string, PartMinute>;
}

export function partKey(kind: PartKind, name: string): string {
  return `${kind}:${name}`;
}

export function emptyMinute(): SubjectMinute {
  const service = { n: 0, sum: 0, squares: 0 };
  return {
    counters: zeroCounters(tabledCounters),
    service,
    presence: zeroCounters(presenceCounters),
    slots: 0,
    agents: 0,
  };
}

/** Sums of rollups. Agents that are not in the roster were forgotten: their tasks count for task types and tools alone. */
export function minuteFigures({ tasks, presence, parts }: MinuteRollups, roster: Roster): MinuteFigures {
  const fleet = emptyMinute();
  const [pools, agents, taskTypes] = [1, 2, 3].map(() => new Map<string, SubjectMinute>()) as [
    Map<string, SubjectMinute>,
    Map<string, SubjectMinute>,
    Map<string, SubjectMinute>,
  ];
  const poolTypes = new Map<string, Map<string, SubjectMinute>>();
  const of = (map: Map<string, SubjectMinute>, id: string) => {
    const found = map.get(id) ?? emptyMinute();
    map.set(id, found);
    return found;
  };
  const typeOf = (pool: string, taskType: string) => {
    const types = poolTypes.get(pool) ?? new Map<string, SubjectMinute>();
    poolTypes.set(pool, types);
    return of(types, taskType);
  };
  for (const table of tasks) {
    for (const { agent, pool, taskType, counters, service } of table.values()) {
      const entry = agent === '' ? undefined : roster.get(agent);
      const subjects = [of(taskTypes, taskType)];
      if (agent === '') subjects.push(of(pools, pool), typeOf(pool, taskType), fleet);
      else if (entry) {
        subjects.push(of(agents, agent), of(pools, poolOf(entry)), typeOf(poolOf(entry), taskType), fleet);
      }
      for (const subject of subjects) {
        for (const name of tabledCounters) subject.counters[name] += counters[name];
        addMoments(subject.service, service);
      }
    }
  }
  for (const { agent, counters } of presence) {
    const entry = roster.get(agent);
    if (!entry) continue;
    const subject = of(agents, agent);
    for (const name of presenceCounters) subject.presence[name] += counters[name];
  }
  for (const [agent, subject] of agents) {
    const entry = roster.get(agent);
    const { utilizationCount, capacityMilli } = subject.presence;
    const sampled = utilizationCount > 0 ? capacityMilli / utilizationCount / 1_000 : 0;
    subject.slots = entry?.description?.capacity ?? sampled;
    subject.agents = 1;
    for (const sum of [of(pools, poolOf(entry)), fleet]) {
      for (const name of presenceCounters) sum.presence[name] += subject.presence[name];
      sum.slots += subject.slots;
      sum.agents += 1;
    }
  }
  return { fleet, pools, agents, taskTypes, poolTypes, parts: sumOfParts(parts, roster) };
}

export function addMoments(to: LogMoments, { n, sum, squares }: LogMoments): void {
  to.n += n;
  to.sum += sum;
  to.squares += squares;
}

function sumOfParts(rollups: MinuteRollups['parts'], roster: Roster): Map<string, PartMinute> {
  const parts = new Map<string, PartMinute>();
  for (const { agent, kind, name, counters } of rollups) {
    const key = partKey(kind, name);
    const part = parts.get(key) ?? { kind, name, calls: 0, failed: 0, durationUs: 0, pools: new Map() };
    parts.set(key, part);
    const pool = poolOf(roster.get(agent));
    const ofPool = part.pools.get(pool) ?? { calls: 0, failed: 0, durationUs: 0 };
    part.pools.set(pool, ofPool);
    for (const sum of [part, ofPool]) {
      sum.calls += counters.calls;
      sum.failed += counters.failed;
      sum.durationUs += counters.durationUs;
    }
  }
  return parts;
}
