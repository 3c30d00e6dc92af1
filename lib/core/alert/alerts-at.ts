import type { EpochMs } from '../model/time.ts';
import type { Alert } from './alert.ts';

/**
 * Some alerts as they are at a moment.
 * @returns those that fire then, and when the last of the others ended; null when none has
 */
export function alertsAt(
  alerts: readonly Alert[],
  nowMs: EpochMs,
): { firing: Alert[]; lastResolvedMs: EpochMs | null } {
  const firing: Alert[] = [];
  let lastResolvedMs: EpochMs | null = null;
  for (const alert of alerts) {
    if (alert.detectedMs > nowMs) continue;
    if (alert.resolvedMs === null || alert.resolvedMs > nowMs) firing.push(alert);
    else lastResolvedMs = Math.max(lastResolvedMs ?? 0, alert.resolvedMs);
  }
  return { firing, lastResolvedMs };
}
