import type { Alert } from '../alert/alert.ts';
import type { EpochMs } from '../model/time.ts';
import type { DirectiveRecord } from './directive.ts';
import type { Action } from './guardrails/guardrail.ts';
import type { Policy } from './policy.ts';

/** How an action came to be chosen among those that may help against the fault that it answers. */
export interface ChosenPlay {
  /** Id of the alert rule. */
  fault: string;
  /** Whether it was the first choice, or came because another did not help, or beside it. */
  isFirst: boolean;
  /** How likely it was to be the first choice, 0..1. */
  propensity: number;
  /** Whether it was chosen to learn from. */
  explored: boolean;
  /** What the first play of the playbook would have earned in its place, as far as it is known; null where it is the same. */
  stake: { mean: number; variance: number } | null;
}

export interface Weighed {
  /** Why what was learned speaks against it now; else null. */
  held: string | null;
  /** null where it answers no fault that has plays. */
  chosen: ChosenPlay | null;
}

/** What was learned from earlier directives says of an action that no guardrail refuses, before it is begun. */
export type Experience = (
  action: Action,
  context: { firing: readonly Alert[]; live: readonly DirectiveRecord[]; policy: Policy; nowMs: EpochMs },
) => Weighed;
