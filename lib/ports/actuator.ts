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
  /** `not-concerned`: it has nothing that the directive is about, or nothing is to be taken back. */
  status: 'done' | 'would-do' | 'not-concerned';
  /** What was done, would be, or why nothing was, in words. */
  detail: string;
  /** What is really there afterwards. Absent where it cannot be looked at: it then stays open whether it was applied. */
  readBack?: ReadBack;
}

export interface ReadBack {
  /** In words. */
  observed: string;
  /** Whether that is what was asked for. */
  matches: boolean;
}

/** Carries directives to whatever runs the agents. */
export interface Actuator {
  name: string;
  /** @throws when the other side refused or did not answer; asking again is safe */
  actuate(actuation: Actuation): Promise<ActuationOutcome>;
}

/** Tasks of a service, or executions reserved for a function; null where nothing is reserved. */
export type Level = number | null;

/** Keeps what levels directives found and set, so that what was there can be brought back, and what others set is left. */
export interface ActuatorMemory {
  /** Before anything is changed; the first word for an id counts. */
  keepFound(id: string, found: Level, nowMs: number): Promise<void>;
  /** After it was set; the last word for an id counts. */
  keepSet(id: string, level: Level): Promise<void>;
  /** @returns null where nothing was found, without `set` where nothing was set, or that it was is not known */
  recall(id: string): Promise<{ found: Level; set?: Level } | null>;
}
