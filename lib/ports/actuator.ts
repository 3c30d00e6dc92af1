import type { Directive } from '../core/remediate/directive.ts';

/** What an actuator is asked to bring about. */
export interface Actuation {
  system: string;
  /** The same for every repetition of one request: carried out once, or again without further effect. */
  id: string;
  /** Bring the directive into force (also after a renewal), or take it back. */
  verb: 'apply' | 'revert';
  directive: Directive;
  /** Say what would be done, and do nothing. */
  dryRun: boolean;
}

export interface ActuationOutcome {
  status: 'done' | 'would-do';
  /** What was done or would be, in words. */
  detail: string;
}

/** Carries directives to whatever runs the agents. */
export interface Actuator {
  name: string;
  /** @throws when the other side refused or did not answer; asking again is safe */
  actuate(actuation: Actuation): Promise<ActuationOutcome>;
}
