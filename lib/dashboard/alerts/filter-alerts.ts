import type { Alert } from '../answers.ts';
import type { View } from '../view.ts';

export type AlertFilter = Pick<View, 'severity' | 'kind' | 'alertState' | 'pool'>;
export type FilterName = keyof AlertFilter;

const labelOf: Readonly<Record<FilterName, (alert: Alert) => string | undefined>> = {
  severity: ({ severity }) => severity,
  kind: ({ kind }) => kind,
  alertState: ({ state }) => state,
  pool: ({ scope }) => scope.pool,
};

const names = Object.keys(labelOf) as FilterName[];

/** The alerts that all filters let through. */
export function filterAlerts(alerts: readonly Alert[], filter: AlertFilter): Alert[] {
  return alerts.filter((alert) =>
    names.every((name) => filter[name] === null || labelOf[name](alert) === filter[name]),
  );
}

/**
 * What one filter can be set to, with how many alerts each choice would show beside the other filters; what it is set to
 * is among them, even where it shows none.
 */
export function choicesOf(
  alerts: readonly Alert[],
  filter: AlertFilter,
  name: FilterName,
): { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const alert of alerts) counts.set(labelOf[name](alert) ?? '', 0);
  const chosen = filter[name];
  if (chosen !== null) counts.set(chosen, 0);
  counts.delete('');
  for (const alert of filterAlerts(alerts, { ...filter, [name]: null })) {
    const value = labelOf[name](alert);
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => a.value.localeCompare(b.value, 'en', { numeric: true }));
}
