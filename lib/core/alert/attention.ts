import { type Alert, severities } from './alert.ts';

/**
 * What someone should look at first: the worst alert of each subject, worst first, the longest lasting before others.
 * @param firing alerts that fire now
 * @param limit how many at most
 */
export function needingAttention(firing: readonly Alert[], limit: number): Alert[] {
  const worstFirst = [...firing].sort(
    (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || a.onsetMs - b.onsetMs,
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
