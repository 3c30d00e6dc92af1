import { DAY_MINUTES, type EpochMs, MINUTE_MS } from '../core/model/time.ts';
import { type ActionClass, actionClassNames, type Mode, modes } from '../core/remediate/action-class.ts';
import { policyInForce } from '../core/remediate/policy.ts';
import { demotionsOf, promotionOf, trackRecordOf } from '../core/remediate/track-record.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';
import type { PolicyStore } from '../ports/policy-store.ts';
import type { AuditDeps } from './audited.ts';
import { promoteModes } from './change-policy.ts';

/** What a class did before says nothing of what it is like now. */
const RECORD_MS = 30 * DAY_MINUTES * MINUTE_MS;

export interface PromoteDeps {
  audit: AuditDeps['audit'];
  directives: DirectiveStore;
  policies: PolicyStore;
  /** What the environment allows. */
  modes: Record<ActionClass, Mode>;
  promoteUpTo?: Mode;
}

/**
 * Moves classes of action that have earned it one mode up, as people would by PUT /v1/policy; decided once an hour. What
 * counts is what they did since their mode was last set, so that each step is earned anew, and repeating it changes nothing.
 * A mode that people set while the record is read stays.
 * @returns the new modes of those that were promoted
 */
export async function promoteClasses(
  deps: PromoteDeps,
  system: string,
  atMs: EpochMs,
): Promise<Partial<Record<ActionClass, Mode>>> {
  const changes = await deps.policies.read(system);
  const { modes: current, promoteUpTo, setMs } = policyInForce(deps, changes);
  const upTo = promoteUpTo ?? 'observe';
  const isBelow = (name: ActionClass) =>
    current[name] !== 'observe' && modes.indexOf(current[name]) < modes.indexOf(upTo);
  const candidates = actionClassNames.filter(isBelow);
  if (candidates.length === 0) return {};
  const records = await deps.directives.history(system, atMs - RECORD_MS, atMs);
  const promoted: Partial<Record<ActionClass, Mode>> = {};
  for (const name of candidates) {
    const sinceMs = changes?.modes[name]?.atMs ?? Number.NEGATIVE_INFINITY;
    if (demotionsOf(name, records, { nowMs: atMs, forgivenMs: setMs?.[name] }).length > 0) continue;
    const since = records.filter(({ directive }) => directive.issuedMs > sinceMs);
    const next = promotionOf(current[name], upTo, trackRecordOf(name, since));
    if (next) promoted[name] = next;
  }
  if (Object.keys(promoted).length === 0) return {};
  const once = { ...deps, uniqueId: () => 'promotion' };
  return promoteModes(once, { system, promoted, from: changes, atMs });
}
