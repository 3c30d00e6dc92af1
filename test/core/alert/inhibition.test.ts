import { expect, test } from 'vitest';
import type { Alert } from '../../../lib/core/alert/alert.ts';
import { type Inhibition, inhibitedAlerts } from '../../../lib/core/alert/inhibition.ts';
import { firingAlert } from '../../fixtures/alert.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
const MINUTE = 60_000;
const explained: Inhibition[] = [{ source: 'cause', targets: ['symptom'], equal: 'explained' }];

function alert(id: string, rule: string, more: Partial<Alert>): Alert {
  return firingAlert({ id, fingerprint: id, rule, detectedMs: NOW - 10 * MINUTE, scope: { pool: 'writers' }, ...more });
}

const inhibitedBy = (alerts: Alert[], inhibitions = explained) =>
  Object.fromEntries(inhibitedAlerts(alerts, inhibitions, NOW));

test('an alert explains those about the subjects that it lists', () => {
  const cause = alert('tool', 'cause', { scope: { tool: 'search' }, explains: [{ pool: 'writers' }] });
  const other = alert('others', 'symptom', { scope: { pool: 'readers' } });
  expect(inhibitedBy([cause, alert('pool', 'symptom', {}), other])).toEqual({ pool: 'tool' });
});

test('a pool that it lists stands for its agents, the system for itself alone', () => {
  const agent = alert('agent', 'symptom', { scope: { pool: 'writers', agent: 'writers-1' } });
  const system = alert('system', 'symptom', { scope: {} });
  expect(inhibitedBy([alert('c', 'cause', { explains: [{ pool: 'writers' }] }), agent, system])).toEqual({
    agent: 'c',
  });
  expect(inhibitedBy([alert('c', 'cause', { explains: [{}] }), agent, system])).toEqual({ system: 'c' });
});

test('without a list it explains nothing', () => {
  expect(inhibitedBy([alert('c', 'cause', {}), alert('pool', 'symptom', {})])).toEqual({});
});

test('what is over explains for five minutes more what had begun before its end', () => {
  const over = (minutesAgo: number) =>
    alert('c', 'cause', { state: 'resolved', resolvedMs: NOW - minutesAgo * MINUTE, explains: [{ pool: 'writers' }] });
  const before = alert('before', 'symptom', { detectedMs: NOW - 4 * MINUTE });
  const after = alert('after', 'symptom', { detectedMs: NOW - 2 * MINUTE });
  expect(inhibitedBy([over(3), before, after])).toEqual({ before: 'c' });
  expect(inhibitedBy([over(4.9), alert('long', 'symptom', {})])).toEqual({ long: 'c' });
  expect(inhibitedBy([over(5), alert('long', 'symptom', {})])).toEqual({});
});

test('of two that explain it the one that fires is named', () => {
  const same: Inhibition[] = [{ source: 'cause', targets: ['symptom'], equal: ['pool'] }];
  const over = alert('over', 'cause', { state: 'resolved', resolvedMs: NOW - MINUTE, explains: [{ pool: 'writers' }] });
  const fires = alert('fires', 'cause', { explains: [{ pool: 'writers' }] });
  for (const inhibitions of [same, explained]) {
    expect(inhibitedBy([fires, over, alert('pool', 'symptom', {})], inhibitions)).toEqual({ pool: 'fires' });
    expect(inhibitedBy([over, fires, alert('pool', 'symptom', {})], inhibitions)).toEqual({ pool: 'fires' });
  }
});

test('what is pending or over is explained by nothing', () => {
  const cause = alert('c', 'cause', { explains: [{ pool: 'writers' }] });
  expect(inhibitedBy([cause, alert('pending', 'symptom', { state: 'pending' })])).toEqual({});
});
