import type { AlertRecord } from '../alert/alert.ts';
import type { DirectiveRecord } from './directive.ts';
import { isHeldOut } from './hold-out.ts';

/**
 * Writes into each alert what was done or proposed about it, so that whoever is told of the alert is told that too.
 * @param alerts by fingerprint
 * @returns the same map where nothing changed for an alert, a new record where something did
 */
export function nameActions(
  alerts: ReadonlyMap<string, AlertRecord>,
  directives: Iterable<DirectiveRecord>,
): Map<string, AlertRecord> {
  const byCause = new Map<string, AlertRecord['alert']['actions']>();
  for (const { directive } of directives) {
    const { id, summary, undo } = directive;
    // What chance has put off has not been done.
    const mode = isHeldOut(directive) ? 'approve' : directive.mode;
    for (const cause of directive.causes) {
      byCause.set(cause, [...(byCause.get(cause) ?? []), { directive: id, summary, mode, undo }]);
    }
  }
  return new Map(
    [...alerts].map(([fingerprint, record]) => {
      const known = record.alert.actions;
      const isKnown = (id: string) => known.some(({ directive }) => directive === id);
      const added = (byCause.get(record.alert.id) ?? []).filter(({ directive }) => !isKnown(directive));
      if (added.length === 0) return [fingerprint, record];
      return [fingerprint, { ...record, alert: { ...record.alert, actions: [...known, ...added] } }];
    }),
  );
}
