import { type Alert, LONGEST_ALERT_MS } from '../core/alert/alert.ts';
import { overWithItsAgent } from '../core/alert/over-with-its-agent.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { AlertStore } from '../ports/alert-store.ts';
import type { AlertWordStore } from '../ports/alert-word-store.ts';
import type { FleetStore } from '../ports/fleet-store.ts';

/** Longer than the minute job needs to end the alerts of an agent that was forgotten. */
const ENDED_BY_JOB_MS = 3_600_000;

/** Alerts that fired at some time in [fromMs, toMs), newest detection first; those of forgotten agents are over. */
export async function readAlerts(
  deps: { alerts: AlertStore; words: Pick<AlertWordStore, 'marks'>; fleet: Pick<FleetStore, 'forgotten'> },
  system: string,
  fromMs: EpochMs,
  toMs: EpochMs,
): Promise<Alert[]> {
  const [alerts, marks, forgotten] = await Promise.all([
    deps.alerts.history(system, fromMs, toMs),
    deps.words.marks(system, fromMs - LONGEST_ALERT_MS),
    deps.fleet.forgotten(system, fromMs - ENDED_BY_JOB_MS),
  ]);
  return alerts
    .map((alert) => overWithItsAgent(alert, forgotten))
    .map((alert) => ({ ...alert, acknowledged: marks.get(alert.id)?.acknowledged ?? alert.acknowledged ?? null }))
    .filter(({ resolvedMs, detectedMs }) => resolvedMs === null || resolvedMs > fromMs || detectedMs >= fromMs);
}

/** Alerts whose condition holds, but not for long enough yet to wake anyone; newest first. */
export async function readPendingAlerts(deps: { alerts: AlertStore }, system: string): Promise<Alert[]> {
  const open = [...(await deps.alerts.open(system)).values()];
  const pending = open.map(({ alert }) => alert).filter(({ state }) => state === 'pending');
  return pending.sort((a, b) => b.detectedMs - a.detectedMs);
}
