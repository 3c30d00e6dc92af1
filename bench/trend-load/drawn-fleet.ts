import { type WorkCounter, type WorkDay, workCounters } from '../../lib/core/benchmark/work-day.ts';
import { Folding } from '../../lib/core/kpi/folding.ts';
import { emptyRollupChunk, type RollupChunk } from '../../lib/core/kpi/rollup-chunk.ts';
import type { FleetEvent } from '../../lib/core/model/event.ts';
import { enterBatch, type Roster } from '../../lib/core/model/roster.ts';
import { DAY_MINUTES, MINUTE_MS, type Minute, startOfMinute } from '../../lib/core/model/time.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';

const TYPES = 5;
const HOURS = 24;
const AGENTS_PER_POOL = 50;
const CAPACITY = 4;
/** Of one type, that an agent ends in an hour, on average. */
const TASKS_PER_HOUR = 5.5;
const counted = ['responseCount', 'serviceCount', 'slaTotal', 'qualityCount', 'csatCount'] as const;

function agentAt(i: number): { agent: string; pool: string } {
  return { agent: `agent-${i}`, pool: `pool-${Math.floor(i / AGENTS_PER_POOL)}` };
}

/** A day in which each of so many agents did something of five task types in every hour. */
export function drawDay(agents: number, day: Minute): WorkDay {
  const random = createRandom(day / DAY_MINUTES, 'load');
  const n = agents * TYPES * HOURS;
  const counters = Object.fromEntries(workCounters.map((name) => [name, new Float64Array(n)])) as Record<
    WorkCounter,
    Float64Array
  >;
  for (let row = 0; row < n; row++) {
    const tasks = 1 + random.int(10);
    const failed = random.uniform() < 0.02 * tasks ? 1 : 0;
    counters.completed[row] = tasks - failed;
    counters.completedFirst[row] = tasks - failed;
    counters.failed[row] = failed;
    for (const name of counted) counters[name][row] = tasks;
    counters.slaMet[row] = tasks - failed;
    counters.serviceUs[row] = Math.round(tasks * random.uniform(1e6, 3e6));
    counters.responseUs[row] = Math.round((counters.serviceUs[row] as number) * random.uniform(1, 1.5));
    counters.costNanoUsd[row] = Math.round(tasks * random.uniform(5e6, 15e6));
    counters.qualityPpm[row] = Math.round(tasks * random.uniform(7e5, 1e6));
    counters.csatMilli[row] = tasks * (3_000 + random.int(2_000));
  }
  return {
    day,
    workers: Array.from({ length: agents }, (_, i) => agentAt(i)),
    taskTypes: Array.from({ length: TYPES }, (_, i) => `type-${i}`),
    rows: {
      worker: Uint32Array.from({ length: n }, (_, row) => Math.floor(row / (TYPES * HOURS))),
      taskType: Uint32Array.from({ length: n }, (_, row) => Math.floor(row / HOURS) % TYPES),
      hour: Uint8Array.from({ length: n }, (_, row) => row % HOURS),
    },
    counters,
  };
}

/** The rollups of a minute of the same fleet, whose agents are entered in the roster. */
export function drawMinute(agents: number, minute: Minute, roster: Roster): RollupChunk {
  const chunk = emptyRollupChunk(minute, 0, 1);
  const folding = new Folding((of) => (of === minute ? chunk : null));
  const random = createRandom(minute, 'load of a minute');
  const events = Array.from({ length: agents }, (_, i) => eventsOf(i, minute, random)).flat();
  const batch = {
    ...{ system: 'default', sender: 'key_bench', id: `${minute}`, contentHash: 'h', bucket: minute },
    ...{ receivedAtMs: startOfMinute(minute + 1) - 1, requestId: `${minute}`, received: events.length },
    ...{ ignored: {}, rejected: {}, events },
  };
  enterBatch(roster, batch);
  folding.batch(batch);
  return chunk;
}

function eventsOf(i: number, minute: Minute, random: Random): FleetEvent[] {
  const { agent, pool } = agentAt(i);
  const atMs = () => startOfMinute(minute) + random.int(MINUTE_MS);
  const [active, queued] = [random.int(CAPACITY + 1), random.int(3)];
  const events: FleetEvent[] = [
    { type: 'agent', agent, pool, capacity: CAPACITY, costPerHourUsd: 0.4 },
    { type: 'heartbeat', agent, atMs: atMs(), state: 'busy', progress: minute, intervalMs: MINUTE_MS },
    { type: 'sample', agent, atMs: atMs(), cpuPpm: random.int(1e6), active, capacity: CAPACITY, queued },
  ];
  for (let type = 0; type < TYPES; type++) {
    if (random.uniform() < TASKS_PER_HOUR / 60) events.push(task(agent, type, atMs(), random));
  }
  return events;
}

function task(agent: string, type: number, endedAtMs: number, random: Random): FleetEvent {
  const serviceUs = Math.round(random.logNormal(2e6, 0.5));
  const waitUs = Math.round(random.exponential(5e5));
  return {
    ...{ type: 'task', agent, task: `${agent}-${endedAtMs}`, taskType: `type-${type}`, attempt: 1, priority: 'normal' },
    ...{ status: random.uniform() < 0.02 ? 'failed' : 'completed', endedAtMs, serviceUs, waitUs },
    ...{ responseUs: serviceUs + waitUs, slaUs: 6e6, costNanoUsd: random.int(2e7) },
    ...{ qualityPpm: 700_000 + random.int(300_000), csatMilli: 3_000 + random.int(2_000) },
  };
}
