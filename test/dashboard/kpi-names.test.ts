import { expect, test } from 'vitest';
import { kpis } from '../../lib/core/kpi/registry.ts';
import { inWords, kpiName } from '../../lib/dashboard/kpi-names.ts';

test.each(Object.keys(kpis))('the KPI %s has a name of its own on the page', (id) => {
  expect(kpiName(id).counts).not.toBe('');
});

test('a KPI that the page does not know is called by its id', () => {
  expect(kpiName('cart_abandonment')).toEqual({ label: 'Cart abandonment', counts: '' });
  expect(inWords('tasksPerMinute')).toBe('Tasks per minute');
});
