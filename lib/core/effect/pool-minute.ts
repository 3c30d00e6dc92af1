import { binValueUs } from '../kpi/latency-sketch.ts';
import type { RollupChunk } from '../kpi/rollup-chunk.ts';
import type { TaskRollup } from '../kpi/task-rollup.ts';
import type { Minute } from '../model/time.ts';

/**
 * Response times of tasks that ended in some time: how many, their sum in ms and their sum of squares in ms²; and how
 * much of it was waiting and how much work, where that is known.
 */
export interface ResponseMoments {
  n: number;
  sumMs: number;
  squaresMs2: number;
  waits: { n: number; sumMs: number };
  services: { n: number; sumMs: number };
}

/** How many of an agent's slots were at work, by its own samples. */
export interface Occupation {
  samples: number;
  /** Mean over the samples, 0..slots. */
  busySlots: number;
  slots: number;
}

/** What each agent of one pool finished in one minute, and how busy it was. */
export interface PoolMinute {
  minute: Minute;
  agents: ReadonlyMap<string, ResponseMoments>;
  /** Agents that sent samples. */
  occupation: ReadonlyMap<string, Occupation>;
  /** How the tasks of the pool ended. */
  outcomes?: Outcomes;
  /** And those of each of its agents. */
  ended?: ReadonlyMap<string, Outcomes>;
  /** Mean number of tasks that wait for the pool's agents, of those that sample it; absent where none does. */
  queued?: number;
}

export interface Outcomes {
  completed: number;
  /** Failed, timed out or rejected. */
  bad: number;
}

/** What must be known of the agents. */
export interface PoolMembers {
  poolOf: (agent: string) => string;
  /** Concurrent tasks an agent takes; null where it never said. */
  slotsOf: (agent: string) => number | null;
}

/**
 * What a pool did by minute, oldest first; a minute in which it finished nothing is absent.
 * @param chunks every chunk of the minutes wanted
 */
export function poolMinutes(chunks: Iterable<RollupChunk>, pool: string, members: PoolMembers): PoolMinute[] {
  const minutes = new Map<Minute, Found>();
  for (const { minute, tasks, presence } of chunks) {
    const found: Found = minutes.get(minute) ?? {
      agents: new Map(),
      occupation: new Map(),
      outcomes: { completed: 0, bad: 0 },
      ended: new Map(),
    };
    minutes.set(minute, found);
    for (const rollup of tasks.values()) {
      const { agent, counters } = rollup;
      // Tasks that were turned away before they reached an agent name the pool.
      if ((agent === '' ? rollup.pool : members.poolOf(agent)) === pool) {
        const bad = counters.failed + counters.timeout + counters.rejected;
        found.outcomes.completed += counters.completed;
        found.outcomes.bad += bad;
        const own = found.ended.get(agent) ?? { completed: 0, bad: 0 };
        if (agent !== '') found.ended.set(agent, { completed: own.completed + counters.completed, bad: own.bad + bad });
      }
      if (agent === '' || counters.responseCount === 0 || members.poolOf(agent) !== pool) continue;
      found.agents.set(agent, sumMoments([found.agents.get(agent) ?? nothing, momentsOf(rollup)]));
    }
    for (const { agent, counters } of presence.values()) {
      const slots = members.slotsOf(agent);
      if (counters.queuedCount > 0 && members.poolOf(agent) === pool)
        found.queued = (found.queued ?? 0) + counters.queued / counters.queuedCount;
      if (counters.utilizationCount === 0 || slots === null || members.poolOf(agent) !== pool) continue;
      const utilization = counters.utilizationPpm / counters.utilizationCount / 1e6;
      const own = { samples: counters.utilizationCount, busySlots: utilization * slots, slots };
      found.occupation.set(agent, sumOccupation(found.occupation.get(agent), own));
    }
  }
  return [...minutes]
    .filter(([, { agents }]) => agents.size > 0)
    .sort(([a], [b]) => a - b)
    .map(([minute, found]) => ({ minute, ...found }));
}

interface Found {
  agents: Map<string, ResponseMoments>;
  occupation: Map<string, Occupation>;
  outcomes: Outcomes;
  ended: Map<string, Outcomes>;
  queued?: number;
}

function sumOccupation(before: Occupation | undefined, more: Occupation): Occupation {
  if (!before) return more;
  const samples = before.samples + more.samples;
  const busySlots = (before.busySlots * before.samples + more.busySlots * more.samples) / samples;
  return { ...more, samples, busySlots };
}

function momentsOf({ counters, response }: TaskRollup): ResponseMoments {
  let squaresMs2 = 0;
  for (const [bin, count] of response.bins) squaresMs2 += count * (binValueUs(bin) / 1_000) ** 2;
  return {
    n: counters.responseCount,
    sumMs: counters.responseUs / 1_000,
    squaresMs2,
    waits: { n: counters.waitCount, sumMs: counters.waitUs / 1_000 },
    services: { n: counters.serviceCount, sumMs: counters.serviceUs / 1_000 },
  };
}

const nothing: ResponseMoments = {
  n: 0,
  sumMs: 0,
  squaresMs2: 0,
  waits: { n: 0, sumMs: 0 },
  services: { n: 0, sumMs: 0 },
};

export function sumMoments(moments: Iterable<ResponseMoments>): ResponseMoments {
  return [...moments].reduce(
    (sum, { n, sumMs, squaresMs2, waits, services }) => ({
      n: sum.n + n,
      sumMs: sum.sumMs + sumMs,
      squaresMs2: sum.squaresMs2 + squaresMs2,
      waits: { n: sum.waits.n + waits.n, sumMs: sum.waits.sumMs + waits.sumMs },
      services: { n: sum.services.n + services.n, sumMs: sum.services.sumMs + services.sumMs },
    }),
    nothing,
  );
}

/** Mean in ms; NaN of nothing. */
export function meanMs({ n, sumMs }: { n: number; sumMs: number }): number {
  return sumMs / n;
}

/** Sample variance in ms²; 0 below two values. */
export function varianceMs2({ n, sumMs, squaresMs2 }: ResponseMoments): number {
  return n < 2 ? 0 : Math.max(0, (squaresMs2 - sumMs ** 2 / n) / (n - 1));
}
