import type { EpochMs } from '../model/time.ts';
import type { Alert } from './alert.ts';

/** What alerts can be chosen by; each value may have `*` for any number of characters. */
export const silenceMatchers = ['kind', 'severity', 'team', 'pool', 'agent', 'taskType', 'rule', 'alert'] as const;
export type SilenceMatcher = (typeof silenceMatchers)[number];

/** Keeps people from being told of some alerts for a while; the alerts themselves go on. */
export interface Silence {
  id: string;
  /** All that are given must match; at least one is. */
  matchers: Partial<Record<SilenceMatcher, string>>;
  fromMs: EpochMs;
  toMs: EpochMs;
  by: string;
  comment: string;
}

/** The first silence that is in force for an alert; null where none is. */
export function silenceOf(alert: Alert, silences: readonly Silence[], nowMs: EpochMs): Silence | null {
  return silences.find((silence) => isInForce(silence, nowMs) && doesMatch(silence, alert)) ?? null;
}

export function isInForce({ fromMs, toMs }: Pick<Silence, 'fromMs' | 'toMs'>, nowMs: EpochMs): boolean {
  return fromMs <= nowMs && nowMs < toMs;
}

function doesMatch({ matchers }: Silence, alert: Alert): boolean {
  const labels: Record<SilenceMatcher, string | null | undefined> = {
    ...{ kind: alert.kind, severity: alert.severity, team: alert.team, rule: alert.rule, alert: alert.id },
    ...{ pool: alert.scope.pool, agent: alert.scope.agent, taskType: alert.scope.taskType },
  };
  const given = silenceMatchers.filter((name) => matchers[name] !== undefined);
  return given.length > 0 && given.every((name) => matchesPattern(labels[name] ?? '', matchers[name] ?? ''));
}

function matchesPattern(value: string, pattern: string): boolean {
  const parts = pattern.split('*');
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return value === pattern;
  if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = value.indexOf(part, at);
    if (found < 0 || found + part.length > value.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
