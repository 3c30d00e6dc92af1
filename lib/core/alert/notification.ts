import { noticeActions } from './action-text.ts';
import type { Alert } from './alert.ts';
import type { AlertAction } from './alert-action.ts';
import type { Notice } from './alert-group.ts';
import { ascii, noticeHeadline, noticeText, shortNoticeText } from './alert-text.ts';

/** One message in the forms its receivers read, and the attributes they filter by. */
export interface Notification {
  id: string;
  /** At most 100 ASCII characters, as e-mail subjects must be. */
  subject: string;
  /** For e-mail. */
  text: string;
  /** For SMS: at most 140 ASCII characters. */
  short: string;
  /** For machines. */
  json: string;
  attributes: { severity: string; kind: string; state: string; pool: string; team: string };
}

/**
 * Words a notice for every kind of receiver. Machines get its worst alert as if it were the only one, and all that it tells
 * of in `notice`.
 */
export function notificationFor(system: string, notice: Notice): Notification {
  const { id, state, alerts, reason, escalation, size, firing, inhibited, repeatsMs, group } = notice;
  const [worst] = alerts;
  if (!worst) throw new RangeError('a notice tells of an alert');
  const told = {
    ...{ id, group, reason, escalation, size, firing, inhibited },
    repeatsAt: repeatsMs === null ? null : iso(repeatsMs),
    alerts: alerts.map(({ id, title, scope, fingerprint }) => ({ id, title, scope, fingerprint })),
    actions: noticeActions(notice).map(actionForMachines),
  };
  return {
    id,
    subject: ascii(noticeHeadline(notice), 100),
    short: shortNoticeText(notice, 140),
    text: noticeText(system, notice),
    json: JSON.stringify({ version: 1, system, transition: state, ...alertForMachines(worst), notice: told }),
    attributes: noticeAttributes(notice),
  };
}

/** What subscriptions filter by. */
export function noticeAttributes({ state, labels }: Notice): Notification['attributes'] {
  const { severity, kind, pool, team } = labels;
  return { severity, kind, state, pool: pool ?? 'none', team: team ?? 'none' };
}

/** The alert with moments in ISO 8601, as the API gives it. */
export function alertForMachines(alert: Alert): Record<string, unknown> {
  const { onsetMs, detectedMs, resolvedMs, exhaustsMs, changes, actions, acknowledged, ...rest } = alert;
  return {
    ...rest,
    onsetAt: iso(onsetMs),
    detectedAt: iso(detectedMs),
    ...(resolvedMs === null ? {} : { resolvedAt: iso(resolvedMs) }),
    ...(exhaustsMs === undefined ? {} : { exhaustsAt: iso(exhaustsMs) }),
    acknowledged: acknowledged && { by: acknowledged.by, note: acknowledged.note, at: iso(acknowledged.atMs) },
    changes: changes.map(({ id, event: { type: _type, atMs, ...change } }) => ({ id, at: iso(atMs), ...change })),
    directives: actions.map(({ directive }) => directive),
    actions: actions.map(actionForMachines),
  };
}

function actionForMachines({ untilMs, ...action }: AlertAction): Record<string, unknown> {
  return { ...action, ...(untilMs === undefined ? {} : { until: iso(untilMs) }) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
