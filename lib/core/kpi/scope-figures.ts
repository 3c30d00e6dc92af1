import { poolOf, type RosterEntry } from '../model/roster.ts';
import { type EpochMs, type Minute, startOfMinute } from '../model/time.ts';
import type { KpiScope } from './kpi-scope.ts';
import { type Beats, liveMinutes } from './live-minutes.ts';
import { emptyPresenceRollup, mergePresenceRollup, type PresenceRollup } from './presence-rollup.ts';
import type { RollupChunk } from './rollup-chunk.ts';
import { countTasks, emptyTaskRollup, mergeTaskRollup, type TaskRollup } from './task-rollup.ts';

/**
 * Everything the KPIs of one agent, one pool, one task type or the fleet over one window are computed from. Figures of
 * a pool are the sums of its agents' and of the tasks that were rejected before they reached one; the fleet's are the
 * sums of the pools'.
 */
export interface ScopeFigures {
  fromMs: EpochMs;
  toMs: EpochMs;
  tasks: TaskRollup;
  presence: PresenceRollup;
  slots: SlotUse;
  costPerHour: DeclaredCost;
  /** Minutes in which heartbeats of an agent were due, and those of them in which they came. */
  expectedMinutes: number;
  liveMinutes: number;
  queue: SampledQueue;
  /** Sum and count of the whole pool's quality, to shrink an agent's small sample to; null where nothing is shrunk. */
  qualityPrior: { count: number; ppm: number } | null;
}

/** Mean concurrent tasks and room for them, over the agents whose capacity is known. */
interface SlotUse {
  busy: number;
  capacity: number;
  /** Samples, or tasks where no samples came. */
  n: number;
  /** Of how many `agents` the capacity is known. */
  known: number;
  agents: number;
}

interface DeclaredCost {
  usd: number;
  /** Of how many `agents` it is known. */
  known: number;
  agents: number;
}

/** Waiting tasks as agents sampled them: each agent's mean stands for the minutes from its first to its last sample. */
interface SampledQueue {
  taskMinutes: number;
  /** First minute with a sample, and the one after the last; null without samples. */
  minutes: { from: Minute; to: Minute } | null;
  samples: number;
}

/** What happened in a window, and to whom. */
export interface FleetWindow {
  /** Every chunk of the minutes in [from, to). */
  chunks: readonly RollupChunk[];
  from: Minute;
  to: Minute;
  /** The agents that were known by the end of the window. */
  entries: readonly RosterEntry[];
  /** Their heartbeats in the window and before it. */
  beats: ReadonlyMap<string, Beats>;
}

/** Figures by agent (those of `entries`), by pool and of all together. */
export interface FleetFigures {
  agents: Map<string, ScopeFigures>;
  pools: Map<string, ScopeFigures>;
  fleet: ScopeFigures;
}

/**
 * Merges the rollups of a window for agents, pools and the fleet, in one pass over the chunks.
 * @param only leaves out everything that does not belong to this pool
 */
export function fleetFigures(window: FleetWindow, only?: string): FleetFigures {
  const entries = new Map(window.entries.map((entry) => [entry.agent, entry]));
  const isWanted = (pool: string): boolean => only === undefined || pool === only;
  const tallies = new Map<string, AgentTally>();
  for (const entry of entries.values()) {
    if (isWanted(poolOf(entry))) tallies.set(entry.agent, emptyTally());
  }
  const rejectedByPool = new Map<string, TaskRollup>();
  const tallyOf = (agent: string): AgentTally | null => {
    const found = tallies.get(agent);
    if (found || !isWanted(poolOf(entries.get(agent)))) return found ?? null;
    const created = emptyTally();
    tallies.set(agent, created);
    return created;
  };
  for (const { minute, tasks, presence } of window.chunks) {
    for (const rollup of tasks.values()) {
      if (rollup.agent !== '') {
        const tally = tallyOf(rollup.agent);
        if (tally) mergeTaskRollup(tally.tasks, rollup);
      } else if (isWanted(rollup.pool)) {
        const rejected = rejectedByPool.get(rollup.pool) ?? emptyTaskRollup('', rollup.pool, '');
        rejectedByPool.set(rollup.pool, rejected);
        mergeTaskRollup(rejected, rollup);
      }
    }
    for (const rollup of presence.values()) {
      const tally = tallyOf(rollup.agent);
      if (!tally) continue;
      mergePresenceRollup(tally.presence, rollup);
      if (rollup.counters.queuedCount > 0) tally.sampled = spanOf(tally.sampled, { from: minute, to: minute + 1 });
    }
  }

  const byPool = new Map<string, ScopeFigures[]>();
  const agents = new Map<string, ScopeFigures>();
  for (const [agent, tally] of tallies) {
    const entry = entries.get(agent);
    const figures = agentFigures(window, agent, entry, tally);
    if (entry) agents.set(agent, figures);
    const members = byPool.get(poolOf(entry)) ?? [];
    byPool.set(poolOf(entry), members);
    members.push(figures);
  }
  for (const pool of rejectedByPool.keys()) if (!byPool.has(pool)) byPool.set(pool, []);
  const pools = new Map<string, ScopeFigures>();
  for (const [pool, members] of byPool) {
    const figures = sumFigures(window, members, rejectedByPool.get(pool));
    pools.set(pool, figures);
    const { qualityCount, qualityPpm } = figures.tasks.counters;
    for (const member of members) member.qualityPrior = { count: qualityCount, ppm: qualityPpm };
  }
  return { agents, pools, fleet: sumFigures(window, pools.values()) };
}

/** Figures by task type. Samples, heartbeats, capacity and hourly cost belong to agents: here there are none. */
export function taskTypeFigures({ chunks, from, to }: Pick<FleetWindow, 'chunks' | 'from' | 'to'>) {
  const types = new Map<string, ScopeFigures>();
  for (const { tasks } of chunks) {
    for (const rollup of tasks.values()) {
      const figures = types.get(rollup.taskType) ?? emptyFigures({ from, to });
      types.set(rollup.taskType, figures);
      mergeTaskRollup(figures.tasks, rollup);
    }
  }
  return types;
}

/** The figures of one scope; those of nothing where it does not exist. */
export function figuresOf(scope: KpiScope, window: FleetWindow): ScopeFigures {
  if (scope.kind === 'taskType') return taskTypeFigures(window).get(scope.id) ?? emptyFigures(window);
  if (scope.kind === 'fleet') return fleetFigures(window).fleet;
  // Of an agent the whole pool is needed: its quality is shrunk to the pool's.
  const entry = scope.kind === 'agent' ? window.entries.find(({ agent }) => agent === scope.id) : undefined;
  const { agents, pools } = fleetFigures(window, scope.kind === 'pool' ? scope.id : poolOf(entry));
  return (scope.kind === 'agent' ? agents : pools).get(scope.id) ?? emptyFigures(window);
}

interface AgentTally {
  tasks: TaskRollup;
  presence: PresenceRollup;
  /** The minutes from the first to the last sample of a queue. */
  sampled: SampledQueue['minutes'];
}

function emptyTally(): AgentTally {
  return { tasks: emptyTaskRollup('', '', ''), presence: emptyPresenceRollup(''), sampled: null };
}

/** @param entry undefined for an agent that rollups name and the roster does not know yet */
function agentFigures(
  { from, to, beats }: FleetWindow,
  agent: string,
  entry: RosterEntry | undefined,
  { tasks, presence, sampled }: AgentTally,
): ScopeFigures {
  const { queued, queuedCount } = presence.counters;
  const costPerHourUsd = entry?.description?.costPerHourUsd;
  return {
    ...emptyFigures({ from, to }),
    tasks,
    presence,
    slots: slotUse(tasks, presence, entry?.description?.capacity, startOfMinute(to - from)),
    costPerHour: { usd: costPerHourUsd ?? 0, known: costPerHourUsd === undefined ? 0 : 1, agents: 1 },
    ...(entry && liveMinutes(entry, beats.get(agent), from, to)),
    queue: {
      taskMinutes: sampled === null ? 0 : (queued / queuedCount) * (sampled.to - sampled.from),
      minutes: sampled,
      samples: queuedCount,
    },
  };
}

/** Capacity is what the agent declared, else what its samples say. */
function slotUse(
  { counters: { busyUs, serviceCount } }: TaskRollup,
  { counters: { utilizationCount, utilizationPpm, capacityMilli } }: PresenceRollup,
  declared: number | undefined,
  spanMs: number,
): SlotUse {
  const sampled = utilizationCount > 0 ? capacityMilli / utilizationCount / 1_000 : undefined;
  const capacity = declared !== undefined && declared > 0 ? declared : sampled;
  if (capacity === undefined || capacity <= 0) return { busy: 0, capacity: 0, n: 0, known: 0, agents: 1 };
  if (utilizationCount > 0) {
    const busy = (utilizationPpm / utilizationCount / 1e6) * capacity;
    return { busy, capacity, n: utilizationCount, known: 1, agents: 1 };
  }
  return { busy: busyUs / 1_000 / spanMs, capacity, n: serviceCount, known: 1, agents: 1 };
}

/** Adds figures up. Agents that were not there in the window bring neither capacity nor cost. */
function sumFigures(window: { from: Minute; to: Minute }, parts: Iterable<ScopeFigures>, rejected?: TaskRollup) {
  const sum = emptyFigures(window);
  if (rejected) mergeTaskRollup(sum.tasks, rejected);
  for (const part of parts) {
    mergeTaskRollup(sum.tasks, part.tasks);
    mergePresenceRollup(sum.presence, part.presence);
    sum.expectedMinutes += part.expectedMinutes;
    sum.liveMinutes += part.liveMinutes;
    sum.queue = {
      taskMinutes: sum.queue.taskMinutes + part.queue.taskMinutes,
      minutes: spanOf(sum.queue.minutes, part.queue.minutes),
      samples: sum.queue.samples + part.queue.samples,
    };
    if (!wasThere(part)) continue;
    addEach(sum.slots, part.slots);
    addEach(sum.costPerHour, part.costPerHour);
  }
  return sum;
}

function wasThere({ tasks: { counters }, presence, expectedMinutes }: ScopeFigures): boolean {
  return (
    countTasks(counters) + counters.busyUs + presence.counters.beats + presence.counters.samples + expectedMinutes > 0
  );
}

function addEach<Sums extends { [Name in keyof Sums]: number }>(sums: Sums, more: Readonly<Sums>): void {
  for (const name in more) sums[name] = (sums[name] + more[name]) as Sums[typeof name];
}

function spanOf(a: SampledQueue['minutes'], b: SampledQueue['minutes']): SampledQueue['minutes'] {
  if (a === null || b === null) return a ?? b;
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}

function emptyFigures({ from, to }: { from: Minute; to: Minute }): ScopeFigures {
  return {
    fromMs: startOfMinute(from),
    toMs: startOfMinute(to),
    tasks: emptyTaskRollup('', '', ''),
    presence: emptyPresenceRollup(''),
    slots: { busy: 0, capacity: 0, n: 0, known: 0, agents: 0 },
    costPerHour: { usd: 0, known: 0, agents: 0 },
    expectedMinutes: 0,
    liveMinutes: 0,
    queue: { taskMinutes: 0, minutes: null, samples: 0 },
    qualityPrior: null,
  };
}
