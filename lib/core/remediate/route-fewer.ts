import type { Proposal } from './directive.ts';
import { capacityBudget, othersWell } from './guardrails/capacity-budget.ts';
import { flapGuard, holdsOn } from './guardrails/flap-guard.ts';
import type { Action, GuardrailContext, Refusal } from './guardrails/guardrail.ts';
import { healthyMajority } from './guardrails/healthy-majority.ts';
import { holdAfterRefusal, refusedAgents } from './guardrails/hold-after-refusal.ts';
import { lastOfTaskType } from './guardrails/last-of-task-type.ts';
import { settling } from './guardrails/settling.ts';
import { stormBrake } from './guardrails/storm-brake.ts';
import { CUT_WEIGHT, takenOutOf } from './guardrails/taken-out.ts';
import { MAX_WEIGHT } from './route-weights.ts';

/** Guardrails that may allow some of the agents where they do not allow all. */
const aboutHowMany: ReadonlySet<string> = new Set(
  [holdAfterRefusal, flapGuard, stormBrake, healthyMajority, lastOfTaskType, settling, capacityBudget].map(
    ({ name }) => name,
  ),
);

/** Those that hold single agents. */
const isAboutSome: ReadonlySet<string> = new Set([holdAfterRefusal, flapGuard].map(({ name }) => name));

/** What an agent keeps, of mean 1, that would be missed if it were cut off: more than {@link CUT_WEIGHT}. */
const EASED_WEIGHT = 0.25;

/**
 * Where guardrails forbid to lead work around all of some agents at once, around as many of them as they allow: those
 * first that the directive in force concerns, then those that are dead, and those last that came and went, or that somebody said no about. The next minute takes the next ones in. In a
 * pool of two, where the other cannot do without, such an agent keeps a little more.
 * @param mayBe whether nothing speaks against it
 * @returns null where they allow none more, and for other kinds
 */
export function fewerAgents(
  proposal: Action,
  { guardrail }: Refusal,
  context: GuardrailContext,
  mayBe: (proposal: Proposal<'route'> & Action) => boolean,
  concerned: readonly string[],
): Proposal<'route'> | null {
  if (proposal.kind !== 'route' || !aboutHowMany.has(guardrail)) return null;
  const members = context.fleet.pool(proposal.params.pool);
  const isDead = (agent: string) => members.get(agent)?.state === 'dead';
  const held = new Set([
    ...holdsOn(proposal, context).map(({ subject }) => subject),
    ...refusedAgents(proposal, context).map(({ agent }) => agent),
  ]);
  // Those that are held stay as they are, and the others are led around.
  if (isAboutSome.has(guardrail) && proposal.blastRadius.agents.some((agent) => !held.has(agent))) {
    const others = without(proposal, held, context);
    if (mayBe(others)) return others;
  }
  const rank = (agent: string) => (held.has(agent) ? -1 : concerned.includes(agent) ? 2 : isDead(agent) ? 1 : 0);
  const cut = Object.entries(proposal.params.weights)
    .filter(([agent, weight]) => weight <= CUT_WEIGHT || held.has(agent))
    .map(([agent]) => agent)
    .sort((a, b) => rank(b) - rank(a));
  const before = cut.filter((agent) => concerned.includes(agent)).length;
  // Those it concerns go on without one that is held for long.
  const least = isAboutSome.has(guardrail) ? Math.max(1, before) : before + 1;
  for (let kept = cut.length - 1; kept >= least; kept--) {
    const fewer = without(proposal, new Set(cut.slice(kept)), context);
    if (mayBe(fewer)) return fewer;
  }
  const eased = guardrail === healthyMajority.name ? easedOff(proposal, new Set(cut), context) : null;
  return eased && mayBe(eased) ? eased : null;
}

/** @returns null where nobody else is well who could take over */
function easedOff(
  proposal: Proposal<'route'>,
  cut: ReadonlySet<string>,
  { fleet, live }: GuardrailContext,
): Proposal<'route'> | null {
  const { pool, weights } = proposal.params;
  const out = takenOutOf(pool, live, fleet);
  if (othersWell(fleet.pool(pool), { ...out, agents: new Set([...out.agents, ...cut]) }) === 0) return null;
  const others = Object.entries(weights).filter(([agent]) => !cut.has(agent));
  const left = Object.keys(weights).length - cut.size * EASED_WEIGHT;
  const factor = left / others.reduce((sum, [, weight]) => sum + weight, 0);
  const rest = others.map(([agent, weight]) => [agent, Math.min(MAX_WEIGHT, Math.round(weight * factor * 1e4) / 1e4)]);
  return {
    ...proposal,
    params: {
      ...proposal.params,
      weights: Object.fromEntries([...rest, ...[...cut].map((agent) => [agent, EASED_WEIGHT])]),
    },
    summary: `send less work to ${proposal.blastRadius.agents.join(', ')}`,
  };
}

/** A proposal that leaves some agents as they are. */
export function without(
  proposal: Proposal<'route'>,
  left: ReadonlySet<string>,
  { fleet }: Pick<GuardrailContext, 'fleet'>,
): Proposal<'route'> {
  const { params, blastRadius } = proposal;
  const slotsOf = (agents: readonly string[]) =>
    agents.reduce((sum, agent) => sum + (fleet.pool(params.pool).get(agent)?.slots ?? 1), 0);
  const agents = blastRadius.agents.filter((agent) => !left.has(agent));
  const share = slotsOf(blastRadius.agents) > 0 ? slotsOf(agents) / slotsOf(blastRadius.agents) : 1;
  return {
    ...proposal,
    params: {
      ...params,
      weights: Object.fromEntries(Object.entries(params.weights).filter(([agent]) => !left.has(agent))),
    },
    summary: `route around ${agents.join(', ')}`,
    evidence: [...proposal.evidence, `${[...left].join(', ')} too, but not yet`],
    blastRadius: { ...blastRadius, agents, capacityShare: blastRadius.capacityShare * share },
  };
}
