import type { EpochMs } from '../model/time.ts';
import type { Mode } from './action-class.ts';
import type { Directive, DirectiveKindName, DirectiveOf, DirectiveRecord, Proposal } from './directive.ts';
import type { DirectiveKind } from './directive-kind.ts';
import { endDirective, issueDirective, renewDirective, settleDirective } from './directive-lifecycle.ts';
import { statusAt } from './directive-status.ts';
import { isDisruptive } from './guardrails/disruption.ts';
import { FleetCondition } from './guardrails/fleet-condition.ts';
import type { Action, DecisionInput, GuardrailContext, Refusal } from './guardrails/guardrail.ts';
import { refusalOf, thatTakeBack } from './guardrails/registry.ts';
import { widens } from './guardrails/widens.ts';
import type { Held } from './held.ts';
import { directiveKinds } from './kinds/registry.ts';
import { fewerAgents } from './route-fewer.ts';
import { demotionOf, demoted } from './track-record.ts';

type Kinds = { readonly [Kind in DirectiveKindName]: DirectiveKind<Kind> };

/**
 * Decides for one minute which directives are issued, renewed and ended. Each kind proposes; guardrails and the mode of
 * its action class decide what becomes of it. Deciding the same minute again changes nothing.
 * @param open by id, as the previous minute left them
 * @param options kinds: in place of all there are; onHeld: is told what was refused
 * @returns the same with what has changed, and with what is new
 */
export function planDirectives(
  open: ReadonlyMap<string, DirectiveRecord>,
  input: DecisionInput,
  options: { kinds?: Kinds; onHeld?: (held: Held) => void } = {},
): Map<string, DirectiveRecord> {
  const { nowMs } = input;
  const { kinds = directiveKinds, onHeld = () => {} } = options;
  const records = new Map([...open].map(([id, record]) => [id, settleDirective(record, nowMs)]));
  const fleet = new FleetCondition(input);
  for (const kind of Object.keys(kinds) as DirectiveKindName[]) {
    new KindInMinute(kind, kinds[kind] as DirectiveKind<typeof kind>, { records, input, fleet, onHeld }).plan();
  }
  return records;
}

/** All that one kind and the kinds before it came to in a minute. */
interface MinuteInHand {
  /** By id; changed as decisions are made. */
  records: Map<string, DirectiveRecord>;
  input: DecisionInput;
  fleet: FleetCondition;
  onHeld: (held: Held) => void;
}

class KindInMinute<Kind extends DirectiveKindName> {
  readonly #name: Kind;
  readonly #kind: DirectiveKind<Kind>;
  readonly #hand: MinuteInHand;

  constructor(name: Kind, kind: DirectiveKind<Kind>, hand: MinuteInHand) {
    this.#name = name;
    this.#kind = kind;
    this.#hand = hand;
  }

  plan(): void {
    const { records, input } = this.#hand;
    const { nowMs } = input;
    const own = this.#live().filter(
      (record): record is DirectiveRecord & { directive: Directive & DirectiveOf<Kind> } =>
        record.directive.kind === this.#name,
    );
    const inForce = own.map(({ directive }) => directive);
    const proposals = this.#kind
      .propose({ ...input, recent: this.#recent(), live: this.#live() }, inForce)
      .map((proposal) => ({ ...proposal, isDisruptive: isDisruptive(proposal as Action, this.#hand.fleet) }));
    // First, so that what is superseded holds no knob any more.
    for (const record of own) {
      const { subject, id, summary } = record.directive;
      if (isDecided(record, nowMs) || proposals.some((proposal) => proposal.subject === subject)) continue;
      const why = `nothing calls for it any more: ${summary}`;
      records.set(id, endDirective(record, { how: 'expired', why, by: 'cause gone' }, nowMs));
    }
    for (const proposal of proposals) {
      const current = own.find(({ directive }) => directive.subject === proposal.subject);
      if (current) this.#continue(current, proposal);
      else this.#begin(proposal);
    }
  }

  #continue(current: DirectiveRecord & { directive: Directive & DirectiveOf<Kind> }, proposal: Proposal<Kind>): void {
    const { records, input, fleet } = this.#hand;
    const { nowMs } = input;
    const { directive } = current;
    const set = (record: DirectiveRecord) => {
      records.set(directive.id, record);
    };
    const renew = (by: Proposal<Kind>) =>
      set(renewDirective(current, by, this.#kind.differs(directive.params, by.params), nowMs));
    const taking = refusalOf(proposal as Action, this.#context(current), thatTakeBack);
    if (taking) {
      this.#hold(proposal, taking);
      set(endDirective(current, { how: 'rolled_back', why: taking.why, by: taking.guardrail }, nowMs));
      return;
    }
    if (isDecided(current, nowMs)) return;
    const asBefore = { ...proposal, ...pick(directive as DirectiveOf<Kind>) };
    const context = this.#context(current);
    if (!widens(directive, proposal as Action, context)) return renew(proposal);
    if (proposal.isDisruptive) {
      // An interruption is a directive of its own: it is counted, and asked for where people are asked.
      const before = records.get(directive.id) as DirectiveRecord;
      set(endDirective(current, { how: 'expired', why: `superseded: ${proposal.summary}`, by: 'superseded' }, nowMs));
      if (!this.#begin(proposal)) {
        records.set(directive.id, before);
        renew(asBefore);
      }
      return;
    }
    const refusal =
      current.approved === null && directive.mode === 'auto' && this.#mode() !== 'auto'
        ? { guardrail: 'mode', takesBack: false, why: `${this.#name} does not act by itself any more` }
        : refusalOf(proposal as Action, context);
    if (refusal === null) return renew(proposal);
    const fewer = fewerAgents(proposal as Action, refusal, context, directive.blastRadius.agents);
    if (!fewer) this.#hold(proposal, refusal);
    renew((fewer as Proposal<Kind> | null) ?? asBefore);
  }

  /** @returns whether it was issued */
  #begin(proposal: Proposal<Kind>): boolean {
    const { records, input } = this.#hand;
    const mode = this.#mode();
    if (mode === 'observe') return false;
    const context = this.#context(null);
    const refusal = refusalOf(proposal as Action, context);
    const fewer = refusal && fewerAgents(proposal as Action, refusal, context, []);
    if (refusal && !fewer) {
      this.#hold(proposal, refusal);
      return false;
    }
    const record = issueDirective((fewer as Proposal<Kind> | null) ?? proposal, mode, input.nowMs);
    if (records.has(record.directive.id)) return false;
    records.set(record.directive.id, record);
    return true;
  }

  /** A class whose directives did harm, or were not needed, proposes and does not act for a day. */
  #mode(): Mode {
    const { policy, nowMs } = this.#hand.input;
    const mode = policy.modes[this.#name];
    const demotion = demotionOf(this.#name, this.#recent(), { nowMs, forgivenMs: policy.setMs?.[this.#name] });
    return demotion ? demoted(mode) : mode;
  }

  #context(current: DirectiveRecord | null): GuardrailContext {
    const { input, fleet } = this.#hand;
    const live = this.#live().filter(({ directive }) => directive.id !== current?.directive.id);
    return { ...input, recent: this.#recent(), live, current, fleet };
  }

  #live(): DirectiveRecord[] {
    return [...this.#hand.records.values()].filter((record) => isLive(record, this.#hand.input.nowMs));
  }

  /** Of the last day, as far as the minute has been decided. */
  #recent(): DirectiveRecord[] {
    const { input, records } = this.#hand;
    return [...input.recent.filter(({ directive }) => !records.has(directive.id)), ...records.values()];
  }

  #hold({ subject, summary }: Proposal<Kind>, { guardrail, why }: Refusal): void {
    const { input, onHeld } = this.#hand;
    onHeld({ kind: this.#name, subject, summary, guardrail, why, atMs: input.nowMs });
  }
}

/** What a directive keeps that may be extended but not widened. */
function pick<Kind extends DirectiveKindName>({ params, memory, summary, blastRadius }: DirectiveOf<Kind>) {
  return { params, memory, summary, blastRadius };
}

/** What a run that is repeated has decided already, and would take further a second time. */
function isDecided({ directive }: DirectiveRecord, nowMs: EpochMs): boolean {
  return directive.renewedMs >= nowMs;
}

function isLive(record: DirectiveRecord, nowMs: EpochMs): boolean {
  const status = statusAt(record, nowMs);
  return record.directive.ended === null && (status === 'active' || status === 'proposed');
}
