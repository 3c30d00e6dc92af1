import { expect, test } from 'vitest';
import type { PoolSettingsChange } from '../../lib/core/model/pool-settings.ts';
import type { PoolSettingsStore } from '../../lib/ports/pool-settings-store.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const change = (pool: string, revision: number, max: number): PoolSettingsChange => ({
  ...{ pool, revision, settings: { max, tunable: { concurrency: { least: 1, most: 8 } } } },
  origins: { max: { by: 'ann', atMs: NOW_MS }, tunable: { by: 'bob', atMs: NOW_MS + 1 } },
});

export function poolSettingsStoreContract(fresh: FreshStore<PoolSettingsStore>): void {
  test('gives back what was saved, for each system, in the order of names', async () => {
    const { store } = await fresh(NOW_MS);
    expect(await store.find('default', 'writers')).toBeNull();
    expect(await store.save('default', change('writers', 1, 8))).toBe(true);
    expect(await store.save('default', change('editors', 1, 3))).toBe(true);
    expect(await store.find('default', 'writers')).toEqual(change('writers', 1, 8));
    expect(await store.list('default')).toEqual([change('editors', 1, 3), change('writers', 1, 8)]);
    expect(await store.list('other')).toEqual([]);
  });

  test('refuses a change made from a revision that is not the latest', async () => {
    const { store } = await fresh(NOW_MS);
    await store.save('default', change('writers', 1, 8));
    expect(await store.save('default', change('writers', 1, 9))).toBe(false);
    expect(await store.save('default', change('writers', 2, 9))).toBe(true);
    expect(await store.save('default', change('writers', 2, 10))).toBe(false);
    expect(await store.save('default', change('writers', 4, 11))).toBe(false);
    expect(await store.find('default', 'writers')).toEqual(change('writers', 2, 9));
  });
}
