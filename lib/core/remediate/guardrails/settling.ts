import { type EpochMs, MINUTE_MS } from '../../model/time.ts';
import type { Directive, DirectiveRecord } from '../directive.ts';
import type { BreakerParams } from '../kinds/breaker.ts';
import type { Action, Guardrail } from './guardrail.ts';
import { agentsActedOn } from './taken-out.ts';

/** An action shows what it does after so long, and where agents have to start, after thrice as long as that takes. */
export const SETTLING_MS = 3 * MINUTE_MS;
/** Of a pool whose agents never told how long they take to start. */
export const PROVISIONING_MS = 90_000;
export const STARTING_SETTLING_MS = Math.max(SETTLING_MS, 3 * PROVISIONING_MS);
/** Probes of a breaker would have shown by then that its agent recovers by itself. */
export const OPEN_BEFORE_RESTART_MS = 3 * MINUTE_MS;

/**
 * One kind of action at a time on an agent, until what it did can be seen. Planned as steps of one answer are: less work,
 * then none, then a restart; and back. Kinds that act on pools turn different knobs: see one-owner.ts.
 */
export const settling: Guardrail = {
  name: 'settling',
  takesBack: false,
  refuse(proposal, { recent, nowMs }) {
    const acted = new Set(agentsActedOn(proposal));
    if (acted.size === 0) return null;
    const others = recent.filter(({ directive }) => directive.kind !== proposal.kind && directive.inForceMs !== null);
    const isEscalated =
      proposal.kind === 'restart' &&
      others.some(({ directive }) => isOpenBreaker(directive, proposal.params.agent, nowMs));
    if (isEscalated) return null;
    for (const record of others) {
      const { directive } = record;
      if (isPlanned(directive, proposal)) continue;
      const agent = agentsOf(record, nowMs).find((it) => acted.has(it));
      const agoMs = nowMs - lastChangedMs(record);
      if (agent !== undefined && agoMs < settlingMs(directive))
        return `${directive.summary} was ${Math.round(agoMs / MINUTE_MS)} min ago: nothing else is done about ${agent} before ${settlingMs(directive) / MINUTE_MS} min are over`;
    }
    return null;
  },
};

function isPlanned({ kind: before }: Action, { kind: after }: Action): boolean {
  const workLess = ['route', 'breaker'];
  return workLess.includes(before) && workLess.includes(after);
}

/** Whether a breaker has kept work from an agent for long enough to know that it does not recover by itself. */
function isOpenBreaker(directive: Directive, agent: string, nowMs: EpochMs): boolean {
  if (directive.kind !== 'breaker' || directive.ended !== null || directive.inForceMs === null) return false;
  const isOpen = (params: BreakerParams) => params.agent === agent && params.state !== 'closed';
  const lately = (directive.was ?? []).filter(({ untilMs }) => nowMs - untilMs < OPEN_BEFORE_RESTART_MS);
  const wasOpen = isOpen(directive.params) && lately.every(({ params }) => isOpen(params));
  return wasOpen && nowMs - directive.inForceMs >= OPEN_BEFORE_RESTART_MS;
}

function settlingMs({ kind }: Action): number {
  return kind === 'restart' || kind === 'scale' ? STARTING_SETTLING_MS : SETTLING_MS;
}

/** When it was last set, or set back. */
function lastChangedMs({ directive, rolledBack }: DirectiveRecord): EpochMs {
  const { inForceMs, was, ended } = directive;
  return Math.max(inForceMs ?? 0, was?.at(-1)?.untilMs ?? 0, ended?.atMs ?? 0, rolledBack?.atMs ?? 0);
}

/** With those that it was about shortly before. */
function agentsOf({ directive }: DirectiveRecord, nowMs: EpochMs): string[] {
  const { was = [] } = directive;
  const shortly = was.filter(({ untilMs }) => nowMs - untilMs < settlingMs(directive));
  return [
    ...agentsActedOn(directive),
    ...shortly.flatMap(({ params }) => agentsActedOn({ ...directive, params } as Action)),
  ];
}
