import type { Alert, AlertScope } from './alert.ts';

/** While an alert of `source` fires, those of `targets` with the same `equal` are explained by it and told to nobody. */
export interface Inhibition {
  source: string;
  targets: readonly string[];
  equal: readonly (keyof AlertScope)[];
}

/**
 * @param alerts in any order; only those that fire inhibit
 * @returns the id of the alert that explains another, by the other's fingerprint
 */
export function inhibitedAlerts(alerts: readonly Alert[], inhibitions: readonly Inhibition[]): Map<string, string> {
  const inhibited = new Map<string, string>();
  const firing = alerts.filter(({ state }) => state === 'firing');
  const byRule = Map.groupBy(firing, ({ rule }) => rule);
  for (const { source, targets, equal } of inhibitions) {
    const bySubject = new Map((byRule.get(source) ?? []).map((alert) => [subjectOf(alert, equal), alert]));
    if (bySubject.size === 0) continue;
    for (const target of targets.flatMap((rule) => byRule.get(rule) ?? [])) {
      const by = bySubject.get(subjectOf(target, equal));
      if (by && by !== target && !inhibited.has(target.fingerprint)) inhibited.set(target.fingerprint, by.id);
    }
  }
  return inhibited;
}

function subjectOf({ scope }: Alert, equal: readonly (keyof AlertScope)[]): string {
  return equal.map((name) => scope[name] ?? '').join('\n');
}
