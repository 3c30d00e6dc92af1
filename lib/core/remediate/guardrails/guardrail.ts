import type { Minute } from '../../model/time.ts';
import type { DirectiveKindName, DirectiveRecord, Proposal } from '../directive.ts';
import type { DecisionContext } from '../directive-kind.ts';
import type { Experience } from '../experience.ts';
import type { Policy } from '../policy.ts';
import type { FleetCondition } from './fleet-condition.ts';

/** A proposal, or a directive, of any kind. */
export type Action = { [Kind in DirectiveKindName]: Proposal<Kind> }[DirectiveKindName];

/** What is known when a minute is decided, beside what kinds may know. */
export interface DecisionInput extends Omit<DecisionContext, 'live'> {
  policy: Policy;
  /** Absent: nothing was learned. */
  experience?: Experience;
  /** The first minute of those that the job has run without a gap; absent: for long. */
  runningFrom?: Minute;
}

/** All that a guardrail may look at. `live` is without the directive that the proposal would renew. */
export interface GuardrailContext extends DecisionInput, DecisionContext {
  fleet: FleetCondition;
  /** The directive in force or waiting that the proposal would widen; null for a new one. */
  current: DirectiveRecord | null;
}

/** One reason not to act. */
export interface Guardrail {
  /** As documents and people know it. */
  name: string;
  /**
   * Whether what is in force and meets it is taken back. Else it only keeps new ones from being issued and those that are
   * there from being widened: taking back is an action too.
   */
  takesBack: boolean;
  /** @returns why a proposal must not be carried out now; null when nothing speaks against it */
  refuse(proposal: Action, context: GuardrailContext): string | null;
}

export interface Refusal {
  guardrail: string;
  takesBack: boolean;
  why: string;
}
