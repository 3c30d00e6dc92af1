import { approvedBounds } from './approved-bounds.ts';
import type { Directive, DirectiveRecord } from './directive.ts';
import type { Action, GuardrailContext } from './guardrails/guardrail.ts';
import { agentsActedOn } from './guardrails/taken-out.ts';
import { widens } from './guardrails/widens.ts';
import { without } from './route-fewer.ts';
import { wordsOfLoan } from './scale/lend-agents.ts';

/**
 * Whether what is called for of a directive in force goes no further than it does, or than what a person approved of it.
 * What was led back may come again up to there.
 */
export function isGranted(current: DirectiveRecord, wish: Action, context: GuardrailContext): boolean {
  return approvedBounds(current.directive).some(
    (directive) => !goesBeyond(directive, wish, { ...context, current: { ...current, directive } }),
  );
}

/**
 * Of what goes further than was approved, the part that does not.
 * @returns null where it cannot be taken apart
 */
export function grantedPart({ directive }: DirectiveRecord, wish: Action, context: GuardrailContext): Action | null {
  const { causes, evidence } = directive;
  const bounds = approvedBounds(directive);
  const approved = bounds.at(-1) as Directive;
  if (wish.kind === 'degrade' && approved.kind === 'degrade' && directive.kind === 'degrade') {
    const { params, summary, blastRadius } = approved;
    const isThere = JSON.stringify(params) === JSON.stringify(directive.params);
    const memory = isThere ? directive.memory : wish.memory;
    return { ...wish, params, summary, blastRadius, causes, evidence, memory };
  }
  if (wish.kind === 'scale') return grantedLoan(wish, bounds, { causes, evidence });
  if (wish.kind !== 'route') return null;
  const [cut, concerned] = [
    new Set(bounds.flatMap(agentsActedOn)),
    new Set(bounds.flatMap((it) => it.blastRadius.agents)),
  ];
  const beyond = [
    ...agentsActedOn(wish).filter((agent) => !cut.has(agent)),
    ...wish.blastRadius.agents.filter((agent) => !concerned.has(agent)),
  ];
  const part = { ...without(wish, new Set(beyond), context), causes, evidence };
  if (part.blastRadius.agents.length > 0) return part;
  const { blastRadius } = directive;
  return { ...part, blastRadius, summary: `lead work back to ${blastRadius.agents.join(', ')}` };
}

/** Of agents to lend, those that were approved; where none of them is wished for any more, it is over. */
function grantedLoan(
  wish: Extract<Action, { kind: 'scale' }>,
  bounds: readonly Directive[],
  said: Pick<Directive, 'causes' | 'evidence'>,
): Action | null {
  const { pooling } = wish.params;
  if (!pooling) return null;
  const approved = new Set(bounds.flatMap(agentsActedOn));
  const agents = pooling.agents.filter((agent) => approved.has(agent));
  if (agents.length === 0)
    return { ...wish, over: { by: 'cause gone', why: `its agents are lent no more: ${wish.summary}` } };
  const share = agents.length / Math.max(1, wish.blastRadius.agents.length);
  return {
    ...{ ...wish, ...said },
    params: { ...wish.params, pooling: { ...pooling, agents } },
    summary: wordsOfLoan({ ...pooling, agents }),
    blastRadius: { ...wish.blastRadius, agents, capacityShare: wish.blastRadius.capacityShare * share },
  };
}

function goesBeyond(before: Directive, wish: Action, context: GuardrailContext): boolean {
  if (lendsFewer(before, wish)) return false;
  // Less work for an agent that nobody spoke of is more than was said, if it is not cut off either.
  const isOfOthers = wish.kind === 'route' && !isPartOf(wish.blastRadius.agents, before.blastRadius.agents);
  return isOfOthers || widens(before, wish, context);
}

function lendsFewer(before: Directive, wish: Action): boolean {
  const [was, is] = [before.kind === 'scale' && before.params.pooling, wish.kind === 'scale' && wish.params.pooling];
  return Boolean(was && is && was.from === is.from && was.to === is.to && isPartOf(is.agents, was.agents));
}

function isPartOf(some: readonly string[], all: readonly string[]): boolean {
  return some.every((agent) => all.includes(agent));
}
