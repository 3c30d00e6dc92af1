import type { EpochMs } from '../model/time.ts';
import { couldNot } from './acknowledgement.ts';
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
import { isInForce, statusAt } from './directive-status.ts';
import type { Weighed } from './experience.ts';
import { grantedPart, isGranted } from './granted.ts';
import { capacityBudget } from './guardrails/capacity-budget.ts';
import { disruptedPool, isDisruptive } from './guardrails/disruption.ts';
import { disruptionBudget, isMoreUrgent } from './guardrails/disruption-budget.ts';
import { failoverDestination } from './guardrails/failover-destination.ts';
import { FleetCondition } from './guardrails/fleet-condition.ts';
import type { Action, DecisionInput, Guardrail, GuardrailContext, Refusal } from './guardrails/guardrail.ts';
import { harm } from './guardrails/harm.ts';
import { healthyMajority } from './guardrails/healthy-majority.ts';
import { holdAfterRefusal } from './guardrails/hold-after-refusal.ts';
import { killSwitch } from './guardrails/kill-switch.ts';
import { lastOfTaskType } from './guardrails/last-of-task-type.ts';
import { maintenance } from './guardrails/maintenance.ts';
import { guardrails as allGuardrails, refusalOf } from './guardrails/registry.ts';
import { stormBrake } from './guardrails/storm-brake.ts';
import { tokenBucket } from './guardrails/token-bucket.ts';
import { widens } from './guardrails/widens.ts';
import type { Held, HeldBack } from './held.ts';
import { type HoldOut, holdOutOf, isDue, isHeldOut } from './hold-out.ts';
import { directiveKinds } from './kinds/registry.ts';
import { fewerAgents } from './route-fewer.ts';
import { demoted, demotionOf } from './track-record.ts';

/** What is held by what was learned, as people see it beside guardrails. */
const EXPERIENCE = 'experience';

type Kinds = { readonly [Kind in DirectiveKindName]: DirectiveKind<Kind> };

/**
 * Decides for one minute which directives are issued, renewed and ended. Each kind proposes; guardrails and the mode of
 * its action class decide what becomes of it. Deciding the same minute again breaks no rule and changes nothing, unless what a later kind
 * began in it makes another guardrail speak first.
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
    this.#settleFurther();
    const own = this.#own();
    if (input.policy.modes[this.#name] === 'observe') {
      for (const record of own) {
        if (!this.#isStopped(record)) this.#set(endDirective(record, observed(this.#name), nowMs));
      }
      return;
    }
    const underway = own
      .map(({ directive }) => directive)
      .filter((directive) => !isHeldOut(directive) && !isFurther(directive));
    const proposals = this.#proposals(underway);
    if (!proposals) {
      for (const record of own) this.#takeBack(record);
      return;
    }
    // First, so that what is superseded holds no knob any more.
    for (const record of own) {
      const { subject } = record.directive;
      if (isDecided(record, nowMs) || proposals.some((proposal) => proposal.subject === subject)) continue;
      if (this.#isStopped(record)) continue;
      const why = this.#whyOver(record, proposals);
      this.#set(endDirective(record, { how: 'expired', why, by: 'cause gone' }, nowMs));
    }
    for (const proposal of proposals) {
      const current = own.find(({ directive }) => directive.subject === proposal.subject && !isFurther(directive));
      if (current) this.#continue(current, proposal);
      else this.#begin(proposal);
    }
  }

  /**
   * What the kind wants. One that fails decides nothing: the figures and alerts of the minute must not be lost for it, and what
   * it has in force runs out by itself, unless guardrails take it back.
   */
  #proposals(inForce: readonly DirectiveOf<Kind>[]): Proposal<Kind>[] | null {
    const { input, fleet, onHeld } = this.#hand;
    const of = { kind: this.#name, guardrail: holdAfterRefusal.name, atMs: input.nowMs };
    const onHeldBack = (it: HeldBack) => onHeld({ ...of, ...it });
    try {
      return this.#kind
        .propose({ ...input, recent: this.#recent(), live: this.#live(), onHeldBack }, inForce)
        .map((proposal) => ({ ...proposal, isDisruptive: isDisruptive(proposal as Action, fleet) }));
    } catch (error) {
      const summary = `decide on ${this.#name}`;
      const why = error instanceof Error ? error.message : String(error);
      onHeld({ ...of, ...{ subject: '*', summary, guardrail: 'error', why } });
      return null;
    }
  }

  /** In words, of one that its kind does not propose any more. */
  #whyOver({ directive, ack }: RecordOf<Kind>, proposals: readonly Proposal<Kind>[]): string {
    const { kind, params, summary, blastRadius } = directive;
    if (kind === 'restart' && ack?.applied) return `it was carried out: ${summary}`;
    const next = isLevel(params)
      ? proposals.find((it) => isLevel(it.params) && it.blastRadius.pool === blastRadius.pool)
      : undefined;
    if (next) return `another level is called for: ${next.summary}`;
    const cannot = ack?.applied === false ? couldNot(ack) : null;
    if (cannot !== null && (kind === 'restart' || isLevel(params))) return `${cannot} (${summary})`;
    const context = { ...this.#hand.input, recent: this.#recent(), live: this.#live() };
    const why = this.#kind.whyOver?.(directive, context) ?? `nothing calls for it any more: ${summary}`;
    return cannot === null ? why : `${why} (${cannot})`;
  }

  #continue(current: RecordOf<Kind>, proposal: Proposal<Kind>): void {
    const { records, input, fleet } = this.#hand;
    const { nowMs } = input;
    const { directive } = current;
    const renew = (by: Proposal<Kind>) =>
      this.#set(renewDirective(current, by, this.#kind.differs(directive.params, by.params), nowMs));
    const context = this.#context(current);
    if (this.#takeBack(current, proposal)) return;
    if (isDecided(current, nowMs)) return;
    const isItsTurn = isDue(directive, nowMs) ? !proposal.isDisruptive : this.#needsNoAnswer(current, proposal);
    if (isItsTurn && this.#release(current, proposal)) return;
    if (this.#hasNoRoom(current, proposal)) return;
    const asBefore = { ...proposal, ...pick(directive as DirectiveOf<Kind>) };
    const keepsApproval = isInForce(current) && this.#mode(proposal) !== 'auto';
    const isAsked = keepsApproval && !isGranted(current, proposal as Action, context);
    const isDemoted = current.approved === null && input.policy.modes[this.#name] === 'auto';
    if (isAsked && isDemoted) {
      this.#hold(proposal, modeRefusal(this.#name));
      renew(asBefore);
      return;
    }
    // The value that was tried has told what it can, and agents go back to their own until the next one is approved.
    const isNextTrial = isAsked && this.#name === 'tune';
    if (isAsked && !isNextTrial) {
      const part = grantedPart(current, proposal as Action, context) as Proposal<Kind> | null;
      const mayBe = part && (!widens(directive, part as Action, context) || this.#refusal(part, context) === null);
      // First, so that what goes further is judged by what is left to stand.
      renew(mayBe ? part : asBefore);
      this.#ask(records.get(directive.id) as RecordOf<Kind>, proposal);
      return;
    }
    this.#withdrawFurther(current);
    if (!widens(directive, proposal as Action, context)) {
      renew(proposal);
      return;
    }
    // What goes back to what a person approved is not asked for a second time: meanwhile nothing would be in force.
    const isElsewhere =
      directive.isDisruptive && disruptedPool(proposal as Action, fleet) !== disruptedPool(directive, fleet);
    if ((proposal.isDisruptive && !keepsApproval) || isElsewhere || isNextTrial) {
      // An interruption is a directive of its own: it is counted for its pool, and asked for where people are asked.
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
    const refusal = this.#refusal(proposal, context);
    const fewer = refusal && this.#fewer(proposal, refusal, context, directive.blastRadius.agents);
    if (refusal && !fewer) this.#hold(proposal, refusal);
    renew(refusal ? (fewer ?? asBefore) : proposal);
  }

  /**
   * What waits is withdrawn once a person who says yes to it now would interrupt a pool too soon after something else did, or leave
   * too little at work.
   */
  #hasNoRoom(waiting: RecordOf<Kind>, wish: Proposal<Kind>): boolean {
    const { directive } = waiting;
    if (isInForce(waiting)) return false;
    const context = this.#asNew(waiting);
    const isBudget = (it: Guardrail) => directive.isDisruptive && it === disruptionBudget;
    const refusal =
      this.#refusal(wish, context, isBudget) ??
      this.#refusal(directive, context, isBudget) ??
      this.#leavesTooLittle(waiting);
    if (!refusal) return false;
    this.#hold(wish, refusal);
    const why = `withdrawn: ${refusal.why}`;
    this.#set(endDirective(waiting, { how: 'expired', why, by: 'superseded' }, this.#hand.input.nowMs));
    return true;
  }

  /**
   * Why a person cannot approve any more what they are asked for: the pool has become smaller, or has fallen ill, since. What began in this
   * minute left enough beside it. Where it is refused otherwise, for a while, they may.
   */
  #leavesTooLittle(waiting: RecordOf<Kind>): Refusal | null {
    const { mode, replaces } = waiting.directive;
    // What is put off asks all guardrails when its turn comes.
    if (mode === 'auto') return null;
    const current = replaces === undefined ? null : (this.#hand.records.get(replaces) ?? null);
    const context = this.#context(current, waiting, { isAsItBegan: true });
    return this.#refusal(waiting.directive, context, (it) => protecting.has(it));
  }

  /** What interrupts a pool takes the place of what waits to: of all once it is in force, of what is less urgent where people are asked. */
  #supersedeWaiting(by: DirectiveRecord): void {
    const { fleet, input } = this.#hand;
    const { directive } = by;
    if (!directive.isDisruptive) return;
    const isNow = directive.inForceMs !== null;
    for (const record of this.#live()) {
      const { id } = record.directive;
      if (id === directive.id || isInForce(record) || !record.directive.isDisruptive) continue;
      if (disruptedPool(record.directive, fleet) !== disruptedPool(directive, fleet)) continue;
      if (!isNow && (directive.mode === 'recommend' || !isMoreUrgent(directive, record.directive))) continue;
      const why = `superseded: ${directive.summary}`;
      this.#set(endDirective(record, { how: 'expired', why, by: 'superseded' }, input.nowMs));
    }
  }

  /** Whether it waits for a person although its class acts by itself by now. */
  #needsNoAnswer(current: RecordOf<Kind>, wish: Proposal<Kind>): boolean {
    return !isInForce(current) && current.directive.mode !== 'auto' && this.#mode(wish) === 'auto';
  }

  /**
   * What goes further than is in force, in a class that does not act by itself: people are asked, and what they approved
   * stays as it is until they answer.
   */
  #ask(current: RecordOf<Kind>, wish: Proposal<Kind>): void {
    const { records, input } = this.#hand;
    if (!isLive(current, input.nowMs)) {
      this.#withdrawFurther(current);
      return;
    }
    const { id, summary, chosen = null } = current.directive;
    const context = this.#context(current);
    const inPlace = (of: Proposal<Kind>) => ({
      ...of,
      evidence: [...of.evidence, `it would take the place of ${id}: ${summary}`],
    });
    const further = this.#furtherThan(id);
    if (further) {
      this.#continue(further, inPlace(wish));
      return;
    }
    const mode = this.#mode(wish);
    if (mode === 'observe' || this.#endedNow(wish.subject, current)) return;
    const refusalTo = (it: Proposal<Kind>) =>
      this.#refusal(it, context) ??
      this.#refusalBeside(current, it, context) ??
      this.#refusal(it, { ...context, current: null }, (guardrail) => guardrail === tokenBucket);
    const refusal = refusalTo(wish);
    const fewer = refusal && this.#fewer(wish, refusal, context, current.directive.blastRadius.agents, refusalTo);
    // What goes no further than is in force is no question.
    if (refusal && (!fewer || isGranted(current, fewer as Action, context))) {
      this.#hold(wish, refusal);
      return;
    }
    const record = issueDirective(inPlace(fewer ?? wish), mode, input.nowMs, { chosen, replaces: id });
    if (!records.has(record.directive.id)) this.#set(record);
  }

  #withdrawFurther({ directive }: RecordOf<Kind>): void {
    const { nowMs } = this.#hand.input;
    const further = this.#furtherThan(directive.id);
    if (!further || isDecided(further, nowMs)) return;
    const why = `nothing calls for it any more: ${further.directive.summary}`;
    // Not as of a cause that is gone, which is found out before anything else: others of this minute were decided beside it.
    this.#set(endDirective(further, { how: 'expired', why, by: 'superseded' }, nowMs));
  }

  /** What a person approved takes the place of what it goes further than; what goes further than nothing is not asked any more. */
  #settleFurther(): void {
    const { records, input } = this.#hand;
    const { nowMs } = input;
    for (const record of this.#own()) {
      const { replaces, summary, inForceMs } = record.directive;
      if (replaces === undefined) continue;
      const before = records.get(replaces);
      const isThere = before !== undefined && isLive(before, nowMs);
      // What ends in this minute counts in it still, however often that is decided.
      const endsNow = before?.directive.ended?.atMs === nowMs;
      if (isThere && inForceMs !== null)
        this.#set(endDirective(before, { how: 'expired', why: `superseded: ${summary}`, by: 'superseded' }, nowMs));
      if (!isThere && !endsNow && inForceMs === null)
        this.#set(
          endDirective(
            record,
            { how: 'expired', why: `what it goes further than is over: ${summary}`, by: 'cause gone' },
            nowMs,
          ),
        );
    }
  }

  /** The proposal that waits to take the place of one in force. */
  #furtherThan(id: string): RecordOf<Kind> | undefined {
    return this.#own().find(({ directive }) => isFurther(directive) && directive.replaces === id);
  }

  /**
   * Whether one in force that would end in this minute anyway is taken back: whoever asks is told of a stop at once, and a level, which stays
   * when its directive ends, must not stay where it is stopped or does harm. What was done once is done.
   */
  #isStopped(record: RecordOf<Kind>): boolean {
    const isDone = record.directive.kind === 'restart' && record.ack?.applied === true;
    return isInForce(record) && !isDone && this.#takeBack(record, record.directive, (it) => undoing.has(it));
  }

  /**
   * @param wish what is called for of it
   * @returns whether a guardrail has taken it back
   */
  #takeBack(
    record: RecordOf<Kind>,
    wish: Proposal<Kind> = record.directive,
    isAsked: (it: Guardrail) => boolean = ({ takesBack }) => takesBack,
  ): boolean {
    const taking = this.#refusal(record.directive, this.#context(record), isAsked);
    if (!taking) return false;
    this.#hold(wish, taking);
    const { guardrail, why } = taking;
    const further = this.#furtherThan(record.directive.id);
    for (const it of [record, ...(further ? [further] : [])])
      this.#set(endDirective(it, { how: 'rolled_back', why, by: guardrail }, this.#hand.input.nowMs));
    return true;
  }

  /**
   * What was put off, or waited for an answer that nobody has to give any more, is something new when its turn comes: the mode and
   * all guardrails are asked, and while one of them refuses it waits on. A new one in its place would be put off by the same chance.
   * @returns whether it came into force
   */
  #release(waiting: RecordOf<Kind>, proposal: Proposal<Kind>): boolean {
    const context = this.#asNew(waiting);
    const refusal = this.#mode(proposal) === 'auto' ? this.#refusal(proposal, context) : modeRefusal(this.#name);
    const fewer = refusal && this.#fewer(proposal, refusal, context, []);
    if (refusal && !fewer) {
      this.#hold(proposal, refusal);
      return false;
    }
    const released = releaseDirective(waiting, fewer ?? proposal, this.#hand.input.nowMs);
    this.#set(released);
    this.#supersedeWaiting(released);
    return true;
  }

  /** As if it had not been proposed yet. */
  #asNew(waiting: RecordOf<Kind>): GuardrailContext {
    const { id } = waiting.directive;
    return {
      ...this.#context(null, waiting),
      recent: this.#recent().filter(({ directive }) => directive.id !== id),
    };
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
    const further = replaced && isFurther(replaced.directive) ? replaced.directive.replaces : undefined;
    const replaces = further === undefined ? {} : { replaces: further };
    const record = issueDirective(fewer ?? proposal, mode, input.nowMs, { holdOut, chosen, ...replaces });
    if (records.has(record.directive.id)) return false;
    this.#set(record);
    this.#supersedeWaiting(record);
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

  #refusal(
    proposal: Proposal<Kind>,
    context: GuardrailContext,
    isAsked: (it: Guardrail) => boolean = () => true,
  ): Refusal | null {
    const refusal = refusalOf(proposal as Action, context, this.#hand.guardrails.filter(isAsked));
    const replaces =
      context.current && isFurther(context.current.directive) ? context.current.directive.replaces : null;
    const inForce = replaces ? this.#hand.records.get(replaces) : undefined;
    return refusal ?? (inForce ? this.#refusalBeside(inForce, proposal, context, isAsked) : null);
  }

  /** What a question would take the place of is in force until the minute after somebody says yes: both together must leave enough. */
  #refusalBeside(
    inForce: DirectiveRecord,
    proposal: Proposal<Kind>,
    context: GuardrailContext,
    isAsked: (it: Guardrail) => boolean = () => true,
  ): Refusal | null {
    if (!isLive(inForce, this.#hand.input.nowMs)) return null;
    const beside = { ...context, live: [...context.live, inForce] };
    const asked = this.#hand.guardrails.filter((it) => leavesEnough.has(it) && isAsked(it));
    return refusalOf(proposal as Action, beside, asked);
  }

  #fewer(
    proposal: Proposal<Kind>,
    refusal: Refusal,
    context: GuardrailContext,
    concerned: readonly string[],
    refusalTo = (it: Proposal<Kind>) => this.#refusal(it, context),
  ): Proposal<Kind> | null {
    const mayBe = (it: Action) => refusalTo(it as Proposal<Kind>) === null;
    return fewerAgents(proposal as Action, refusal, context, mayBe, concerned) as Proposal<Kind> | null;
  }

  /**
   * What ends in this minute still counts in it, whatever the order in which things are decided, so that deciding again
   * comes to the same; but for what this kind does not call for any more, since what replaces it takes over its knobs.
   * @param isAsItBegan without what begins in this minute, and what changes in it as it was
   */
  #context(
    current: DirectiveRecord | null,
    replaced: DirectiveRecord | null = current,
    { isAsItBegan = false }: { isAsItBegan?: boolean } = {},
  ): GuardrailContext {
    const { input, fleet, records } = this.#hand;
    const live: DirectiveRecord[] = [];
    const aside = replaced?.directive;
    for (const record of records.values()) {
      const { id, kind, ended, was, replaces } = record.directive;
      const endsNow = ended?.atMs === input.nowMs && !(kind === this.#name && ended.by === 'cause gone');
      const isAside = aside !== undefined && (id === aside.id || id === aside.replaces || replaces === aside.id);
      if (isAside || !(endsNow || isLive(record, input.nowMs))) continue;
      const changed = was?.findLast(({ untilMs }) => untilMs === input.nowMs);
      const isNew = record.directive.issuedMs === input.nowMs;
      if (!isAsItBegan || !(isNew || changed)) live.push(record);
      if (changed) live.push(asItWas(record, changed.params));
    }
    return { ...input, recent: this.#recent(), live, current, fleet };
  }

  #live(): DirectiveRecord[] {
    return [...this.#hand.records.values()].filter((record) => isLive(record, this.#hand.input.nowMs));
  }

  #own(): RecordOf<Kind>[] {
    return this.#live().filter((record): record is RecordOf<Kind> => record.directive.kind === this.#name);
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

function isLevel(params: Directive['params']): boolean {
  return 'desired' in params && params.desired !== undefined;
}

const leavesEnough: ReadonlySet<Guardrail> = new Set([capacityBudget, healthyMajority]);

/** Those that look at what would be left at work, now. */
const protecting: ReadonlySet<Guardrail> = new Set([
  ...[stormBrake, healthyMajority, lastOfTaskType, capacityBudget, failoverDestination],
]);

const undoing: ReadonlySet<Guardrail> = new Set([killSwitch, maintenance, harm]);

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

/** Whether it asks to take the place of another, and has not got it yet. */
function isFurther({ replaces, inForceMs }: Directive): boolean {
  return replaces !== undefined && inForceMs === null;
}

/**
 * What a run that is repeated has decided already, and would take further a second time; and what a person approved after the minute, which
 * is in force since then, and is looked at in the next.
 */
function isDecided({ directive, approved }: DirectiveRecord, nowMs: EpochMs): boolean {
  return directive.renewedMs >= nowMs || (approved !== null && approved.atMs > nowMs);
}

function isLive(record: DirectiveRecord, nowMs: EpochMs): boolean {
  if (record.directive.ended !== null) return false;
  const status = statusAt(record, nowMs);
  return status === 'active' || status === 'proposed';
}
