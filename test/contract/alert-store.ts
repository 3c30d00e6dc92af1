import { expect, test } from 'vitest';
import type { Alert, AlertRecord } from '../../lib/core/alert/alert.ts';
import type { AlertStore } from '../../lib/ports/alert-store.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const HOUR_MS = 3_600_000;

function record(fingerprint: string, detectedMs: number, more: Partial<Alert> = {}): AlertRecord {
  const alert: Alert = {
    id: `id of ${fingerprint}`,
    rule: 'agent-dead',
    kind: 'system_failure',
    severity: 'critical',
    state: 'firing',
    scope: { pool: 'p', agent: fingerprint },
    team: null,
    title: 't',
    why: 'w',
    onsetMs: detectedMs,
    detectedMs,
    resolvedMs: null,
    reopened: 0,
    acknowledged: null,
    silencedBy: null,
    inhibitedBy: null,
    value: 1,
    expected: 0,
    unit: 's',
    n: 1,
    impact: {},
    evidence: [],
    contributors: [],
    changes: [],
    actions: [],
    fingerprint,
    runbook: 'r',
    ...more,
  };
  return {
    alert,
    evaluatedThrough: 1,
    clearMinutes: 0,
    told: -1,
    unsent: [{ id: 'x', state: 'firing', atMs: detectedMs }],
  };
}

export function alertStoreContract(fresh: FreshStore<AlertStore>): void {
  test('keeps a record for as long as it is open, and has the alert in the history once the bus has it', async () => {
    const { store } = await fresh(NOW_MS);
    const firing = record('f', NOW_MS);
    await store.save('default', firing, true, 1);
    expect(await store.open('default')).toEqual(new Map([['f', firing]]));
    expect(await store.history('default', NOW_MS, NOW_MS + HOUR_MS)).toEqual([]);
    const resolved = { ...firing, alert: { ...firing.alert, state: 'resolved' as const, resolvedMs: NOW_MS + 1 } };
    await store.save('default', resolved, true, 1);
    expect(await store.open('default')).toEqual(new Map([['f', resolved]]));
    await store.save('default', { ...resolved, unsent: [] }, false, 1);
    expect(await store.open('default')).toEqual(new Map());
    expect(await store.history('default', NOW_MS, NOW_MS + HOUR_MS)).toEqual([resolved.alert]);
    expect(await store.open('other')).toEqual(new Map());
  });

  test('keeps what a later lease holder saved', async () => {
    const { store } = await fresh(NOW_MS);
    const [firing, again] = [record('f', NOW_MS), record('f', NOW_MS + 60_000)];
    expect(await store.save('default', again, true, 5)).toBe(true);
    expect(await store.save('default', firing, true, 4)).toBe(false);
    const over = {
      ...firing,
      alert: { ...firing.alert, state: 'resolved' as const, resolvedMs: NOW_MS + 1 },
      unsent: [],
    };
    expect(await store.save('default', over, false, 4)).toBe(false);
    expect(await store.open('default')).toEqual(new Map([['f', again]]));
  });

  test('finds the alerts that fired at some time in a period, newest first', async () => {
    const { store } = await fresh(NOW_MS);
    const resolvedAt = (ms: number) => ({ state: 'resolved' as const, resolvedMs: ms });
    const before = record('before', NOW_MS - 2 * HOUR_MS, resolvedAt(NOW_MS - HOUR_MS));
    const into = record('into', NOW_MS - 2 * HOUR_MS, resolvedAt(NOW_MS + 1));
    const still = record('still', NOW_MS - HOUR_MS);
    const within = record('within', NOW_MS + 5);
    const after = record('after', NOW_MS + HOUR_MS);
    for (const { alert } of [before, into, still, within, after]) await store.enter('default', alert);
    const found = await store.history('default', NOW_MS, NOW_MS + HOUR_MS);
    expect(found.map(({ fingerprint }) => fingerprint)).toEqual(['within', 'still', 'into']);
  });
}
