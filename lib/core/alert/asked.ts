import { type EpochMs, MINUTE_MS } from '../model/time.ts';
import { LONGEST_ALERT_MS, severities } from './alert.ts';
import type { AlertAction } from './alert-action.ts';
import type { AlertGroup } from './alert-group.ts';

/** What is proposed anew each quarter of an hour is news at most so often. */
const ASKED_AGAIN_MS = 60 * MINUTE_MS;

/** Whether those who are told of a group have been asked for that, by it or by one of theirs that is as bad. */
export function wasAsked(
  action: AlertAction,
  { labels }: AlertGroup,
  groups: Iterable<AlertGroup>,
  nowMs: EpochMs,
): boolean {
  for (const { asked = {}, labels: its } of groups) {
    const last = asked[subjectOf(action)];
    if (!last || severities.indexOf(its.severity) > severities.indexOf(labels.severity)) continue;
    if (its.team !== labels.team || its.pool !== labels.pool) continue;
    if (last.directive === action.directive || nowMs - last.atMs < ASKED_AGAIN_MS) return true;
  }
  return false;
}

/** What a group remembers after notices that ask for that. */
export function askedAfter(
  { asked = {} }: AlertGroup,
  actions: readonly AlertAction[],
  nowMs: EpochMs,
): NonNullable<AlertGroup['asked']> {
  const recent = Object.entries(asked).filter(([, { atMs }]) => nowMs - atMs < LONGEST_ALERT_MS);
  const now = actions.map((action) => [subjectOf(action), { directive: action.directive, atMs: nowMs }] as const);
  return Object.fromEntries([...recent, ...now]);
}

/** What is proposed anew is another directive about the same. */
function subjectOf({ kind, subject }: AlertAction): string {
  return `${kind} ${subject}`;
}
