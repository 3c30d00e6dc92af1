import type { Alert, AlertRecord } from '../alert/alert.ts';
import { type AlertAction, keptActions } from '../alert/alert-action.ts';
import type { EpochMs } from '../model/time.ts';
import type { DirectiveRecord } from './directive.ts';
import { endAt, leaseUntil, statusAt } from './directive-status.ts';
import { isHeldOut } from './hold-out.ts';

/**
 * Writes into each alert what was done or proposed about it and what became of that, so that whoever is told of the alert is told
 * that too. It is what answers the alert, and while it fires what is done to the agent that it is about.
 * @param alerts by fingerprint
 * @param directives of the last day: of others an alert keeps what is known
 * @returns the same map where nothing changed for an alert, a new record where something did
 */
export function nameActions(
  alerts: ReadonlyMap<string, AlertRecord>,
  directives: Iterable<DirectiveRecord>,
  nowMs: EpochMs,
): Map<string, AlertRecord> {
  const records = new Map([...directives].map((record) => [record.directive.id, record]));
  const byCause = new Map<string, DirectiveRecord[]>();
  const byAgent = new Map<string, DirectiveRecord[]>();
  for (const record of records.values()) {
    for (const cause of record.directive.causes) addTo(byCause, cause, record);
    const agent = agentOf(record);
    if (agent !== undefined) addTo(byAgent, agent, record);
  }
  const actions = new Map<string, AlertAction>();
  const actionOf = (record: DirectiveRecord) => {
    const { id } = record.directive;
    const action = actions.get(id) ?? wordedAction(record, nowMs);
    actions.set(id, action);
    return action;
  };
  const actionsOf = (alert: Alert) => {
    const ofAgent = alert.state === 'firing' ? (byAgent.get(alert.scope.agent ?? '') ?? []) : [];
    const about = [...(byCause.get(alert.id) ?? []), ...ofAgent.filter((record) => !wasOverBefore(record, alert))];
    const now = new Map(alert.actions.map((action) => [action.directive, action]));
    for (const id of now.keys()) {
      const record = records.get(id);
      if (record) now.set(id, actionOf(record));
    }
    for (const record of about) now.set(record.directive.id, actionOf(record));
    return keptActions([...now.values()]);
  };
  return new Map(
    [...alerts].map(([fingerprint, record]) => {
      const { alert } = record;
      const now = actionsOf(alert);
      if (areSame(alert.actions, now)) return [fingerprint, record];
      return [fingerprint, { ...record, alert: { ...alert, actions: now } }];
    }),
  );
}

function addTo(lists: Map<string, DirectiveRecord[]>, key: string, record: DirectiveRecord): void {
  const list = lists.get(key);
  if (list) list.push(record);
  else lists.set(key, [record]);
}

function agentOf({ directive: { params } }: DirectiveRecord): string | undefined {
  return 'agent' in params ? params.agent : undefined;
}

/** What was over when a trouble began has nothing to do with it. */
function wasOverBefore({ directive: { ended } }: DirectiveRecord, { onsetMs }: Alert): boolean {
  return ended !== null && ended.atMs < onsetMs;
}

/** Nothing in it changes while nothing happens to the directive: an alert is not to be saved each minute for what nobody reads. */
function wordedAction(record: DirectiveRecord, nowMs: EpochMs): AlertAction {
  const { directive, ack, approved, rejected, rolledBack } = record;
  const { id, summary, undo, kind, subject, inForceMs } = directive;
  // A no that was said since the minute ended is known by now.
  const knownMs = Math.max(nowMs, rejected?.atMs ?? nowMs, rolledBack?.atMs ?? nowMs);
  const status = statusAt(record, knownMs);
  const isPutOff = isHeldOut(directive);
  const end = status === 'proposed' || status === 'active' ? null : endAt(record, knownMs);
  return {
    ...{ directive: id, summary },
    // What chance has put off has not been done.
    mode: isPutOff ? 'approve' : directive.mode,
    ...{ undo, kind, subject, status, wasInForce: inForceMs !== null || approved !== null },
    ...(ack && { applied: ack.applied }),
    ...(status === 'proposed' && isPutOff && { isPutOff }),
    ...(status === 'proposed' && !isPutOff && directive.mode === 'approve' && { untilMs: leaseUntil(record) }),
    ...(end && { endedBecause: end.why }),
  };
}

function areSame(before: readonly AlertAction[], after: readonly AlertAction[]): boolean {
  return before.length === after.length && before.every((action, i) => isSame(action, after[i]!));
}

function isSame(one: AlertAction, other: AlertAction): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof AlertAction>;
  return [...names].every((name) => one[name] === other[name]);
}
