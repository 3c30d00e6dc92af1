import type { EpochMs } from '../model/time.ts';
import type { Directive, DirectiveKindName, DirectiveOf, DirectiveRecord } from './directive.ts';
import type { DirectiveKind } from './directive-kind.ts';
import { endDirective, issueDirective, renewDirective, settleDirective } from './directive-lifecycle.ts';
import { statusAt } from './directive-status.ts';
import { type GuardrailContext, refusalOf } from './guardrails.ts';
import { directiveKinds } from './kinds/registry.ts';

/**
 * Decides for one minute which directives are issued, renewed and ended. Each kind proposes; guardrails and the mode of
 * its action class decide what becomes of it. Deciding the same minute again changes nothing.
 * @param open by id, as the previous minute left them
 * @returns the same with what has changed, and with what is new
 */
export function planDirectives(
  open: ReadonlyMap<string, DirectiveRecord>,
  context: Omit<GuardrailContext, 'live'>,
): Map<string, DirectiveRecord> {
  const { nowMs } = context;
  const settled = new Map([...open].map(([id, record]) => [id, settleDirective(record, nowMs)]));
  for (const kind of Object.keys(directiveKinds) as DirectiveKindName[]) planKind(kind, settled, context);
  return settled;
}

/** Plans one kind, in place. */
function planKind<Kind extends DirectiveKindName>(
  name: Kind,
  records: Map<string, DirectiveRecord>,
  minute: Omit<GuardrailContext, 'live'>,
): void {
  const kind: DirectiveKind<Kind> = directiveKinds[name];
  const { nowMs, policy } = minute;
  const liveNow = () => [...records.values()].filter((record) => isLive(record, nowMs));
  const live = liveNow().filter(
    (record): record is DirectiveRecord & { directive: Directive & DirectiveOf<Kind> } =>
      record.directive.kind === name,
  );
  const proposals = kind.propose(
    { ...minute, live: liveNow() },
    live.map(({ directive }) => directive),
  );
  for (const proposal of proposals) {
    const current = live.find(({ directive }) => directive.subject === proposal.subject);
    const refusal = refusalOf(proposal, { ...minute, live: liveNow() });
    if (current && refusal !== null) {
      records.set(current.directive.id, endDirective(current, 'rolled_back', refusal, nowMs));
    } else if (current) {
      if (isDecided(current, nowMs)) continue;
      const differs = kind.differs(current.directive.params, proposal.params);
      records.set(current.directive.id, renewDirective(current, proposal, differs, nowMs));
    } else if (refusal === null && policy.modes[name] !== 'observe') {
      const record = issueDirective(proposal, policy.modes[name], nowMs);
      if (!records.has(record.directive.id)) records.set(record.directive.id, record);
    }
  }
  for (const record of live) {
    const { subject, id, summary } = record.directive;
    if (isDecided(record, nowMs) || proposals.some((proposal) => proposal.subject === subject)) continue;
    records.set(id, endDirective(record, 'expired', `nothing calls for it any more: ${summary}`, nowMs));
  }
}

/** What a run that is repeated has decided already, and would take further a second time. */
function isDecided({ directive }: DirectiveRecord, nowMs: EpochMs): boolean {
  return directive.renewedMs >= nowMs;
}

function isLive(record: DirectiveRecord, nowMs: EpochMs): boolean {
  const status = statusAt(record, nowMs);
  return record.directive.ended === null && (status === 'active' || status === 'proposed');
}
