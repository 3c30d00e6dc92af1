import { expect, test } from 'vitest';
import type { Budget } from '../../lib/core/slo/budget.ts';
import type { BudgetStore } from '../../lib/ports/budget-store.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

function budget(name: string, more: Partial<Budget> = {}): Budget {
  return {
    ...{ name, kpi: 'task_completion_rate', scope: { kind: 'pool', id: 'writers' }, objective: 0.99, period: '30d' },
    ...{ limit: null, owner: 'content', updatedAtMs: NOW_MS, updatedBy: 'ann' },
    ...more,
  };
}

export function budgetStoreContract(fresh: FreshStore<BudgetStore>): void {
  test('gives back what was saved, for each system, and nothing at revision 0 by another name', async () => {
    const { store } = await fresh(NOW_MS);
    const saved = { revision: 1, budget: budget('a/b') };
    expect(await store.save('s', 'a/b', saved)).toBe(true);
    expect(await store.find('s', 'a/b')).toEqual(saved);
    expect(await store.find('s', 'a')).toEqual({ revision: 0, budget: null });
    expect(await store.find('other', 'a/b')).toEqual({ revision: 0, budget: null });
    expect(await store.list('other')).toEqual([]);
  });

  test('lists budgets in the order of their names', async () => {
    const { store } = await fresh(NOW_MS);
    for (const name of ['b', 'a', 'B', 'a.1']) await store.save('s', name, { revision: 1, budget: budget(name) });
    expect((await store.list('s')).map((it) => it.budget.name)).toEqual(['B', 'a', 'a.1', 'b']);
  });

  test('refuses a change made from a revision that is not the latest', async () => {
    const { store } = await fresh(NOW_MS);
    expect(await store.save('s', 'a', { revision: 1, budget: budget('a') })).toBe(true);
    expect(await store.save('s', 'a', { revision: 1, budget: budget('a', { owner: 'late' }) })).toBe(false);
    expect(await store.save('s', 'a', { revision: 2, budget: budget('a', { owner: 'second' }) })).toBe(true);
    expect(await store.save('s', 'a', { revision: 2, budget: null })).toBe(false);
    expect(await store.save('s', 'never', { revision: 2, budget: budget('never') })).toBe(false);
    expect((await store.list('s')).map(({ revision, budget: { owner } }) => [revision, owner])).toEqual([
      [2, 'second'],
    ]);
  });

  test('lets one of several that save at the same time through', async () => {
    const { store } = await fresh(NOW_MS);
    const owners = ['one', 'two', 'three', 'four'];
    const saves = owners.map((owner) => store.save('s', 'a', { revision: 1, budget: budget('a', { owner }) }));
    const done = await Promise.all(saves);
    const through = owners.filter((_, i) => done[i]);
    expect(through).toHaveLength(1);
    expect((await store.find('s', 'a')).budget?.owner).toBe(through[0]);
  });

  test('keeps the revision of a budget that was deleted, so that a change from before does not go through', async () => {
    const { store } = await fresh(NOW_MS);
    await store.save('s', 'a', { revision: 1, budget: budget('a') });
    expect(await store.save('s', 'a', { revision: 2, budget: null })).toBe(true);
    expect(await store.find('s', 'a')).toEqual({ revision: 2, budget: null });
    expect(await store.list('s')).toEqual([]);
    expect(await store.save('s', 'a', { revision: 1, budget: budget('a') })).toBe(false);
    expect(await store.save('s', 'a', { revision: 2, budget: budget('a') })).toBe(false);
    expect(await store.save('s', 'a', { revision: 3, budget: budget('a') })).toBe(true);
  });
}
