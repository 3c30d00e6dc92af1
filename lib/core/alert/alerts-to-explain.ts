import type { CauseMeasure } from '../cause/cause-input.ts';
import type { Stretch } from '../cause/cause-window.ts';
import type { Explanation } from '../cause/explain.ts';
import { type Minute, minuteOf } from '../model/time.ts';
import { type Alert, type AlertRecord, severities } from './alert.ts';
import type { AlertGroup } from './alert-group.ts';
import { ruleOf } from './rules/registry.ts';

/** An alert that has begun to fire, and the minutes that its causes are looked for in. */
export interface AlertToExplain {
  alert: Alert;
  measures: readonly CauseMeasure[];
  /** From its onset through the minute in which it fired, the last quarter of an hour of it at most. */
  now: Stretch;
  /** A quarter of an hour that ends a minute before the onset: onsets are known to a minute. */
  before: Stretch;
}

const WINDOW_MINUTES = 15;
/** A run reads no more than so many minutes: the alerts that are the least bad go without. */
const MOST_MINUTES = 60;

/**
 * Those that have begun to fire, or fire again, since the records were saved, and whose rules tell of tasks that end badly
 * or take longer. One that is repeated after a crash finds nothing to explain of what was saved.
 * @param saved by fingerprint
 * @returns the worst first
 */
export function alertsToExplain(
  saved: ReadonlyMap<string, AlertRecord>,
  records: Iterable<AlertRecord>,
): AlertToExplain[] {
  const fired = [...records].flatMap((record): AlertToExplain | [] => {
    const { alert } = record;
    const { measures = [] } = ruleOf(alert.rule) ?? {};
    return measures.length > 0 && isNews(saved.get(alert.fingerprint)?.alert, alert)
      ? { alert, measures, ...windowsOf(record) }
      : [];
  });
  const minutes = new Set<Minute>();
  return fired.toSorted(byWeight).filter(({ now, before }) => {
    const all = new Set([...minutes, ...minutesOf(now), ...minutesOf(before)]);
    if (all.size > MOST_MINUTES) return false;
    for (const minute of all) minutes.add(minute);
    return true;
  });
}

export function minutesOf({ from, through }: Stretch): Minute[] {
  return Array.from({ length: through - from + 1 }, (_, i) => from + i);
}

/** The alert with what is behind it; what its rule knows goes first. */
export function withExplanation(alert: Alert, { causes, layer }: Explanation): Alert {
  const own = alert.causes ?? [];
  const isKnown = ({ dimension, id }: Explanation['causes'][number]) =>
    own.some((it) => it.dimension === dimension && it.id === id);
  const all = [...own, ...causes.filter((cause) => !isKnown(cause))].slice(0, MOST_CAUSES);
  return {
    ...alert,
    ...(all.length > 0 ? { causes: all } : {}),
    ...(layer === undefined || alert.layer !== undefined ? {} : { layer }),
  };
}

/** The group with more said of an alert in the notices that are yet to be sent of it; of the others a notice says no causes. */
export function groupWith(group: AlertGroup, more: (alert: Alert) => Alert): AlertGroup {
  const unsent = group.unsent.map((notice) => {
    const [worst, ...others] = notice.alerts;
    const told = worst && more(worst);
    return told && told !== worst ? { ...notice, alerts: [told, ...others] } : notice;
  });
  return unsent.every((notice, i) => notice === group.unsent[i]) ? group : { ...group, unsent };
}

const MOST_CAUSES = 3;

/** Whether it has begun to fire, or fires again, since it was saved. */
export function isNews(saved: Alert | undefined, { id, state, reopened }: Alert): boolean {
  return state !== 'pending' && (saved?.id !== id || saved.state === 'pending' || saved.reopened !== reopened);
}

function windowsOf({ alert, unsent }: AlertRecord): Pick<AlertToExplain, 'now' | 'before'> {
  const firedMs = unsent.findLast(({ state }) => state === 'firing')?.atMs ?? alert.detectedMs;
  const [onset, through] = [minuteOf(alert.onsetMs), minuteOf(firedMs) - 1];
  const last = onset - 2;
  return {
    now: { from: Math.min(through, Math.max(onset, through - WINDOW_MINUTES + 1)), through },
    before: { from: last - WINDOW_MINUTES + 1, through: last },
  };
}

function byWeight({ alert: one }: AlertToExplain, { alert: other }: AlertToExplain): number {
  return (
    Number(one.inhibitedBy !== null) - Number(other.inhibitedBy !== null) ||
    severities.indexOf(one.severity) - severities.indexOf(other.severity) ||
    (one.fingerprint < other.fingerprint ? -1 : 1)
  );
}
