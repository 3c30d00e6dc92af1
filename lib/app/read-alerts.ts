import type { Alert } from '../core/alert/alert.ts';
import { overWithItsAgent } from '../core/alert/over-with-its-agent.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { AlertStore } from '../ports/alert-store.ts';
import type { FleetStore } from '../ports/fleet-store.ts';

/** Longer than the minute job needs to end the alerts of an agent that was forgotten. */
const ENDED_BY_JOB_MS = 3_600_000;

/** Alerts that fired at some time in [fromMs, toMs), newest detection first; those of forgotten agents are over. */
export async function readAlerts(
  deps: { alerts: AlertStore; fleet: Pick<FleetStore, 'forgotten'> },
  system: string,
  fromMs: EpochMs,
  toMs: EpochMs,
): Promise<Alert[]> {
  const [alerts, forgotten] = await Promise.all([
    deps.alerts.history(system, fromMs, toMs),
    deps.fleet.forgotten(system, fromMs - ENDED_BY_JOB_MS),
  ]);
  return alerts
    .map((alert) => overWithItsAgent(alert, forgotten))
    .filter(({ resolvedMs, detectedMs }) => resolvedMs === null || resolvedMs > fromMs || detectedMs >= fromMs);
}
