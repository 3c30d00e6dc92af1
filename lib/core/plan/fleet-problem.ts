import type { Efficiency } from '../efficiency/agent-efficiency.ts';
import type { RosterEntry } from '../model/roster.ts';
import { poolOf } from '../model/roster.ts';
import type { AgentGroup, AllocationProblem, Skill, TaskDemand } from '../optimize/allocation-problem.ts';

/** What a planning problem of a fleet is made from. */
export interface FleetToPlan {
  /** Agents that are there. */
  agents: readonly { entry: RosterEntry; isHealthy: boolean }[];
  /** By pool, as agentEfficiency gives it. */
  efficiency: ReadonlyMap<string, readonly Efficiency[]>;
  demand: readonly { taskType: string; tasksPerMin: number; pool: string | null }[];
  /** What is in force now. */
  shares: readonly { taskType: string; agent: string; tasksPerMin: number }[];
  budgetUsdPerHour: number | null;
}

/** Of an agent that told no hourly cost: enough that none is planned for nothing. */
const UNTOLD_COST_USD = 0.01;
/** Agents of larger fleets are planned for by groups of those that are alike. */
const MOST_SINGLE_AGENTS = 100;
/** Pools without a declared maximum may grow to so many times what they have, and by so many agents at least. */
const GROWTH = 2;
const LEAST_GROWTH = 4;
/** Moving work costs something: without it a plan would shuffle agents for a fraction of a cent. */
const COST_PER_MOVED_TASK_USD = 1e-5;
const COST_PER_AGENT_CHANGE_USD = 0.01;

/**
 * The planning problem of a fleet for an upcoming workload: what is known of each agent from what it declared and from what was
 * measured; one more group a pool stands for agents that could be started.
 */
export function fleetProblem(fleet: FleetToPlan): AllocationProblem {
  const pools = Map.groupBy(fleet.agents, ({ entry }) => poolOf(entry));
  const demanded = new Set(fleet.demand.map(({ taskType }) => taskType));
  const groups = [...pools].flatMap(([pool, members]) => {
    const known = Map.groupBy(fleet.efficiency.get(pool) ?? [], ({ agent }) => agent);
    const agents = members.map((member) => agentGroup(pool, member, known.get(member.entry.agent) ?? [], demanded));
    return [...withMinimum(agents, members), ...startable(pool, members, agents)];
  });
  const joined = fleet.agents.length > MOST_SINGLE_AGENTS ? joinAlike(groups) : { groups, groupOf: new Map() };
  const ids = new Set(joined.groups.map(({ id }) => id));
  const shares = Map.groupBy(
    fleet.shares.map((share) => ({ ...share, agent: joined.groupOf.get(share.agent) ?? share.agent })),
    ({ taskType, agent }) => `${taskType}\n${agent}`,
  );
  return {
    agents: joined.groups,
    taskTypes: fleet.demand.map(({ taskType, tasksPerMin, pool }): TaskDemand => {
      return { id: taskType, demandPerMin: tasksPerMin, ...(pool !== null && pools.has(pool) ? { pool } : {}) };
    }),
    churn: { costPerMovedTaskUsd: COST_PER_MOVED_TASK_USD, costPerAgentChangeUsd: COST_PER_AGENT_CHANGE_USD },
    current: {
      shares: [...shares.values()].flatMap((same) => {
        const [first] = same;
        if (!first || !ids.has(first.agent) || !demanded.has(first.taskType)) return [];
        return [{ ...first, tasksPerMin: same.reduce((sum, { tasksPerMin }) => sum + tasksPerMin, 0) }];
      }),
    },
    ...(fleet.budgetUsdPerHour === null ? {} : { budgetUsdPerHour: fleet.budgetUsdPerHour }),
  };
}

function agentGroup(
  pool: string,
  { entry, isHealthy }: FleetToPlan['agents'][number],
  rows: readonly Efficiency[],
  demanded: ReadonlySet<string>,
): AgentGroup {
  const { description } = entry;
  return {
    id: entry.agent,
    pool,
    ...(description?.team === undefined ? {} : { team: description.team }),
    count: { now: 1, min: 0, max: 1 },
    slots: Math.max(1, Math.round(description?.capacity ?? 1)),
    costPerHourUsd: description?.costPerHourUsd ?? UNTOLD_COST_USD,
    healthy: isHealthy,
    skills: Object.fromEntries(
      rows.flatMap((row): [string, Skill][] => {
        // What nobody knows the length of cannot be planned for; an agent that declared skills has no others.
        if (!row.serviceMs || !demanded.has(row.taskType)) return [];
        if (description?.skills && !Object.hasOwn(description.skills, row.taskType)) return [];
        return [
          [
            row.taskType,
            {
              serviceMs: Math.max(1, row.serviceMs.value),
              tokenCostUsd: Math.max(0, row.costUsd?.value ?? 0),
              quality: Math.min(1, Math.max(0, row.quality?.value ?? 1)),
              successRatio: Math.min(1, Math.max(0.05, row.successRatio?.value ?? 1)),
            },
          ],
        ];
      }),
    ),
  };
}

/** As many of a pool as it must have at least stay, the quickest first. */
function withMinimum(agents: readonly AgentGroup[], members: FleetToPlan['agents']): AgentGroup[] {
  const least = Math.max(0, ...members.map(({ entry }) => entry.description?.min ?? 0));
  const staying = agents
    .filter(({ healthy }) => healthy)
    .toSorted((a, b) => meanServiceMs(a) - meanServiceMs(b) || (a.id < b.id ? -1 : 1))
    .slice(0, least);
  return agents.map((agent) => (staying.includes(agent) ? { ...agent, count: { ...agent.count, min: 1 } } : agent));
}

/** Infinite of an agent that nothing is known of. */
function meanServiceMs({ skills }: AgentGroup): number {
  const times = Object.values(skills).map(({ serviceMs }) => serviceMs);
  return times.length === 0 ? Number.POSITIVE_INFINITY : times.reduce((sum, ms) => sum + ms, 0) / times.length;
}

/** Agents that could be started beside those that are there, as good as the pool's middle one. */
function startable(pool: string, members: FleetToPlan['agents'], agents: readonly AgentGroup[]): AgentGroup[] {
  const most = members.map(({ entry }) => entry.description?.max).find((max) => max !== undefined);
  const room = Math.max(0, (most ?? Math.max(GROWTH * members.length, members.length + LEAST_GROWTH)) - members.length);
  const like = middleOf(agents);
  if (room === 0 || !like) return [];
  return [{ ...like, id: `${pool}/more`, healthy: true, count: { now: 0, min: 0, max: room } }];
}

function middleOf(agents: readonly AgentGroup[]): AgentGroup | null {
  const usable = agents.filter(({ skills, healthy }) => healthy && Object.keys(skills).length > 0);
  return (
    usable.sort((a, b) => meanServiceMs(a) - meanServiceMs(b) || (a.id < b.id ? -1 : 1))[usable.length >> 1] ?? null
  );
}

/** Agents of a pool with the same skills, slots and cost become one group, with their mean figures. */
function joinAlike(groups: readonly AgentGroup[]): { groups: AgentGroup[]; groupOf: Map<string, string> } {
  const alike = Map.groupBy(groups, (group) => {
    const { pool, slots, costPerHourUsd, healthy, skills, count } = group;
    return JSON.stringify([pool, slots, costPerHourUsd, healthy, Object.keys(skills).sort(), count.now === 0]);
  });
  const groupOf = new Map<string, string>();
  const joined = [...alike.values()].flatMap((members): AgentGroup[] => {
    const [first] = members;
    if (!first) return [];
    for (const { id } of members) groupOf.set(id, first.id);
    const count = members.reduce(
      (sum, its) => ({
        now: sum.now + its.count.now,
        min: sum.min + (its.count.min ?? 0),
        max: sum.max + (its.count.max ?? its.count.now),
      }),
      { now: 0, min: 0, max: 0 },
    );
    return [{ ...first, count, skills: meanSkills(members) }];
  });
  return { groups: joined, groupOf };
}

function meanSkills(members: readonly AgentGroup[]): Record<string, Skill> {
  const types = Object.keys(members[0]?.skills ?? {});
  const mean = (type: string, figure: keyof Skill, absent: number) =>
    members.reduce((sum, { skills }) => sum + (skills[type]?.[figure] ?? absent), 0) / members.length;
  return Object.fromEntries(
    types.map((type) => [
      type,
      {
        serviceMs: mean(type, 'serviceMs', 1),
        tokenCostUsd: mean(type, 'tokenCostUsd', 0),
        quality: mean(type, 'quality', 1),
        successRatio: mean(type, 'successRatio', 1),
      },
    ]),
  );
}
