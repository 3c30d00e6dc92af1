import { expect, test } from 'vitest';
import { NO_CHANGES } from '../../lib/core/remediate/policy.ts';
import type { PolicyStore } from '../../lib/ports/policy-store.ts';
import type { PollSlots } from '../../lib/ports/poll-slots.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

export function policyStoreContract(fresh: FreshStore<PolicyStore>): void {
  test('gives back what was saved, for each system', async () => {
    const { store } = await fresh(NOW_MS);
    expect(await store.read('default')).toBeNull();
    const changes = {
      ...NO_CHANGES,
      revision: 1,
      modes: { route: { mode: 'auto' as const, by: 'ann', atMs: NOW_MS } },
    };
    expect(await store.save('default', changes)).toBe(true);
    expect(await store.read('default')).toEqual(changes);
    expect(await store.read('other')).toBeNull();
  });

  test('refuses a change made from a revision that is not the latest', async () => {
    const { store } = await fresh(NOW_MS);
    await store.save('default', { ...NO_CHANGES, revision: 1 });
    expect(await store.save('default', { ...NO_CHANGES, revision: 2 })).toBe(true);
    expect(await store.save('default', { ...NO_CHANGES, revision: 2, killSwitch: null })).toBe(false);
    expect((await store.read('default'))?.revision).toBe(2);
  });
}

export function pollSlotsContract(fresh: FreshStore<PollSlots>): void {
  test('has 20 places, which are given back, or fall free when their time is over', async () => {
    const { store } = await fresh(NOW_MS);
    const taken = [];
    for (let i = 0; i < 20; i++) taken.push(await store.take(`r${i}`, NOW_MS, NOW_MS + 20_000));
    expect(taken.map((it) => it?.slot).sort((a, b) => Number(a) - Number(b))).toEqual([...Array(20).keys()]);
    expect(await store.take('late', NOW_MS, NOW_MS + 20_000)).toBeNull();
    await store.release('r7', taken[7]!);
    expect(await store.take('late', NOW_MS, NOW_MS + 20_000)).toEqual(taken[7]);
    expect(await store.take('later', NOW_MS + 20_000, NOW_MS + 40_000)).not.toBeNull();
  });

  test('does not give back the place of somebody else', async () => {
    const { store } = await fresh(NOW_MS);
    const first = await store.take('one', NOW_MS, NOW_MS + 1_000);
    const again = await store.take('two', NOW_MS + 1_000, NOW_MS + 2_000);
    expect(again).toEqual(first);
    await expect(store.release('one', first!)).resolves.toBeUndefined();
    expect(await store.take('three', NOW_MS + 1_000, NOW_MS + 2_000)).not.toEqual(again);
  });
}
