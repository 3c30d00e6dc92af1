import type { Effect, ExpectedEffect } from '../effect/effect.ts';
import type { EpochMs } from '../model/time.ts';
import type { Acknowledgement } from './acknowledgement.ts';
import type { Mode } from './action-class.ts';
import type { ChosenPlay } from './experience.ts';
import type { HoldOut } from './hold-out.ts';
import type { BreakerMemory, BreakerParams } from './kinds/breaker.ts';
import type { DegradeMemory, DegradeParams } from './kinds/degrade.ts';
import type { FailoverMemory, FailoverParams } from './kinds/failover.ts';
import type { RestartParams } from './kinds/restart.ts';
import type { RouteParams } from './kinds/route.ts';
import type { ScaleMemory, ScaleParams } from './kinds/scale.ts';
import type { TuneMemory, TuneParams } from './kinds/tune.ts';
import type { LaterEffect } from './later-effect.ts';

/** What each kind of directive says: a new kind is a member here, and a file that kinds/registry.ts then asks for. */
export interface DirectiveParams {
  route: RouteParams;
  scale: ScaleParams;
  breaker: BreakerParams;
  degrade: DegradeParams;
  failover: FailoverParams;
  restart: RestartParams;
  tune: TuneParams;
}

/** What a kind remembers of one of its directives from minute to minute, for itself. */
export interface DirectiveMemory {
  breaker: BreakerMemory;
  degrade: DegradeMemory;
  scale: ScaleMemory | null;
  failover: FailoverMemory;
  tune: TuneMemory;
}

export type DirectiveKindName = keyof DirectiveParams;

/** What a directive touches, at most. */
export interface BlastRadius {
  pool: string;
  /** Agents whose work changes by the directive. */
  agents: string[];
  /** Share of the pool's working slots that get less work or none, 0..1; what was lost already counts nothing. */
  capacityShare: number;
}

/** What a kind wants done about something, before anyone has asked whether it may be done. */
export interface Proposal<Kind extends DirectiveKindName> {
  kind: Kind;
  /** One directive of a kind is in force for a subject at a time: the pool, agent or tool that it sets. */
  subject: string;
  params: DirectiveParams[Kind];
  /** In a few words, for people: "route around conv-07". */
  summary: string;
  /** Ids of the alerts that it answers. */
  causes: string[];
  /** When what it answers began. */
  onsetMs: EpochMs;
  evidence: string[];
  expected: ExpectedEffect;
  blastRadius: BlastRadius;
  /** Whether it interrupts work or takes agents away, so that the pool's budget of such actions is asked. */
  isDisruptive: boolean;
  /** Independent signs that it is called for, in a few words each: some actions need two. */
  signals: string[];
  memory: Kind extends keyof DirectiveMemory ? DirectiveMemory[Kind] : null;
  /** What brings back the state before. */
  undo: string;
  /** Why it is to end now, where that is not because its cause is gone: that says nothing of whether it was needed. */
  over?: { by: EndedBy; why: string };
}

/**
 * What ended a directive: also the name of the guardrail that took it back, or a reason of its kind. Of a `tune`, `adopted`: what it
 * set goes on without it. Absent in those of earlier versions.
 */
export type EndedBy = 'person' | 'lease' | 'cause gone' | 'superseded' | 'harm' | 'mode' | 'adopted' | (string & {});

/** An instruction to the system that runs the agents, as the minute job decided it. */
export interface DirectiveOf<Kind extends DirectiveKindName> extends Proposal<Kind> {
  /** The same however often it is decided; orchestrators take it as the idempotency key. */
  id: string;
  mode: Mode;
  issuedMs: EpochMs;
  /** When params or lease last changed. */
  renewedMs: EpochMs;
  /** What it set before its params changed, in the last few minutes: in that minute it still counts. Absent before the first change. */
  was?: { params: DirectiveParams[Kind]; untilMs: EpochMs }[];
  /** When orchestrators had to be told of something else that it sets while it was in force, in the last three quarters of an hour, oldest first. */
  changedMs?: EpochMs[];
  /** What a person approved, once it has come to something else; absent before, and where nobody was asked. */
  granted?: Pick<Proposal<Kind>, 'params' | 'summary' | 'blastRadius'>;
  /** The summary with which it came into force; absent while it says that still. */
  began?: string;
  /** The one in force that it goes further than, and takes the place of if a person approves it. */
  replaces?: string;
  /** Unless it is renewed, the lease runs out then and what it set reverts. */
  leaseUntilMs: EpochMs;
  /** Since when it has been in force, as the minute job knows it; null while it waits for a person. */
  inForceMs: EpochMs | null;
  /** Why the minute job ended it before its lease ran out; null while it has not. */
  ended: { how: 'expired' | 'rolled_back'; atMs: EpochMs; why: string; by?: EndedBy } | null;
  /** Absent where it answers no fault that has plays. */
  chosen?: ChosenPlay;
  /** Absent where chance did not put it off. */
  holdOut?: HoldOut;
  effect: Effect;
  /** When its effect became known. Absent before that, and in those of earlier versions. */
  measuredMs?: EpochMs;
  /** What lasts is measured again; absent before. */
  later?: LaterEffect[];
}

export type Directive = { [Kind in DirectiveKindName]: DirectiveOf<Kind> }[DirectiveKindName];

/** What a person said. The first word counts. */
export interface Ruling {
  atMs: EpochMs;
  by: string;
  note: string | null;
  /** Of an approval, what stood there; absent in those of earlier versions. */
  of?: Pick<Directive, 'params' | 'summary' | 'blastRadius'>;
}

/** Something that happened to a directive and must be told: the id is the same however often it is worked out. */
export interface DirectiveTransition {
  id: string;
  what: 'proposed' | 'issued' | 'renewed' | 'ended' | 'measured';
  atMs: EpochMs;
}

/**
 * A directive and what others said of it. The minute job writes `directive` and `unsent`; orchestrators and people
 * write the rest. Nobody writes what another owns, so that no word is lost between them.
 */
export interface DirectiveRecord {
  directive: Directive;
  /** Transitions that the bus has not taken yet. */
  unsent: DirectiveTransition[];
  /** Of all words the one that counts: one that applied it is enough. */
  ack: Acknowledgement | null;
  /** The latest of each that spoke. */
  acks: readonly Acknowledgement[];
  approved: Ruling | null;
  rejected: Ruling | null;
  rolledBack: Ruling | null;
}
