import type { Directive, DirectiveRecord } from '../core/remediate/directive.ts';
import { leaseUntil } from '../core/remediate/directive-status.ts';
import type { AlertStore } from '../ports/alert-store.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';
import type { EventBus } from '../ports/event-bus.ts';
import { type SaveDirectiveDeps, saveDirective } from './save-directive.ts';

const ALERTS_TOGETHER = 50;

/**
 * Sends what happened to alerts and directives to the bus, and only then forgets that it is unsent: a crash in between
 * sends it again under the same id, so nothing is lost and receivers can tell.
 * @param fence of the run's lease: one that was overtaken leaves the rest to the other
 */
export async function publishTransitions(
  deps: Pick<SaveDirectiveDeps, 'tellUnsaved'> & { alerts: AlertStore; directives: DirectiveStore; bus: EventBus },
  system: string,
  fence: number,
): Promise<void> {
  const unsaid = [...(await deps.alerts.open(system)).values()].filter(({ unsent }) => unsent.length > 0);
  for (let i = 0; i < unsaid.length; i += ALERTS_TOGETHER) {
    const records = unsaid.slice(i, i + ALERTS_TOGETHER);
    // Here and not by the run that decided it, which may have been overtaken: who looks an alert up finds it, and one that
    // was replaced by a later run's is not left over.
    await Promise.all(records.map(({ alert }) => deps.alerts.enter(system, alert)));
    await deps.bus.publish(
      records.flatMap(({ unsent, alert }) => unsent.map((transition) => ({ system, transition, alert }))),
    );
    // Open all of them: the next run of the minute job takes away what is over.
    const saved = records.map((record) => deps.alerts.save(system, { ...record, unsent: [] }, true, fence));
    if ((await Promise.all(saved)).includes(false)) return;
  }
  // After the alerts, so that whoever is told of one finds it.
  for (const group of (await deps.alerts.groups(system)).values()) {
    if (group.unsent.length === 0) continue;
    await deps.bus.publish(group.unsent.map((notice) => ({ system, notice })));
    if (!(await deps.alerts.saveGroup(system, { ...group, unsent: [] }, fence))) return;
  }
  const untold = (await deps.directives.open(system)).filter(({ unsent }) => unsent.length > 0);
  // First, so that a crash after it lets orchestrators look once too often, never once too seldom.
  if (untold.length > 0) await deps.directives.bumpVersion(system);
  for (const record of untold) {
    const directive = asTold(record);
    await deps.bus.publish(record.unsent.map((transition) => ({ system, transition, directive })));
    if (!(await saveDirective(deps, system, { ...record, unsent: [] }, fence))) return;
  }
}

/**
 * Who is told sees no approval beside the directive: the lease is the one that it leads to. What it set before, and what it was approved as, is
 * for the minute job alone, and an event has no room for a large pool three times.
 */
function asTold(record: DirectiveRecord): Directive {
  const { was: _, granted: __, changedMs: ___, ...directive } = record.directive;
  return { ...directive, leaseUntilMs: leaseUntil(record) } as Directive;
}
