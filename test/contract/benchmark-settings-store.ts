import { expect, test } from 'vitest';
import type { OwnEntry } from '../../lib/core/benchmark/industry/benchmark-entry.ts';
import type { Competitor } from '../../lib/core/benchmark/industry/competitor.ts';
import type { BenchmarkSettingsStore } from '../../lib/ports/benchmark-settings-store.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const entry = (name: string, average: number): OwnEntry => ({
  ...{ name, domain: 'llm-agents', population: 'fleets of peers', unit: 'percent', better: 'higher' },
  ...{
    reference: 'observed',
    statistic: 'share',
    values: { average, grades: [{ name: 'good', edge: 95 }] },
    year: 2026,
  },
  ...{ source: 'a survey', url: null, confidence: 'primary', note: '', comparesWith: { kpi: 'task_completion_rate' } },
  ...{ updatedAtMs: NOW_MS, updatedBy: 'ann' },
});

const competitor = (name: string, value: number): Competitor => ({
  ...{ name, domain: 'customer-service', updatedAtMs: NOW_MS, updatedBy: 'bob' },
  figures: [
    {
      ...{ kpi: 'customer_satisfaction', statistic: 'share', unit: 'percent', value },
      ...{ year: 2025, source: 'annual report', url: 'https://example.com/report', note: '' },
    },
  ],
});

export function benchmarkSettingsStoreContract(fresh: FreshStore<BenchmarkSettingsStore>): void {
  test('knows nothing of a system that said nothing', async () => {
    const { store } = await fresh(NOW_MS);
    expect(await store.read('default')).toEqual({ declared: null, entries: [], competitors: [] });
  });

  test('gives back what was saved, for each system, in the order of names', async () => {
    const { store } = await fresh(NOW_MS);
    const declared = { domain: 'customer-service', updatedAtMs: NOW_MS, updatedBy: 'ann' } as const;
    await store.declare('default', declared);
    for (const name of ['peers', 'a/b', 'own']) await store.saveEntry('default', entry(name, 90));
    for (const name of ['Rival', 'Acme']) await store.saveCompetitor('default', competitor(name, 88));
    expect(await store.read('default')).toEqual({
      declared,
      entries: [entry('a/b', 90), entry('own', 90), entry('peers', 90)],
      competitors: [competitor('Acme', 88), competitor('Rival', 88)],
    });
    expect(await store.read('other')).toEqual({ declared: null, entries: [], competitors: [] });
  });

  test('keeps the last of several of one name, and nothing of what was deleted', async () => {
    const { store } = await fresh(NOW_MS);
    // An entry and a competitor of one name are two things.
    await store.saveEntry('default', entry('peers', 90));
    await store.saveEntry('default', entry('peers', 91));
    await store.saveCompetitor('default', competitor('peers', 70));
    await store.saveCompetitor('default', competitor('peers', 71));
    expect(await store.read('default')).toMatchObject({
      entries: [entry('peers', 91)],
      competitors: [competitor('peers', 71)],
    });
    await store.deleteEntry('default', 'peers');
    await store.deleteEntry('default', 'nobody');
    expect(await store.read('default')).toMatchObject({ entries: [], competitors: [competitor('peers', 71)] });
    await store.deleteCompetitor('default', 'peers');
    await store.saveEntry('default', entry('peers', 92));
    expect((await store.read('default')).entries).toEqual([entry('peers', 92)]);
    await store.declare('default', { domain: null, updatedAtMs: NOW_MS, updatedBy: 'ann' });
    expect(await store.read('default')).toMatchObject({ declared: { domain: null }, competitors: [] });
  });
}
