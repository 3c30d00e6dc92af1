import type { DirectiveOf, DirectiveRecord } from '../directive.ts';
import { agentsUnderBreaker } from '../under-breaker.ts';
import type { FleetCondition, PoolCondition } from './fleet-condition.ts';
import type { Action, GuardrailContext } from './guardrail.ts';

/** With a weight of this or less an agent is taken out of work, but for what shows whether it recovers. */
export const CUT_WEIGHT = 0.2;

/** What an action takes out of work of one pool, of what works there now: dead agents are no loss. */
export interface TakenOut {
  pool: string;
  /** Agents that it names. */
  agents: ReadonlySet<string>;
  /** Agents that it does not name: whoever the orchestrator chooses. */
  unnamed: number;
}

/** @returns null for what takes nothing out of work */
export function takenOut(action: Action, fleet: FleetCondition): TakenOut | null {
  switch (action.kind) {
    case 'route': {
      const cut = Object.entries(action.params.weights).filter(([, weight]) => weight <= CUT_WEIGHT);
      return ofAgents(
        action.params.pool,
        cut.map(([agent]) => agent),
        fleet,
      );
    }
    case 'breaker': {
      const { agent, state } = action.params;
      return agent === undefined || state === 'closed'
        ? null
        : ofAgents(poolOfAgent(agent, action, fleet), [agent], fleet);
    }
    case 'restart':
      return ofAgents(poolOfAgent(action.params.agent, action, fleet), [action.params.agent], fleet);
    case 'scale': {
      const { pool, desired, pooling } = action.params;
      if (pooling) return ofAgents(pooling.from, pooling.agents, fleet);
      // What was added for a surge is given back when it is over: that takes nothing of what the pool had.
      const had = Math.min(working(fleet.pool(pool)), fleet.levelBeforeSurge(pool) ?? Number.POSITIVE_INFINITY);
      const unnamed = Math.max(0, had - (desired ?? Number.POSITIVE_INFINITY));
      return unnamed > 0 ? { pool, agents: new Set(), unnamed } : null;
    }
    case 'degrade':
    case 'failover':
    case 'tune':
      return null;
  }
}

function ofAgents(pool: string, agents: readonly string[], fleet: FleetCondition): TakenOut | null {
  const members = fleet.pool(pool);
  const own = agents.filter((agent) => worksIn(members, agent));
  return own.length > 0 ? { pool, agents: new Set(own), unnamed: 0 } : null;
}

/** Where an agent is, whatever is said of it. */
export function poolOfAgent(agent: string, { blastRadius }: Action, fleet: FleetCondition): string {
  return fleet.poolOfAgent(agent) ?? blastRadius.pool;
}

export function worksIn(members: PoolCondition, agent: string): boolean {
  const state = members.get(agent)?.state;
  return state !== undefined && state !== 'dead';
}

/** Agents of a pool that work, or may work for all that is known. */
export function working(members: PoolCondition): number {
  let count = 0;
  for (const { state } of members.values()) if (state !== 'dead') count += 1;
  return count;
}

/** What these directives take out of one pool, together. */
export function takenOutOf(pool: string, records: Iterable<DirectiveRecord>, fleet: FleetCondition): TakenOut {
  const agents = new Set<string>();
  let unnamed = 0;
  for (const { directive } of records) {
    const taken = takenOut(directive, fleet);
    if (taken?.pool !== pool) continue;
    for (const agent of taken.agents) agents.add(agent);
    unnamed += taken.unnamed;
  }
  return { pool, agents, unnamed };
}

/** What an action takes out of work beyond what the directive takes that it widens. */
export function addedBy(
  action: Action,
  { current, fleet }: { current: DirectiveRecord | null; fleet: FleetCondition },
): TakenOut | null {
  const own = takenOut(action, fleet);
  if (!own) return null;
  const before = takenOutOf(own.pool, current ? [current] : [], fleet);
  const agents = new Set([...own.agents].filter((agent) => !before.agents.has(agent)));
  const unnamed = Math.max(0, own.unnamed - before.unnamed);
  return agents.size > 0 || unnamed > 0 ? { pool: own.pool, agents, unnamed } : null;
}

/**
 * Whether agents that an action takes out of work, or restarts, do nothing as it is, so that nothing is lost by it: they are dead or told to
 * hang, or, of a restart, behind an open breaker.
 */
export function areIdle(
  agents: Iterable<string>,
  { kind }: Action,
  { fleet, firing, live }: Pick<GuardrailContext, 'fleet' | 'firing' | 'live'>,
): boolean {
  if (kind !== 'route' && kind !== 'breaker' && kind !== 'restart') return false;
  const cutOff = kind === 'restart' ? agentsUnderBreaker(live) : new Map<string, DirectiveOf<'breaker'>>();
  const isHung = (agent: string) => firing.some(({ rule, scope }) => rule === 'agent-hung' && scope.agent === agent);
  return [...agents].every((agent) => {
    const pool = fleet.poolOfAgent(agent);
    const state = pool === undefined ? undefined : fleet.pool(pool).get(agent)?.state;
    return state === 'dead' || (state === 'ill' && isHung(agent)) || cutOff.get(agent)?.params.state === 'open';
  });
}

/** Agents that an action is about, one by one: it says how they are used, or whether they run. */
export function agentsActedOn(action: Action): string[] {
  switch (action.kind) {
    case 'route':
      return Object.entries(action.params.weights).flatMap(([agent, weight]) => (weight <= CUT_WEIGHT ? agent : []));
    case 'breaker':
    case 'restart':
    case 'tune':
      return action.params.agent === undefined ? [] : [action.params.agent];
    case 'scale':
      return action.params.pooling?.agents ?? [];
    case 'degrade':
    case 'failover':
      return [];
  }
}
