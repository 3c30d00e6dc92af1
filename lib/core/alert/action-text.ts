import type { EpochMs } from '../model/time.ts';
import { type AlertAction, byRelevance, isDone, isProposed } from './alert-action.ts';
import type { Notice } from './alert-group.ts';

/** Actions that a text names; the rest is counted. */
export const NAMED_ACTIONS = 4;

/** What a notice says of what was done or is proposed, by relevance. */
export function noticeActions({ actions, alerts }: Notice): AlertAction[] {
  return actions ?? byRelevance(alerts[0]?.actions ?? []);
}

/** The same in lines of text. */
export function actionLines(notice: Notice): string[] {
  const actions = noticeActions(notice);
  if (actions.length === 0) return ['Done: nothing by Fleetpulse'];
  const left = (notice.actionCount ?? actions.length) - NAMED_ACTIONS;
  const lines = actions.slice(0, NAMED_ACTIONS).map(actionText);
  return left > 0 ? [...lines, `and ${left} more that Fleetpulse did or proposed`] : lines;
}

/** What may be said to an action now, or what became of it. */
function actionText(action: AlertAction): string {
  const { directive, applied, status, untilMs } = action;
  const call = `POST /v1/directives/${directive}`;
  const notes = [`directive ${directive}`];
  if (isProposed(action)) {
    if (untilMs !== undefined) notes.push(`until ${timeOfDay(untilMs)}`);
    notes.push(`approve: ${call}/approve`);
  } else if (isDone(action)) {
    if (applied === true) notes.push('applied');
    // Of those of earlier versions nobody knows.
    if (applied === undefined && status !== undefined) notes.push('not acknowledged yet');
    notes.push(`undo: ${call}/rollback`);
  }
  return `${actionInShort(action)}${becauseOf(action)} (${notes.join('; ')})`;
}

/** What it is and how far it has come. */
export function actionInShort(action: AlertAction): string {
  const { summary, applied, wasInForce } = action;
  if (isProposed(action)) return `Proposed: ${summary}`;
  if (isDone(action)) return applied === false ? `In force, but not applied: ${summary}` : `Done: ${summary}`;
  return wasInForce ? `Was done: ${summary}` : `Was proposed: ${summary}`;
}

/** What people are asked for, and until when. */
export function waitsForYou({ summary, untilMs }: AlertAction): string {
  return `Waits for you${untilMs === undefined ? '' : `, until ${timeOfDay(untilMs)}`}: ${summary}`;
}

function becauseOf(action: AlertAction): string {
  const { status, endedBecause, wasInForce } = action;
  if (isProposed(action) || isDone(action)) return '';
  const why = endedBecause === undefined ? '' : `: ${endedBecause}`;
  if (wasInForce) return `, which ended${why}`;
  if (status === 'rejected') return `, ${endedBecause ?? 'rejected'}`;
  return `, ${status === 'expired' ? 'expired' : 'withdrawn'}${why}`;
}

/** "01:53 UTC" */
function timeOfDay(ms: EpochMs): string {
  return `${new Date(ms).toISOString().slice(11, 16)} UTC`;
}
