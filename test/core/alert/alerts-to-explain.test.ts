import { expect, test } from 'vitest';
import type { Alert, AlertRecord } from '../../../lib/core/alert/alert.ts';
import { alertsToExplain, withExplanation } from '../../../lib/core/alert/alerts-to-explain.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import { firingAlert } from '../../fixtures/alert.ts';

const START = 29_000_000;

/** Of a pool that began to fail at a minute, noticed three minutes later. */
function record(more: Partial<Alert> = {}, onset = START): AlertRecord {
  const alert = firingAlert({
    ...{ id: 'p1', rule: 'pool-failing', fingerprint: 'p', scope: { pool: 'writers' } },
    ...{ onsetMs: onset * MINUTE_MS, detectedMs: (onset + 3) * MINUTE_MS },
    ...more,
  });
  return { alert, evaluatedThrough: START, clearMinutes: 0, told: -1, unsent: [] };
}

const saved = (...records: AlertRecord[]) => new Map(records.map((it) => [it.alert.fingerprint, it]));
const idsOf = (before: ReadonlyMap<string, AlertRecord>, records: AlertRecord[]) =>
  alertsToExplain(before, records).map(({ alert }) => alert.id);

test('an alert that has begun to fire is explained from its onset on, beside a quarter of an hour that ends before it', () => {
  expect(alertsToExplain(saved(), [record()])).toMatchObject([
    { measures: ['bad'], now: { from: START, through: START + 2 }, before: { from: START - 16, through: START - 2 } },
  ]);
});

test('of one that began long before it was noticed the last quarter of an hour is looked at', () => {
  const [found] = alertsToExplain(saved(), [record({ detectedMs: (START + 90) * MINUTE_MS })]);
  expect(found?.now).toEqual({ from: START + 75, through: START + 89 });
});

test.each([
  { name: 'one that fired before', before: [record()], now: record(), ids: [] },
  { name: 'one that is suspected', before: [], now: record({ state: 'pending' }), ids: [] },
  { name: 'one that was suspected before', before: [record({ state: 'pending' })], now: record(), ids: ['p1'] },
  { name: 'one that fires again', before: [record({ state: 'resolved' })], now: record({ reopened: 1 }), ids: ['p1'] },
  { name: 'one that has ended', before: [record()], now: record({ state: 'resolved' }), ids: [] },
  { name: 'one whose rule tells of no tasks', before: [], now: record({ rule: 'agent-dead' }), ids: [] },
  { name: 'one of a rule that there is no more', before: [], now: record({ rule: 'gone' }), ids: [] },
])('$name: $ids', ({ before, now, ids }) => {
  expect(idsOf(saved(...before), [now])).toEqual(ids);
});

test('of many at once the worst are explained, of an hour of minutes in all; what others explain comes last', () => {
  const of = (id: string, onset: number, more: Partial<Alert>) => record({ id, fingerprint: id, ...more }, onset);
  const records = [
    of('low', START - 100, { severity: 'low' }),
    of('explained', START, { severity: 'critical', inhibitedBy: 'high' }),
    of('high', START, { severity: 'high' }),
    of('medium', START - 50, { severity: 'medium' }),
    of('other', START - 200, { severity: 'low' }),
  ];
  // Each needs 18 minutes, of which two have the same.
  expect(idsOf(saved(), records)).toEqual(['high', 'medium', 'low', 'explained']);
});

test('what the rule knows goes first, and is not said twice', () => {
  const version = { dimension: 'version', id: 'v2', share: 1, words: 'version v2 of pool writers' };
  const others = ['change', 'tool', 'errorType'].map((dimension) => ({ dimension, id: 'x', share: 1, words: '' }));
  const found = {
    causes: [{ ...version, words: 'other words' }, ...others],
    layer: 'the tool layer: +1 s of +2 s a task',
  };
  const explained = withExplanation(record({ causes: [version] }).alert, found);
  expect(explained.causes).toEqual([version, others[0], others[1]]);
  expect(explained.layer).toBe(found.layer);
});

test('an alert of which nothing is found stays as it is', () => {
  const { alert } = record();
  expect(withExplanation(alert, { causes: [] })).toEqual(alert);
});
