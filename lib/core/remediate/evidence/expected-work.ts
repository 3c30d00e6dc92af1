import { outcomesByPool } from '../../detect/agent-outcomes.ts';
import { isThere } from '../../detect/agents-there.ts';
import { LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import { poolOf, type RosterEntry } from '../../model/roster.ts';
import { MINUTE_MS } from '../../model/time.ts';
import type { DecisionContext } from '../directive-kind.ts';

/** What of one task type would come to an agent if it were like the others. */
export interface ExpectedWork {
  perMinute: number;
  /** Mean of what the others ended; 0 where none of them tells. */
  serviceMs: number;
}

/** One for each task type that it knows and its pool ended in the minutes looked back on, shared by all who know it and are there. */
export function expectedWork(agent: string, context: DecisionContext): ExpectedWork[] {
  const { roster, nowMs } = context;
  const own = roster.get(agent);
  const pool = poolOf(own);
  const outcomes = outcomesByPool(context).get(pool);
  const ended = new Map<string, number>();
  const endedBy = new Map<string, Set<string>>();
  for (const [name, its] of outcomes ?? []) {
    for (const [taskType, { completed, failed, timeout }] of its.byType()) {
      ended.set(taskType, (ended.get(taskType) ?? 0) + completed + failed + timeout);
      if (completed > 0) endedBy.set(taskType, (endedBy.get(taskType) ?? new Set()).add(name));
    }
  }
  const knows = (entry: RosterEntry, taskType: string) => {
    const skills = entry.description?.skills ?? {};
    // Who declares nothing is taken to do whatever comes.
    return (
      Object.keys(skills).length === 0 ||
      (skills[taskType] ?? 0) > 0 ||
      endedBy.get(taskType)?.has(entry.agent) === true
    );
  };
  const there = [...roster.values()].filter((entry) => poolOf(entry) === pool && isThere(entry, nowMs));
  const serviceMs = serviceMsOfPeers(agent, pool, context);
  return [...ended].flatMap(([taskType, n]) => {
    if (own && !knows(own, taskType)) return [];
    const sharers = Math.max(1, there.filter((entry) => knows(entry, taskType)).length);
    return { perMinute: n / LOOKBACK_MINUTES / sharers, serviceMs: serviceMs.get(taskType) ?? 0 };
  });
}

export function totalPerMinute(work: readonly ExpectedWork[]): number {
  return work.reduce((sum, { perMinute }) => sum + perMinute, 0);
}

/**
 * How many tasks have ended by now of those that came for so long: what came within the time that a task takes is still at work.
 * @example endedWithin([{perMinute: 2, serviceMs: 180_000}], 300_000) // 4: of ten those of the first two minutes
 */
export function endedWithin(work: readonly ExpectedWork[], elapsedMs: number): number {
  return work.reduce(
    (sum, { perMinute, serviceMs }) => sum + (perMinute * Math.max(0, elapsedMs - serviceMs)) / MINUTE_MS,
    0,
  );
}

/** Tasks whose time at work is known, and its sum. */
interface Served {
  n: number;
  us: number;
}

/** By task type: mean of what the other agents of its pool ended. */
function serviceMsOfPeers(agent: string, pool: string, context: DecisionContext): Map<string, number> {
  const { pools, agents } = servedIn(context);
  const own = agents.get(agent);
  return new Map(
    [...(pools.get(pool) ?? [])].map(([taskType, all]) => {
      const { n, us } = own?.get(taskType) ?? { n: 0, us: 0 };
      return [taskType, all.n > n ? (all.us - us) / (all.n - n) / 1_000 : 0];
    }),
  );
}

type ServedByType = Map<string, Served>;

/** The same for all agents that are asked about in one minute. */
const known = new WeakMap<DecisionContext['minutes'], ReturnType<typeof servedOf>>();

function servedIn(context: DecisionContext): ReturnType<typeof servedOf> {
  const found = known.get(context.minutes) ?? servedOf(context);
  known.set(context.minutes, found);
  return found;
}

function servedOf({ minutes, roster }: DecisionContext) {
  const [pools, agents] = [new Map<string, ServedByType>(), new Map<string, ServedByType>()];
  const add = (to: Map<string, ServedByType>, id: string, taskType: string, { n, us }: Served) => {
    const types = to.get(id) ?? new Map<string, Served>();
    to.set(id, types);
    const sum = types.get(taskType) ?? { n: 0, us: 0 };
    types.set(taskType, { n: sum.n + n, us: sum.us + us });
  };
  for (const table of [...minutes.values()].flatMap(({ tasks }) => tasks)) {
    for (const { agent, taskType, counters } of table.values()) {
      const entry = roster.get(agent);
      if (!entry || counters.serviceCount === 0) continue;
      const served = { n: counters.serviceCount, us: counters.serviceUs };
      add(pools, poolOf(entry), taskType, served);
      add(agents, agent, taskType, served);
    }
  }
  return { pools, agents };
}
