import type { FleetCondition } from './fleet-condition.ts';
import type { Guardrail, GuardrailContext } from './guardrail.ts';
import { addedBy, areIdle, takenOutOf } from './taken-out.ts';

/** Of a type that agents do not declare, so many tasks tell who can do it; fewer are chance. */
const MIN_TASKS = 5;

/**
 * Whoever alone can do a type of task is not taken out of work, however ill: a bad answer is more than none. Who gives none may be
 * restarted.
 */
export const lastOfTaskType: Guardrail = {
  name: 'last of a task type',
  takesBack: false,
  refuse(proposal, context) {
    const added = addedBy(proposal, context);
    if (!added || added.agents.size === 0) return null;
    const { fleet, live, current } = context;
    const { pool } = added;
    if (proposal.kind === 'restart' && areIdle(added.agents, proposal, context)) return null;
    const out = new Set([...added.agents, ...takenOutOf(pool, [...live, ...(current ? [current] : [])], fleet).agents]);
    const members = fleet.pool(pool);
    for (const [taskType, agents] of agentsByType(pool, fleet, context)) {
      const taken = [...agents].find((agent) => added.agents.has(agent));
      const isLeft = [...agents].some((agent) => !out.has(agent) && members.get(agent)?.state === 'well');
      if (taken !== undefined && !isLeft)
        return `no other agent that is well does tasks of type ${taskType} beside ${taken}`;
    }
    return null;
  },
};

/** Who of a pool does which type of task: by what they declared, and by what they completed lately. */
function agentsByType(pool: string, fleet: FleetCondition, { minutes }: GuardrailContext): Map<string, Set<string>> {
  const known = new Map<string, { agents: Set<string>; tasks: number }>();
  const enter = (taskType: string, agent: string, tasks: number) => {
    const found = known.get(taskType) ?? { agents: new Set(), tasks: 0 };
    known.set(taskType, found);
    found.agents.add(agent);
    found.tasks += tasks;
  };
  const members = fleet.pool(pool);
  for (const [agent, { entry }] of members) {
    for (const [taskType, proficiency] of Object.entries(entry.description?.skills ?? {})) {
      if (proficiency > 0) enter(taskType, agent, MIN_TASKS);
    }
  }
  for (const { tasks } of minutes.values()) {
    for (const table of tasks) {
      for (const { agent, taskType, counters } of table.values()) {
        if (counters.completed > 0 && members.has(agent)) enter(taskType, agent, counters.completed);
      }
    }
  }
  return new Map(
    [...known].flatMap(([type, { agents, tasks }]) => (tasks >= MIN_TASKS ? [[type, agents] as const] : [])),
  );
}
