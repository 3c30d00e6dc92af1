import type { AlertStore } from '../ports/alert-store.ts';
import type { EventBus } from '../ports/event-bus.ts';

/**
 * Sends what happened to alerts to the bus, and only then forgets that it is unsent: a crash in between sends it again
 * under the same id, so nothing is lost and receivers can tell.
 */
export async function publishTransitions(deps: { alerts: AlertStore; bus: EventBus }, system: string): Promise<void> {
  for (const record of (await deps.alerts.open(system)).values()) {
    if (record.unsent.length === 0) continue;
    await deps.bus.publish(record.unsent.map((transition) => ({ system, transition, alert: record.alert })));
    await deps.alerts.save(system, { ...record, unsent: [] });
  }
}
