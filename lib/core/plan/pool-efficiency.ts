import { type AgentRecord, agentEfficiency, type Efficiency } from '../efficiency/agent-efficiency.ts';
import type { RosterEntry } from '../model/roster.ts';
import type { WorkMemory } from './work-memory.ts';

/** How good the members of a pool are at their task types, from all that is remembered of their work. */
export function poolEfficiency(members: readonly RosterEntry[], { work }: Pick<WorkMemory, 'work'>): Efficiency[] {
  return agentEfficiency(
    members.map(({ agent, description }): AgentRecord => {
      const skills = description?.skills;
      return { agent, work: work.get(agent) ?? new Map(), ...(skills ? { skills } : {}) };
    }),
  );
}
