import { outcomesByPool } from '../detect/agent-outcomes.ts';
import { livenessAt } from '../detect/liveness.ts';
import { poolOf } from '../model/roster.ts';
import type { DecisionContext } from './directive-kind.ts';
import type { PoolEvidence } from './evidence/pool-evidence.ts';

/**
 * Whether nobody else does one of the task types that an agent does: a bad one is better than none.
 * @param skills of its pool
 * @param out agents that get no work
 */
export function isLastOfItsKind(
  agent: string,
  skills: ReadonlyMap<string, ReadonlySet<string>>,
  out: ReadonlySet<string>,
  context: DecisionContext,
  evidence: PoolEvidence | undefined,
): boolean {
  const others = [...skills].filter(([other]) => {
    const entry = context.roster.get(other);
    if (other === agent || !entry || out.has(other) || evidence?.ill.has(other)) return false;
    return entry.lastBeat === null || livenessAt(entry, context.nowMs).kind === 'alive';
  });
  const own = skills.get(agent) ?? new Set<string>();
  if (own.size === 0) return others.length === 0;
  return [...own].some((taskType) => !others.some(([, types]) => types.has(taskType)));
}

/** Task types that each agent of a pool declares, or completed lately. */
export function skillsIn(pool: string, context: DecisionContext): Map<string, Set<string>> {
  const skills = new Map<string, Set<string>>();
  for (const entry of context.roster.values()) {
    if (poolOf(entry) !== pool) continue;
    // Who declares a proficiency of 0 does not do it.
    const declared = Object.entries(entry.description?.skills ?? {}).filter(([, proficiency]) => proficiency > 0);
    skills.set(entry.agent, new Set(declared.map(([taskType]) => taskType)));
  }
  for (const [agent, outcomes] of outcomesByPool(context).get(pool) ?? []) {
    for (const [taskType, { completed }] of outcomes.byType()) if (completed > 0) skills.get(agent)?.add(taskType);
  }
  return skills;
}
