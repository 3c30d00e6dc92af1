import type { CapacityObjective } from '../../capacity/capacity-objective.ts';
import { requiredAgents } from '../../capacity/required-agents.ts';
import type { RosterEntry } from '../../model/roster.ts';
import type { PoolDemand } from './pool-demand.ts';

/**
 * How a pool is to serve: one task in ten may wait. Stricter than what plans ask (one in five), because tasks may wait for one agent, not
 * for the next of all.
 */
const objective: CapacityObjective = { kind: 'wait-share', waitShare: 0.1 };
/** So many standard errors below what was seen, a load is surely there. */
const SURE_ERRORS = 2;
/** With less than this share of the slots surely at work no more are needed for what is seen: of few slots chance makes as much in a minute. */
const LEAST_USE = 0.6;
/** For one agent to fail. */
const SPARE_AGENTS = 1;
/** Share of the slots that can be at work while something waits for each agent. */
const FULL_USE = 0.92;
/** Of more task types than these only each by itself, and all together, are looked at. */
const MOST_GROUPED_TYPES = 5;

/** Agents that work, and what decided how many. */
export interface AgentsNeeded {
  agents: number;
  words: string;
}

/**
 * Fewest agents that serve such a load with one task in ten waiting at most (Erlang C), and one to spare. Where agents declare
 * skills, the work of each group of task types needs as many among those that know any of them, as large a part of the pool
 * as it is now: a pool whose agents know little is many small ones.
 * @param load erlangs
 * @returns null where the pool's agents cannot be told
 */
export function agentsNeeded(
  load: number,
  demand: Pick<PoolDemand, 'slots' | 'serviceMs' | 'serviceCv' | 'shares'>,
  working: readonly RosterEntry[],
): AgentsNeeded | null {
  return agentsFor(({ share }) => load * share, demand, working);
}

/**
 * The same for the load that is surely there: that of the last minutes less what chance may have added. They had only so many
 * tasks, of which a few long ones are much work; and where tasks take longer than these minutes, so many happened to be at work.
 * @returns 0 where less than {@link LEAST_USE} of the slots is surely at work
 */
export function agentsSurelyNeeded(
  demand: Pick<PoolDemand, 'load' | 'tasks' | 'slots' | 'serviceMs' | 'serviceCv' | 'shares'>,
  working: readonly RosterEntry[],
): number {
  const { load, tasks, slots, serviceCv } = demand;
  const surely = ({ share, able }: TypeGroup) => {
    const variance = Math.min((1 + serviceCv ** 2) / Math.max(1, tasks * share), 1 / Math.max(1e-9, load * share));
    const least = load * share * Math.max(0, 1 - SURE_ERRORS * Math.sqrt(variance));
    return least < LEAST_USE * slots * able ? 0 : least;
  };
  return agentsFor(surely, demand, working)?.agents ?? 0;
}

function agentsFor(
  loadOf: (group: TypeGroup) => number,
  demand: Pick<PoolDemand, 'slots' | 'serviceMs' | 'serviceCv' | 'shares'>,
  working: readonly RosterEntry[],
): AgentsNeeded | null {
  // Tasks that take no measurable time keep no slot at work.
  if (working.length === 0 || demand.slots <= 0 || demand.serviceMs <= 0) return null;
  const slotsPerAgent = demand.slots / working.length;
  const work = { serviceMs: demand.serviceMs, serviceCv: Math.min(1, demand.serviceCv), arrivalCv: 1 };
  let most: AgentsNeeded | null = null;
  for (const group of groupsOf(demand, working)) {
    const load = loadOf(group);
    const supply = { slotsPerAgent: slotsPerAgent * group.able, availability: 1, spareAgents: SPARE_AGENTS };
    const required = requiredAgents(load, work, supply, objective);
    if (required.status !== 'met') return null;
    if (most && required.agents <= most.agents) continue;
    const whose = group.types
      ? ` of ${group.types.join(', ')}, which ${Math.round(100 * group.able)} % of its agents know`
      : '';
    most = {
      agents: required.agents,
      words: `${load.toFixed(1)} slots at work on average${whose} take ${required.agents} agents: ${required.slots} slots, so that one task in ten waits at most (Erlang C), and ${SPARE_AGENTS} agent to spare`,
    };
  }
  return most;
}

/**
 * Fewest agents that also work off what waits, beside such a load: with nearly all slots at work meanwhile, as that is for a
 * few minutes.
 */
export function agentsForBacklog(
  load: number,
  demand: Pick<PoolDemand, 'slots' | 'shares' | 'backlogLoad'>,
  working: readonly RosterEntry[],
): number {
  const slotsPerAgent = demand.slots / working.length;
  const slotsOf = ({ share, able }: TypeGroup) => ((load + demand.backlogLoad) * share) / (able * FULL_USE);
  return Math.max(...groupsOf(demand, working).map((group) => Math.ceil(slotsOf(group) / slotsPerAgent)));
}

/** Agents that have so many slots, each as many as those that work, and one to spare. */
export function agentsWithSlots(
  slots: number,
  demand: Pick<PoolDemand, 'slots'>,
  working: readonly RosterEntry[],
): number {
  return Math.ceil((slots * working.length) / demand.slots - 1e-9) + SPARE_AGENTS;
}

interface TypeGroup {
  /** Null for all. */
  types: string[] | null;
  /** Of the pool's work, and of its agents those that know any of the types; 0..1. */
  share: number;
  able: number;
}

function groupsOf({ shares }: Pick<PoolDemand, 'shares'>, working: readonly RosterEntry[]): TypeGroup[] {
  const all: TypeGroup = { types: null, share: 1, able: 1 };
  if (working.every(({ description }) => description?.skills === undefined)) return [all];
  const types = [...shares.keys()].sort();
  const subsets = types.length <= MOST_GROUPED_TYPES ? subsetsOf(types) : types.map((type) => [type]);
  const groups = subsets.flatMap((subset): TypeGroup[] => {
    const able = working.filter((entry) => subset.some((type) => knows(entry, type))).length / working.length;
    const share = subset.reduce((sum, type) => sum + (shares.get(type) ?? 0), 0);
    // Nobody knows it: more of the same would not either.
    return able === 0 || able === 1 ? [] : [{ types: subset, share, able }];
  });
  return [all, ...groups];
}

/** An agent that declares no skills can do what comes. */
function knows({ description }: RosterEntry, taskType: string): boolean {
  return description?.skills === undefined || (description.skills[taskType] ?? 0) > 0;
}

/** All but the empty one. */
function subsetsOf(types: readonly string[]): string[][] {
  return Array.from({ length: 2 ** types.length - 1 }, (_, i) => types.filter((_type, bit) => ((i + 1) >> bit) & 1));
}
