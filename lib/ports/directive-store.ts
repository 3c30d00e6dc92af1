import type { EpochMs } from '../core/model/time.ts';
import type { Acknowledgement } from '../core/remediate/acknowledgement.ts';
import type { Directive, DirectiveRecord, DirectiveTransition, Ruling } from '../core/remediate/directive.ts';

export interface DirectiveStore {
  /** Directives with something still to come: not ended, not measured, or not told. */
  open(system: string): Promise<DirectiveRecord[]>;
  /**
   * Open ones, and those that were issued, ended or measured since, newest first: what a person ruled on has come into force or ended.
   * @param sinceMs within the last two days
   */
  recent(system: string, sinceMs: EpochMs): Promise<DirectiveRecord[]>;
  /** Directives issued in [fromMs, toMs), newest first. */
  history(system: string, fromMs: EpochMs, toMs: EpochMs): Promise<DirectiveRecord[]>;
  find(system: string, id: string): Promise<DirectiveRecord | null>;
  /**
   * Saves what the minute job owns; words of orchestrators and people, said in the meantime or before, stay.
   * @param isOpen whether it stays among the open ones
   * @param fence of the writer's lease
   * @returns false when a later lease holder has saved it
   * @throws TooLargeError when there is no room for it; then it stays as it was
   */
  save(
    system: string,
    directive: Directive,
    unsent: readonly DirectiveTransition[],
    isOpen: boolean,
    fence: number,
  ): Promise<boolean>;
  /**
   * The latest word of each that speaks stays, as far as there is room for it: see roomFor.
   * @returns null when there is no such directive
   */
  acknowledge(system: string, id: string, ack: Acknowledgement): Promise<DirectiveRecord | null>;
  /** The first word counts, of a yes and a no too: the record shows whose it was. @returns null when there is no such directive */
  rule(
    system: string,
    id: string,
    what: 'approved' | 'rejected' | 'rolledBack',
    ruling: Ruling,
  ): Promise<DirectiveRecord | null>;
  /** Grows whenever orchestrators should look again. */
  version(system: string): Promise<number>;
  bumpVersion(system: string): Promise<void>;
}
