import type { EpochMs } from '../model/time.ts';
import type { Mode } from './action-class.ts';
import type { Directive, DirectiveKindName, DirectiveOf, DirectiveRecord, Proposal } from './directive.ts';
import type { DirectiveKind } from './directive-kind.ts';
import {
  endDirective,
  issueDirective,
  releaseDirective,
  renewDirective,
  settleDirective,
} from './directive-lifecycle.ts';
import { statusAt } from './directive-status.ts';
import type { Weighed } from './experience.ts';
import { isDisruptive } from './guardrails/disruption.ts';
import { FleetCondition } from './guardrails/fleet-condition.ts';
import type { Action, DecisionInput, Guardrail, GuardrailContext, Refusal } from './guardrails/guardrail.ts';
import { guardrails as allGuardrails, refusalOf } from './guardrails/registry.ts';
import { widens } from './guardrails/widens.ts';
import type { Held } from './held.ts';
import { type HoldOut, holdOutOf, isDue, isHeldOut } from './hold-out.ts';
import { directiveKinds } from './kinds/registry.ts';
import { fewerAgents } from './route-fewer.ts';
import { demoted, demotionOf } from './track-record.ts';

/** What is held by what was learned, as people see it beside guardrails. */
const EXPERIENCE = 'experience';

type Kinds = { readonly [Kind in DirectiveKindName]: DirectiveKind<Kind> };

/**
 * Decides for one minute which directives are issued, renewed and ended. Each kind proposes; guardrails and the mode of
 * its action class decide what becomes of it. Deciding the same minute again changes nothing.
 * @param open by id, as the previous minute left them
 * @param options kinds and guardrails: in place of all there are; onHeld: is told what was refused
 * @returns the same with what has changed, and with what is new
 */
export function planDirectives(
  open: ReadonlyMap<string, DirectiveRecord>,
  input: DecisionInput,
  options: { kinds?: Kinds; guardrails?: readonly Guardrail[]; onHeld?: (held: Held) => void } = {},
): Map<string, DirectiveRecord> {
  const { nowMs } = input;
  const { kinds = directiveKinds, guardrails = allGuardrails, onHeld = () => {} } = options;
  const records = new Map([...open].map(([id, record]) => [id, settleDirective(record, nowMs)]));
  const fleet = new FleetCondition(input);
  const decided = { count: 0 };
  const earlier = input.recent.filter(({ directive }) => !records.has(directive.id));
  for (const kind of Object.keys(kinds) as DirectiveKindName[]) {
    new KindInMinute(kind, kinds[kind] as DirectiveKind<typeof kind>, {
      records,
      decided,
      earlier,
      input,
      fleet,
      guardrails,
      onHeld,
    }).plan();
  }
  return records;
}

type RecordOf<Kind extends DirectiveKindName> = DirectiveRecord & { directive: Directive & DirectiveOf<Kind> };

/** All that one kind and the kinds before it came to in a minute. */
interface MinuteInHand {
  /** By id; changed as decisions are made. */
  records: Map<string, DirectiveRecord>;
  /** How many decisions were made. */
  decided: { count: number };
  /** Of the last day, without those. */
  earlier: readonly DirectiveRecord[];
  input: DecisionInput;
  fleet: FleetCondition;
  guardrails: readonly Guardrail[];
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
    const { input } = this.#hand;
    const { nowMs } = input;
    const own = this.#live().filter((record): record is RecordOf<Kind> => record.directive.kind === this.#name);
    if (input.policy.modes[this.#name] === 'observe') {
      for (const record of own) this.#set(endDirective(record, observed(this.#name), nowMs));
      return;
    }
    const underway = own.map(({ directive }) => directive).filter((directive) => !isHeldOut(directive));
    const proposals = this.#proposals(underway);
    if (!proposals) {
      for (const record of own) this.#takeBack(record);
      return;
    }
    // First, so that what is superseded holds no knob any more.
    for (const record of own) {
      const { subject, summary } = record.directive;
      if (isDecided(record, nowMs) || proposals.some((proposal) => proposal.subject === subject)) continue;
      const why = `nothing calls for it any more: ${summary}`;
      this.#set(endDirective(record, { how: 'expired', why, by: 'cause gone' }, nowMs));
    }
    for (const proposal of proposals) {
      const current = own.find(({ directive }) => directive.subject === proposal.subject);
      if (current) this.#continue(current, proposal);
      else this.#begin(proposal);
    }
  }

  /**
   * What the kind wants. One that fails decides nothing: the figures and alerts of the minute must not be lost for it, and what
   * it has in force runs out by itself, unless guardrails take it back.
   */
  #proposals(inForce: readonly DirectiveOf<Kind>[]): Proposal<Kind>[] | null {
    const { input, fleet } = this.#hand;
    try {
      return this.#kind
        .propose({ ...input, recent: this.#recent(), live: this.#live() }, inForce)
        .map((proposal) => ({ ...proposal, isDisruptive: isDisruptive(proposal as Action, fleet) }));
    } catch (error) {
      const summary = `decide on ${this.#name}`;
      this.#hand.onHeld({
        ...{ kind: this.#name, subject: '*', summary, guardrail: 'error', atMs: input.nowMs },
        why: error instanceof Error ? error.message : String(error),
      });
      return null;
    }
  }

  #continue(current: RecordOf<Kind>, proposal: Proposal<Kind>): void {
    const { records, input } = this.#hand;
    const { nowMs } = input;
    const { directive } = current;
    const renew = (by: Proposal<Kind>) =>
      this.#set(renewDirective(current, by, this.#kind.differs(directive.params, by.params), nowMs));
    const context = this.#context(current);
    if (this.#takeBack(current, proposal)) return;
    if (isDecided(current, nowMs)) return;
    const asBefore = { ...proposal, ...pick(directive as DirectiveOf<Kind>) };
    if (isDue(directive, nowMs) && !proposal.isDisruptive && this.#release(current, proposal)) return;
    if (!widens(directive, proposal as Action, context)) {
      renew(proposal);
      return;
    }
    if (proposal.isDisruptive) {
      // An interruption is a directive of its own: it is counted, and asked for where people are asked.
      const before = records.get(directive.id) as DirectiveRecord;
      this.#set(
        endDirective(current, { how: 'expired', why: `superseded: ${proposal.summary}`, by: 'superseded' }, nowMs),
      );
      if (!this.#begin(proposal, current)) {
        this.#set(before);
        renew(asBefore);
      }
      return;
    }
    const refusal =
      current.approved === null && directive.mode === 'auto' && this.#mode(directive) !== 'auto'
        ? modeRefusal(this.#name)
        : this.#refusal(proposal, context);
    const fewer = refusal && this.#fewer(proposal, refusal, context, directive.blastRadius.agents);
    if (refusal && !fewer) this.#hold(proposal, refusal);
    renew(refusal ? (fewer ?? asBefore) : proposal);
  }

  /**
   * @param wish what is called for of it
   * @returns whether a guardrail has taken it back
   */
  #takeBack(record: RecordOf<Kind>, wish: Proposal<Kind> = record.directive): boolean {
    const taking = this.#refusal(record.directive, this.#context(record), ({ takesBack }) => takesBack);
    if (!taking) return false;
    this.#hold(wish, taking);
    const { guardrail, why } = taking;
    this.#set(endDirective(record, { how: 'rolled_back', why, by: guardrail }, this.#hand.input.nowMs));
    return true;
  }

  /**
   * What was put off is something new when its turn comes: the mode and all guardrails are asked, and while one of them
   * refuses it waits on. A new one in its place would be put off by the same chance.
   * @returns whether it came into force
   */
  #release(waiting: RecordOf<Kind>, proposal: Proposal<Kind>): boolean {
    const context = this.#context(null, waiting);
    const refusal = this.#mode(proposal) === 'auto' ? this.#refusal(proposal, context) : modeRefusal(this.#name);
    const fewer = refusal && this.#fewer(proposal, refusal, context, []);
    if (refusal && !fewer) {
      this.#hold(proposal, refusal);
      return false;
    }
    this.#set(releaseDirective(waiting, fewer ?? proposal, this.#hand.input.nowMs));
    return true;
  }

  /** @returns whether it was issued, in place of the one that it replaces */
  #begin(proposal: Proposal<Kind>, replaced: DirectiveRecord | null = null): boolean {
    const { records, input } = this.#hand;
    const mode = this.#mode(proposal);
    if (mode === 'observe' || this.#endedNow(proposal.subject, replaced)) return false;
    const context = this.#context(null, replaced);
    const refusal = this.#refusal(proposal, context);
    const fewer = refusal && this.#fewer(proposal, refusal, context, []);
    if (refusal && !fewer) {
      this.#hold(proposal, refusal);
      return false;
    }
    const { held, chosen } = this.#weighed(fewer ?? proposal, replaced);
    if (held) {
      this.#hold(proposal, { guardrail: EXPERIENCE, takesBack: false, why: held });
      return false;
    }
    const holdOut = mode === 'auto' && !replaced ? this.#holdOut(fewer ?? proposal) : null;
    const record = issueDirective(fewer ?? proposal, mode, input.nowMs, { holdOut, chosen });
    if (records.has(record.directive.id)) return false;
    this.#set(record);
    return true;
  }

  /** One that goes on in place of another was weighed when that began. */
  #weighed(proposal: Proposal<Kind>, replaced: DirectiveRecord | null): Weighed {
    const { experience, ...context } = this.#hand.input;
    if (replaced) return { held: null, chosen: replaced.directive.chosen ?? null };
    if (!experience) return { held: null, chosen: null };
    return experience(proposal as Action, { ...context, live: this.#live() });
  }

  #holdOut(proposal: Proposal<Kind>): HoldOut | null {
    const { policy, firing, nowMs } = this.#hand.input;
    return holdOutOf(proposal as Action, firing, policy.holdOutShare ?? 0, nowMs);
  }

  /** What was taken back in this minute is not begun again in it, also when the minute is decided again. */
  #endedNow(subject: string, replaced: DirectiveRecord | null): boolean {
    const { records, input } = this.#hand;
    return [...records.values()].some(
      ({ directive: { id, kind, subject: its, ended } }) =>
        kind === this.#name && its === subject && ended?.atMs === input.nowMs && id !== replaced?.directive.id,
    );
  }

  /** A class whose directives did harm, or were not needed, proposes and does not act for a day. */
  #mode(like: Pick<Directive, 'isDisruptive'>): Mode {
    const known = this.#modes.get(like.isDisruptive) ?? this.#modeNow(like);
    this.#modes.set(like.isDisruptive, known);
    return known;
  }

  readonly #modes = new Map<boolean, Mode>();

  #modeNow(like: Pick<Directive, 'isDisruptive'>): Mode {
    const { policy, nowMs } = this.#hand.input;
    const mode = policy.modes[this.#name];
    const demotion = demotionOf(this.#name, this.#recent(), { nowMs, forgivenMs: policy.setMs?.[this.#name], like });
    return demotion ? demoted(mode) : mode;
  }

  #refusal(proposal: Proposal<Kind>, context: GuardrailContext, isAsked: (it: Guardrail) => boolean = () => true) {
    return refusalOf(proposal as Action, context, this.#hand.guardrails.filter(isAsked));
  }

  #fewer(proposal: Proposal<Kind>, refusal: Refusal, context: GuardrailContext, concerned: readonly string[]) {
    const { guardrails } = this.#hand;
    return fewerAgents(proposal as Action, refusal, context, guardrails, concerned) as Proposal<Kind> | null;
  }

  /**
   * What ends in this minute still counts in it, whatever the order in which things are decided, so that deciding again
   * comes to the same; but for what this kind does not call for any more, since what replaces it takes over its knobs.
   */
  #context(current: DirectiveRecord | null, replaced: DirectiveRecord | null = current): GuardrailContext {
    const { input, fleet, records } = this.#hand;
    const live: DirectiveRecord[] = [];
    for (const record of records.values()) {
      const { id, kind, ended, was } = record.directive;
      const endsNow = ended?.atMs === input.nowMs && !(kind === this.#name && ended.by === 'cause gone');
      if (id === replaced?.directive.id || !(endsNow || isLive(record, input.nowMs))) continue;
      live.push(record);
      const changed = was?.findLast(({ untilMs }) => untilMs === input.nowMs);
      if (changed) live.push(asItWas(record, changed.params));
    }
    return { ...input, recent: this.#recent(), live, current, fleet };
  }

  #live(): DirectiveRecord[] {
    return [...this.#hand.records.values()].filter((record) => isLive(record, this.#hand.input.nowMs));
  }

  /** Of the last day, as far as the minute has been decided. */
  #recent(): readonly DirectiveRecord[] {
    const { earlier, records, decided } = this.#hand;
    if (this.#asOf?.decided !== decided.count)
      this.#asOf = { decided: decided.count, records: [...earlier, ...records.values()] };
    return this.#asOf.records;
  }

  #asOf: { decided: number; records: readonly DirectiveRecord[] } | null = null;

  #set(record: DirectiveRecord): void {
    const { records, decided } = this.#hand;
    decided.count += 1;
    records.set(record.directive.id, record);
  }

  #hold({ subject, summary }: Proposal<Kind>, { guardrail, why }: Refusal): void {
    const { input, onHeld } = this.#hand;
    onHeld({ kind: this.#name, subject, summary, guardrail, why, atMs: input.nowMs });
  }
}

/** A level stays: to bring another back would be an action, too. */
function observed(kind: DirectiveKindName): Parameters<typeof endDirective>[1] {
  return { how: 'expired', why: `${kind} was set to observe`, by: 'mode' };
}

function modeRefusal(kind: DirectiveKindName): Refusal {
  return { guardrail: 'mode', takesBack: false, why: `${kind} does not act by itself any more` };
}

/** With what a directive set before it was renewed in this minute. */
function asItWas(record: DirectiveRecord, params: Directive['params']): DirectiveRecord {
  return { ...record, directive: { ...record.directive, params } as Directive };
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
  if (record.directive.ended !== null) return false;
  const status = statusAt(record, nowMs);
  return status === 'active' || status === 'proposed';
}
