import { type EpochMs, MINUTE_MS } from '../model/time.ts';
import type { DirectiveKindName, DirectiveRecord, Proposal } from './directive.ts';
import type { DecisionContext } from './directive-kind.ts';
import { isUnderMaintenance, type Policy } from './policy.ts';

/** All that a guardrail may look at. */
export interface GuardrailContext extends DecisionContext {
  policy: Policy;
}

/** Says why a proposal must not be carried out now, or null. A directive in force that it refuses is taken back. */
type Guardrail = (proposal: Proposal<DirectiveKindName>, context: GuardrailContext) => string | null;

/** More of a pool than this taken out of work at once points to a cause that the agents share. */
export const MAX_CAPACITY_SHARE = 0.3;
/** More agents than this are no single faults any more, whatever share of their pool they are. */
export const MAX_AGENTS = 100;
/** After a person or a measured harm took a directive back, it is not decided again for so long. */
export const HOLD_MS = 30 * MINUTE_MS;

const killSwitch: Guardrail = (_proposal, { policy }) => (policy.killSwitch ? 'the kill switch is on' : null);

const maintenance: Guardrail = ({ blastRadius: { pool } }, { policy, nowMs }) =>
  isUnderMaintenance(policy, pool, nowMs) ? `pool ${pool} is under maintenance` : null;

/** One agent may always be spared where two others work; beyond that, a share of the pool. */
const stormBrake: Guardrail = ({ blastRadius: { pool, agents, capacityShare } }) => {
  if (agents.length > MAX_AGENTS) {
    return `${agents.length} agents of pool ${pool} are concerned at once, more than ${MAX_AGENTS}: the cause is shared`;
  }
  const isOneOfSeveral = agents.length === 1 && capacityShare < 0.5;
  if (isOneOfSeveral || capacityShare <= MAX_CAPACITY_SHARE) return null;
  const share = `${Math.round(capacityShare * 100)} %`;
  return `${share} of pool ${pool} is concerned at once: the cause is shared, and the rest could not bear the work`;
};

const holdAfterRefusal: Guardrail = ({ kind, subject }, { recent, nowMs }) => {
  for (const record of recent) {
    if (record.directive.kind !== kind || record.directive.subject !== subject) continue;
    const refused = refusedAt(record);
    if (refused && nowMs - refused.atMs < HOLD_MS)
      return `the last one ${refused.how} at ${new Date(refused.atMs).toISOString()}: held for ${HOLD_MS / MINUTE_MS} minutes`;
  }
  return null;
};

const guardrails: readonly Guardrail[] = [killSwitch, maintenance, stormBrake, holdAfterRefusal];

/** The first reason not to carry out a proposal; null when nothing speaks against it. */
export function refusalOf(proposal: Proposal<DirectiveKindName>, context: GuardrailContext): string | null {
  for (const guardrail of guardrails) {
    const reason = guardrail(proposal, context);
    if (reason !== null) return reason;
  }
  return null;
}

function refusedAt({ directive, rejected, rolledBack }: DirectiveRecord): { how: string; atMs: EpochMs } | null {
  if (rolledBack) return { how: 'was rolled back', atMs: rolledBack.atMs };
  if (rejected) return { how: 'was rejected', atMs: rejected.atMs };
  const { effect, ended } = directive;
  const didHarm = effect.state === 'measured' && effect.verdict === 'harmed';
  return didHarm && ended ? { how: 'did harm and ended', atMs: ended.atMs } : null;
}
