import { type EpochMs, MINUTE_MS } from '../../model/time.ts';
import { approvedBounds } from '../approved-bounds.ts';
import type { DirectiveRecord } from '../directive.ts';
import type { Action, Guardrail, GuardrailContext } from './guardrail.ts';
import { agentsActedOn } from './taken-out.ts';
import { widens } from './widens.ts';

/** After a person or a measured harm took a directive back, it is not decided again for so long. */
export const HOLD_MS = 30 * MINUTE_MS;

/** A word of a person holds for a while, and so does a harm. */
export const holdAfterRefusal: Guardrail = {
  name: 'hold after refusal',
  takesBack: false,
  refuse(proposal, context) {
    const refused = proposal.kind === 'route' ? refusedAgents(proposal, context)[0] : refusedAlike(proposal, context);
    if (!refused) return null;
    const what = 'agent' in refused ? `the last one around ${refused.agent}` : 'the last one';
    return `${what} ${refused.how} at ${new Date(refused.atMs).toISOString()}: held for ${HOLD_MS / MINUTE_MS} minutes`;
  },
};

interface Refused {
  how: string;
  atMs: EpochMs;
}

type Known = Pick<GuardrailContext, 'recent' | 'current' | 'nowMs'>;

/**
 * Agents that a route goes further for than what is in force or was approved, and that somebody said no about: one route is about many, and a
 * word about it is about those that it went further for.
 */
export function refusedAgents(proposal: Action, { recent, current, nowMs }: Known): (Refused & { agent: string })[] {
  if (proposal.kind !== 'route') return [];
  const added = new Set(goesFurtherFor(proposal, current ? approvedBounds(current.directive) : []));
  if (added.size === 0) return [];
  return recent.flatMap((record) => {
    const { directive } = record;
    if (directive.kind !== 'route' || directive.subject !== proposal.subject) return [];
    const refused = refusedLately(record, nowMs);
    if (!refused) return [];
    // What was a question only was about what it added; what was in force is taken back as a whole.
    const asked =
      directive.inForceMs === null ? recent.find((it) => it.directive.id === directive.replaces) : undefined;
    return goesFurtherFor(directive, asked ? approvedBounds(asked.directive) : []).flatMap((agent) =>
      added.has(agent) ? [{ agent, ...refused }] : [],
    );
  });
}

/** Agents that a route cuts off, or gives less, where none of these does. */
function goesFurtherFor(route: Action, bounds: readonly Action[]): string[] {
  const cut = new Set(bounds.flatMap(agentsActedOn));
  const named = new Set(bounds.flatMap(({ blastRadius }) => blastRadius.agents));
  const isCut = new Set(agentsActedOn(route));
  const eased = route.blastRadius.agents.filter((agent) => !isCut.has(agent));
  return [
    ...[...isCut].filter((agent) => !cut.has(agent)),
    ...eased.filter((agent) => !named.has(agent) && !cut.has(agent)),
  ];
}

/** The same of another kind; what was asked for beyond what is in force, and turned down, says nothing against that. */
function refusedAlike(proposal: Action, context: GuardrailContext): Refused | undefined {
  const { recent, current, nowMs } = context;
  for (const record of recent) {
    const { kind, subject, replaces } = record.directive;
    if (kind !== proposal.kind || subject !== proposal.subject) continue;
    const refused = refusedLately(record, nowMs);
    const bounds = current && replaces === current.directive.id ? approvedBounds(current.directive) : [];
    if (refused && bounds.every((bound) => widens(bound, proposal, context))) return refused;
  }
  return undefined;
}

function refusedLately(record: DirectiveRecord, nowMs: EpochMs): Refused | null {
  const refused = refusedAt(record);
  return refused && nowMs - refused.atMs < HOLD_MS ? refused : null;
}

function refusedAt({ directive, rejected, rolledBack }: DirectiveRecord): Refused | null {
  if (rolledBack) return { how: 'was rolled back', atMs: rolledBack.atMs };
  if (rejected) return { how: 'was rejected', atMs: rejected.atMs };
  const { effect, ended } = directive;
  if (ended?.by === 'harm') return { how: 'did harm and ended', atMs: ended.atMs };
  const didHarm = effect.state === 'measured' && effect.verdict === 'harmed';
  return didHarm && ended ? { how: 'did harm and ended', atMs: ended.atMs } : null;
}
