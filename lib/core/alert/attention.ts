import { type Alert, severities } from './alert.ts';
import { inhibitedAlerts } from './inhibition.ts';
import { inhibitions } from './inhibitions.ts';

/**
 * What someone should look at first: the worst alert of each subject, worst first, the longest lasting before others. Of
 * alerts as severe as each other, those that another explains come last: so of one subject it is the cause that is told, not its sign.
 * @param firing alerts that fire now
 * @param limit how many at most
 */
export function needingAttention(firing: readonly Alert[], limit: number): Alert[] {
  const rank = ({ severity }: Alert) => severities.indexOf(severity);
  const explained = explainedAlerts(firing, (alert, by) => rank(by) <= rank(alert));
  const worstFirst = [...firing].sort(
    (a, b) => rank(a) - rank(b) || Number(explained.has(a.id)) - Number(explained.has(b.id)) || a.onsetMs - b.onsetMs,
  );
  const bySubject = new Map<string, Alert>();
  for (const alert of worstFirst) {
    const subject = JSON.stringify([
      alert.scope.pool,
      alert.scope.agent,
      ...(alert.scope.pool === undefined ? [alert.fingerprint] : []),
    ]);
    if (!bySubject.has(subject)) bySubject.set(subject, alert);
  }
  return [...bySubject.values()].slice(0, limit);
}

/** Ids of those that another one explains which fires as well. */
function explainedAlerts(firing: readonly Alert[], counts: (alert: Alert, by: Alert) => boolean): Set<string> {
  const byId = new Map(firing.map((alert) => [alert.id, alert]));
  const inhibited = inhibitedAlerts(firing, inhibitions, 0);
  const explained = firing.filter((alert) => {
    const by = byId.get(inhibited.get(alert.fingerprint) ?? '');
    return by !== undefined && counts(alert, by);
  });
  return new Set(explained.map(({ id }) => id));
}
