import { type ClosedTasks, type LogMoments, type TabledCounter, TaskSums } from '../kpi/closed-tasks.ts';
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
  return subjectOf(new TaskSums());
}

/** Sums of rollups. Agents that are not in the roster were forgotten: their tasks count for task types and tools alone. */
export function minuteFigures({ tasks, presence, parts }: MinuteRollups, roster: Roster): MinuteFigures {
  const { fleet, pools, agents, taskTypes, poolTypes } = sumOfTasks(tasks, roster);
  for (const { agent, counters } of presence) {
    const entry = roster.get(agent);
    if (!entry) continue;
    const subject = found(agents, agent, emptyMinute);
    for (const name of presenceCounters) subject.presence[name] += counters[name];
  }
  for (const [agent, subject] of agents) {
    const entry = roster.get(agent);
    const { utilizationCount, capacityMilli } = subject.presence;
    const sampled = utilizationCount > 0 ? capacityMilli / utilizationCount / 1_000 : 0;
    subject.slots = entry?.description?.capacity ?? sampled;
    subject.agents = 1;
    for (const sum of [found(pools, poolOf(entry), emptyMinute), fleet]) {
      for (const name of presenceCounters) sum.presence[name] += subject.presence[name];
      sum.slots += subject.slots;
      sum.agents += 1;
    }
  }
  return { fleet, pools, agents, taskTypes, poolTypes, parts: sumOfParts(parts, roster) };
}

const newSums = () => new TaskSums();
const newSumsById = () => new Map<string, TaskSums>();

/** What the tasks of every subject come to. */
function sumOfTasks(tables: readonly ClosedTasks[], roster: Roster) {
  const fleet = newSums();
  const [pools, agents, taskTypes] = [newSumsById(), newSumsById(), newSumsById()];
  const poolTypes = new Map<string, Map<string, TaskSums>>();
  for (const table of tables) {
    for (const { row, agent, pool: named, taskType } of table.names()) {
      table.addTo(found(taskTypes, taskType, newSums), row);
      const entry = agent === '' ? undefined : roster.get(agent);
      if (agent !== '' && !entry) continue;
      const pool = entry ? poolOf(entry) : named;
      if (entry) table.addTo(found(agents, agent, newSums), row);
      table.addTo(found(pools, pool, newSums), row);
      table.addTo(found(found(poolTypes, pool, newSumsById), taskType, newSums), row);
      table.addTo(fleet, row);
    }
  }
  return {
    fleet: subjectOf(fleet),
    ...{ pools: subjectsOf(pools), agents: subjectsOf(agents), taskTypes: subjectsOf(taskTypes) },
    poolTypes: new Map([...poolTypes].map(([pool, types]) => [pool, subjectsOf(types)])),
  };
}

function subjectsOf(sums: ReadonlyMap<string, TaskSums>): Map<string, SubjectMinute> {
  return new Map([...sums].map(([id, its]) => [id, subjectOf(its)]));
}

/** Of which only the tasks are known yet. */
function subjectOf(tasks: TaskSums): SubjectMinute {
  return { ...tasks.total(), presence: zeroCounters(presenceCounters), slots: 0, agents: 0 };
}

function found<Value>(map: Map<string, Value>, id: string, make: () => Value): Value {
  const value = map.get(id) ?? make();
  map.set(id, value);
  return value;
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
