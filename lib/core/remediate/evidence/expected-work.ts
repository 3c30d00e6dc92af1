import { outcomesByPool } from '../../detect/agent-outcomes.ts';
import { agentsThere } from '../../detect/agents-there.ts';
import { LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import { poolOf } from '../../model/roster.ts';
import { MINUTE_MS } from '../../model/time.ts';
import type { DecisionContext } from '../directive-kind.ts';

/** What of one task type would come to an agent if it were like the others. */
export interface ExpectedWork {
  perMinute: number;
  /** Mean of what the others ended; 0 where none of them tells. */
  serviceMs: number;
}

/** One for each task type that its pool ended in the minutes looked back on. */
export function expectedWork(agent: string, context: DecisionContext): ExpectedWork[] {
  const pool = poolOf(context.roster.get(agent));
  const ended = new Map<string, number>();
  for (const outcomes of outcomesByPool(context).get(pool)?.values() ?? []) {
    for (const [taskType, { completed, failed, timeout }] of outcomes.byType())
      ended.set(taskType, (ended.get(taskType) ?? 0) + completed + failed + timeout);
  }
  const sharers = Math.max(1, agentsThere(context, pool));
  const serviceMs = serviceMsOfPeers(agent, pool, context);
  return [...ended].map(([taskType, n]) => ({
    perMinute: n / LOOKBACK_MINUTES / sharers,
    serviceMs: serviceMs.get(taskType) ?? 0,
  }));
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
