import { isPoolWide } from '../../alert/pool-wide.ts';
import { lookedBackOn } from '../../detect/agent-outcomes.ts';
import { LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import { livenessAt } from '../../detect/liveness.ts';
import { type Minute, startOfMinute } from '../../model/time.ts';
import { utcClock } from '../../model/utc-clock.ts';
import type { DecisionContext } from '../directive-kind.ts';
import { deadAgents } from './dead-agents.ts';
import { failingAgent } from './failing-agent.ts';
import { hungAgent } from './hung-agent.ts';
import type { IllAgent } from './ill-agent.ts';
import { failsStill, looksDoubtful, looksWell, STILL_SLOW } from './looks-well.ts';
import { type PoolSeen, poolsSeen } from './pool-seen.ts';
import { poorAgents } from './poor-agent.ts';
import { slowAgent } from './slow-agent.ts';

/** How the agents of one pool are. */
export interface PoolEvidence {
  /** Agents that stand out, and by what. */
  ill: ReadonlyMap<string, IllAgent>;
  /** Why no agent is to blame though some stand out; null where that is not so. */
  veto: string | null;
  /** Whether what an agent did lately tells that it is as good as its peers. */
  isWell(agent: string): boolean;
  /** Whether it tells that it is not; neither where it cannot be compared. */
  isDoubtful(agent: string): boolean;
  /** Whether it fails, beyond what any agent does now and then. */
  failsStill(agent: string): boolean;
  /** Whether what it ended from a minute on took surely longer than its peers take. */
  isSlowSince(agent: string, from: Minute): boolean;
  /** Whether any of its slots is at work by its newest samples; null where it sends none. */
  isBusyNow(agent: string): boolean | null;
  /** Share of the pool's tasks that fail or are given up on agents that do not stand out, 0..1. */
  badShare: number;
}

/** By pool; the same for all kinds that ask in one minute. */
export function evidenceByPool(context: DecisionContext): ReadonlyMap<string, PoolEvidence> {
  const found =
    known.get(context.minutes) ?? new Map([...poolsSeen(context)].map(([pool, it]) => [pool, evidenceOf(it)]));
  known.set(context.minutes, found);
  return found;
}

const known = new WeakMap<DecisionContext['minutes'], ReadonlyMap<string, PoolEvidence>>();

function evidenceOf(seen: PoolSeen): PoolEvidence {
  const { entries, reports, outcomes, alerts } = seen.told;
  const { minute, nowMs } = seen.context;
  const sampled = [...reports.values()].flatMap(({ presence }) => presence.map(({ agent }) => agent));
  const active = new Set([...outcomes.keys(), ...sampled]);
  const alive = entries.filter((entry) => livenessAt(entry, nowMs).kind === 'alive').map(({ agent }) => agent);
  const judged = new Set([...active, ...alive]).size;
  const dead = deadAgents(seen);
  const poor = poorAgents(seen);
  const found = new Map<string, IllAgent>();
  for (const agent of new Set([...active, ...dead.keys(), ...alerts.flatMap(({ scope }) => scope.agent ?? [])])) {
    const its =
      dead.get(agent) ??
      failingAgent(seen, agent, judged) ??
      hungAgent(seen, agent, judged) ??
      slowAgent(seen, agent, judged) ??
      poor(agent);
    if (its) found.set(agent, its);
  }
  const veto = vetoOf(seen, found, judged);
  const ill = veto === null ? found : dead;
  const totals = [...outcomes].map(([agent, it]) => ({ agent, ...it.total() }));
  const well = totals.filter(({ agent }) => !found.has(agent));
  const bad = well.reduce((sum, { failed, timeout }) => sum + failed + timeout, 0);
  const endedOf = (some: typeof totals) =>
    some.reduce((sum, { completed, failed, timeout }) => sum + completed + failed + timeout, 0);
  return {
    ...{ ill, veto },
    badShare: endedOf(well) > 0 ? bad / endedOf(well) : 0,
    isWell: (agent) => !ill.has(agent) && looksWell(seen, agent),
    isDoubtful: (agent) => ill.has(agent) || looksDoubtful(seen, agent),
    failsStill: (agent) => failsStill(seen, agent),
    isBusyNow: (agent) => (seen.sendsSamples(agent) ? seen.isBusyNow(agent) : null),
    isSlowSince: (agent, from) => {
      const minutes = Math.max(1, Math.min(LOOKBACK_MINUTES, minute - from + 1));
      const slowness = seen.look(minutes).slowness(agent);
      return slowness !== null && slowness.ratio >= STILL_SLOW;
    },
  };
}

function vetoOf(seen: PoolSeen, found: ReadonlyMap<string, IllAgent>, judged: number): string | null {
  const living = [...found.values()].filter(({ ailment }) => ailment !== 'dead').length;
  if (!isPoolWide(living, judged)) return failAsFarAsTold(seen, found);
  return `${living} of ${judged} agents of pool ${seen.pool} stand out at once: the cause is shared`;
}

/**
 * What a minute brought is told by some agents before others: failures of several of them that are half of those who have told of it
 * may be those of all. @returns why they are not believed yet; null where they are
 */
function failAsFarAsTold({ context, pool, told }: PoolSeen, found: ReadonlyMap<string, IllAgent>): string | null {
  const failing = [...found.values()].filter(({ ailment }) => ailment === 'failing').map(({ agent }) => agent);
  const minutes = lookedBackOn(context.minute);
  const hasToldOf = (agent: string, at: number) => {
    const its = told.outcomes.get(agent)?.total(at);
    return its !== undefined && its.completed + its.failed > 0;
  };
  const newest = minutes.findLastIndex((_, at) => failing.some((agent) => hasToldOf(agent, at)));
  const tellers = [...told.outcomes.keys()].filter((agent) => hasToldOf(agent, newest)).length;
  if (newest < 0 || tellers === told.outcomes.size || !isPoolWide(failing.length, tellers)) return null;
  return `${failing.length} of the ${tellers} agents of pool ${pool} that have told of ${utcClock(startOfMinute(minutes[newest] as Minute))} fail: the others may as well`;
}
