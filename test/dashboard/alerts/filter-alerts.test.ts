import { describe, expect, test } from 'vitest';
import { type AlertFilter, choicesOf, filterAlerts } from '../../../lib/dashboard/alerts/filter-alerts.ts';
import { alertWith } from '../alerts.ts';

const none: AlertFilter = { severity: null, kind: null, alertState: null, pool: null };

const alerts = [
  alertWith({ id: 'dead', severity: 'critical', kind: 'system_failure', scope: { pool: 'writers' } }),
  alertWith({ id: 'slow', severity: 'high', kind: 'latency_increase', scope: { pool: 'writers' }, state: 'resolved' }),
  alertWith({ id: 'all', severity: 'high', kind: 'anomaly', scope: {} }),
];
const idsOf = (filter: Partial<AlertFilter>) => filterAlerts(alerts, { ...none, ...filter }).map(({ id }) => id);

describe('alerts that all filters let through', () => {
  test.each([
    { filter: {}, ids: ['dead', 'slow', 'all'] },
    { filter: { severity: 'high' }, ids: ['slow', 'all'] },
    { filter: { severity: 'high', alertState: 'firing' }, ids: ['all'] },
    { filter: { pool: 'writers' }, ids: ['dead', 'slow'] },
    { filter: { kind: 'anomaly', pool: 'writers' }, ids: [] },
  ])('$filter', ({ filter, ids }) => {
    expect(idsOf(filter)).toEqual(ids);
  });
});

describe('what a filter can be set to', () => {
  test('has how many alerts each choice would show beside the other filters', () => {
    expect(choicesOf(alerts, { ...none, pool: 'writers' }, 'severity')).toEqual([
      { value: 'critical', count: 1 },
      { value: 'high', count: 1 },
    ]);
  });

  test('names no pool for alerts without one', () => {
    expect(choicesOf(alerts, none, 'pool')).toEqual([{ value: 'writers', count: 2 }]);
  });

  test('has what it is set to, even where that shows none', () => {
    expect(choicesOf(alerts, { ...none, pool: 'gone' }, 'pool')).toEqual([
      { value: 'gone', count: 0 },
      { value: 'writers', count: 2 },
    ]);
  });
});
