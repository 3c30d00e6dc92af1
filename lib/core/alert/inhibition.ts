import { type EpochMs, MINUTE_MS } from '../model/time.ts';
import type { Alert, AlertScope } from './alert.ts';

/**
 * While an alert of `source` fires, those of `targets` that it explains are told to nobody: those with the same `equal`, or
 * those about subjects that it lists itself.
 */
export interface Inhibition {
  source: string;
  targets: readonly string[];
  equal: readonly (keyof AlertScope)[] | 'explained';
  /** Of those whose onsets are at most so far apart; of any without it. */
  onsetsWithinMs?: number;
}

/** What an alert explained may end so much later than it. */
const AFTERMATH_MS = 5 * MINUTE_MS;

/**
 * @param alerts in any order; those that fire inhibit, and for a few minutes those that have ended what began before
 * @returns the id of the alert that explains another, by the other's fingerprint
 */
export function inhibitedAlerts(
  alerts: readonly Alert[],
  inhibitions: readonly Inhibition[],
  nowMs: EpochMs,
): Map<string, string> {
  const inhibited = new Map<string, string>();
  const explaining = alerts.filter(
    ({ state, resolvedMs }) => state === 'firing' || (state === 'resolved' && nowMs - (resolvedMs ?? 0) < AFTERMATH_MS),
  );
  const byRule = Map.groupBy(explaining, ({ rule }) => rule);
  for (const { source, targets, equal, onsetsWithinMs = Number.POSITIVE_INFINITY } of inhibitions) {
    const sources = byRule.get(source) ?? [];
    if (sources.length === 0) continue;
    const sourceOf = equal === 'explained' ? explainedBy(sources) : withSame(sources, equal);
    for (const target of targets.flatMap((rule) => byRule.get(rule) ?? [])) {
      const by = target.state === 'firing' ? sourceOf(target) : undefined;
      if (!by || by === target || inhibited.has(target.fingerprint)) continue;
      if (Math.abs(by.onsetMs - target.onsetMs) > onsetsWithinMs) continue;
      if (by.state === 'firing' || target.detectedMs <= (by.resolvedMs ?? 0)) inhibited.set(target.fingerprint, by.id);
    }
  }
  return inhibited;
}

type SourceOf = (target: Alert) => Alert | undefined;

function withSame(sources: readonly Alert[], names: readonly (keyof AlertScope)[]): SourceOf {
  const subjectOf = ({ scope }: Alert) => names.map((name) => scope[name] ?? '').join('\n');
  // Of several, one that fires.
  const ordered = sources.toSorted((a, b) => Number(a.state === 'firing') - Number(b.state === 'firing'));
  const bySubject = new Map(ordered.map((alert) => [subjectOf(alert), alert]));
  return (target) => bySubject.get(subjectOf(target));
}

function explainedBy(sources: readonly Alert[]): SourceOf {
  const ordered = sources.toSorted((a, b) => Number(b.state === 'firing') - Number(a.state === 'firing'));
  return ({ scope }) => ordered.find(({ explains = [] }) => explains.some((of) => includes(of, scope)));
}

/** A pool includes its agents; the whole system is itself alone. */
function includes(of: AlertScope, scope: AlertScope): boolean {
  const names = Object.keys(of) as (keyof AlertScope)[];
  return names.length === 0 ? Object.keys(scope).length === 0 : names.every((name) => scope[name] === of[name]);
}
