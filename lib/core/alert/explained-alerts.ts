import type { Alert } from './alert.ts';

/** Alerts by the id of the one that explains them. */
export type ExplainedAlerts = ReadonlyMap<string, readonly Alert[]>;

export function explainedAlerts(alerts: Iterable<Alert>): ExplainedAlerts {
  const explained = new Map<string, Alert[]>();
  for (const alert of alerts) {
    const { inhibitedBy, state } = alert;
    if (inhibitedBy === null || state === 'pending') continue;
    const its = explained.get(inhibitedBy);
    if (its) its.push(alert);
    else explained.set(inhibitedBy, [alert]);
  }
  return explained;
}

/** What an alert explains, and what that explains in turn. */
export function explainedBy({ id }: Alert, explained: ExplainedAlerts): Alert[] {
  const found = new Map<string, Alert>();
  const next = [id];
  for (let source = next.pop(); source !== undefined; source = next.pop()) {
    for (const alert of explained.get(source) ?? []) {
      if (alert.id === id || found.has(alert.id)) continue;
      found.set(alert.id, alert);
      next.push(alert.id);
    }
  }
  return [...found.values()];
}
