import type { Alert } from './answers.ts';

/** Alerts as they stood at a moment: what was noticed or resolved only later had not happened yet. */
export function alertsAsOf(alerts: readonly Alert[], atMs: number): Alert[] {
  return alerts
    .filter(({ detectedAt }) => Date.parse(detectedAt) <= atMs)
    .map((alert) => {
      const { resolvedAt, ...rest } = alert;
      return resolvedAt !== undefined && Date.parse(resolvedAt) > atMs ? { ...rest, state: 'firing' } : alert;
    });
}
