import type { EpochMs } from '../model/time.ts';
import type { Mode } from '../remediate/action-class.ts';
import type { DirectiveKindName } from '../remediate/directive.ts';
import type { DirectiveStatus } from '../remediate/directive-status.ts';

/** What was done about an alert, or is proposed. What became of it is absent in alerts of earlier versions. */
export interface AlertAction {
  directive: string;
  summary: string;
  mode: Mode;
  undo: string;
  kind?: DirectiveKindName;
  /** What it sets: a pool, an agent or a tool. */
  subject?: string;
  status?: DirectiveStatus;
  /** Whether it has ever been in force. */
  wasInForce?: boolean;
  /** What those who carry it out answered; absent while nobody has. */
  applied?: boolean;
  /** Until when it waits for an approval; absent where it waits for as long as there is cause, and where it does not wait. */
  untilMs?: EpochMs;
  /** Whether chance has put it off: it waits for nobody. */
  isPutOff?: boolean;
  /** Why it is over, in words. */
  endedBecause?: string;
}

export function isProposed({ status, mode }: AlertAction): boolean {
  return status === undefined ? mode !== 'auto' : status === 'proposed';
}

/** Whether it is in force, as far as that is known. */
export function isDone({ status, mode }: AlertAction): boolean {
  return status === undefined ? mode === 'auto' : status === 'active' || status === 'approved';
}

/** Whether a person has to say something before it is done. */
export function asksPerson({ status, isPutOff }: AlertAction): boolean {
  return status === 'proposed' && !isPutOff;
}

/**
 * Each directive once: what is proposed now, then what is in force, then what is over; the newest first.
 * @param actions the oldest first
 */
export function byRelevance(actions: readonly AlertAction[]): AlertAction[] {
  const weight = (action: AlertAction) => (isProposed(action) ? 0 : isDone(action) ? 1 : 2);
  const distinct = new Map(actions.map((action) => [action.directive, action]));
  return inOrder(distinct.values())
    .reverse()
    .toSorted((one, other) => weight(one) - weight(other));
}

/** An alert tells of what is proposed or in force, and of so many that are over: an item may have 400 KB. */
const MAX_OVER = 30;

/** In the order in which they were decided, as an alert keeps them. */
export function keptActions(actions: readonly AlertAction[]): AlertAction[] {
  const sorted = inOrder(actions);
  const over = sorted.filter((action) => !isProposed(action) && !isDone(action));
  const dropped = new Set(over.slice(0, Math.max(0, over.length - MAX_OVER)));
  return dropped.size === 0 ? sorted : sorted.filter((action) => !dropped.has(action));
}

/** Ids of directives begin with the minute that they were decided in. */
function inOrder(actions: Iterable<AlertAction>): AlertAction[] {
  return [...actions].sort((one, other) => (one.directive < other.directive ? -1 : 1));
}
