import type { Alert, AlertTransition } from './alert.ts';
import { alertText, ascii, headlineOf, shortAlertText } from './alert-text.ts';

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

/** Words a transition of an alert for every kind of receiver. */
export function notificationFor(system: string, alert: Alert, transition: AlertTransition): Notification {
  return {
    id: transition.id,
    subject: ascii(headlineOf(alert, transition), 100),
    short: shortAlertText(alert, transition, 140),
    text: alertText(system, alert, transition),
    json: JSON.stringify({ version: 1, system, transition: transition.state, ...alertForMachines(alert) }),
    attributes: {
      severity: alert.severity,
      kind: alert.kind,
      state: transition.state,
      pool: alert.scope.pool,
      team: alert.team ?? 'none',
    },
  };
}

/** The alert with moments in ISO 8601, as the API gives it. */
export function alertForMachines(alert: Alert): Record<string, unknown> {
  const { onsetMs, detectedMs, resolvedMs, changes, actions, rule: _rule, ...rest } = alert;
  return {
    ...rest,
    onsetAt: iso(onsetMs),
    detectedAt: iso(detectedMs),
    ...(resolvedMs === null ? {} : { resolvedAt: iso(resolvedMs) }),
    changes: changes.map(({ id, event: { type: _type, atMs, ...change } }) => ({ id, at: iso(atMs), ...change })),
    directives: actions.map(({ directive }) => directive),
    actions,
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
