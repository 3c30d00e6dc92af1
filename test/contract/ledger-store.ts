import { expect, test } from 'vitest';
import type { BucketCount } from '../../lib/core/ledger/ledger.ts';
import type { LedgerStore } from '../../lib/ports/ledger-store.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const RECEIPT = NOW_MS / 60_000;

function count(received: number): BucketCount {
  return { received, rejected: { too_old: 1 }, accepted: new Map([[RECEIPT - 1, received - 1]]) };
}

export function ledgerStoreContract(fresh: FreshStore<LedgerStore>): void {
  test('sets entries one by one, so that writing them again, or others beside them, counts nothing twice', async () => {
    const { store } = await fresh(NOW_MS);
    const entries = { receipt: RECEIPT, seen: new Map([[RECEIPT, count(3)]]), stored: new Map([[RECEIPT - 1, 2]]) };
    await store.set('default', entries, 1);
    await store.set('default', entries, 1);
    await store.set('default', { receipt: RECEIPT, seen: new Map([[RECEIPT + 1, count(5)]]), stored: new Map() }, 1);
    const [page] = await store.read('default', RECEIPT, RECEIPT);
    expect(page?.seen).toEqual(
      new Map([
        [RECEIPT, count(3)],
        [RECEIPT + 1, count(5)],
      ]),
    );
    expect(page?.stored).toEqual(new Map([[RECEIPT - 1, 2]]));
  });

  test('keeps what a later lease holder set, and sets beside what ingest counted', async () => {
    const { store } = await fresh(NOW_MS);
    const entries = (events: number) => ({ receipt: RECEIPT, seen: new Map(), stored: new Map([[RECEIPT, events]]) });
    await store.addUnjournaled('default', { duplicate: 1, rejected: {} }, NOW_MS);
    expect(await store.set('default', entries(5), 4)).toBe(true);
    expect(await store.set('default', entries(3), 3)).toBe(false);
    expect((await store.read('default', RECEIPT, RECEIPT))[0]).toMatchObject({
      stored: new Map([[RECEIPT, 5]]),
      unjournaled: { duplicate: 1 },
    });
  });

  test('takes hundreds of entries for one minute', async () => {
    const { store } = await fresh(NOW_MS);
    const stored = new Map(Array.from({ length: 1_000 }, (_, i) => [RECEIPT - i, i] as const));
    await store.set('default', { receipt: RECEIPT, seen: new Map(), stored }, 1);
    expect((await store.read('default', RECEIPT, RECEIPT))[0]?.stored).toEqual(stored);
  });

  test('adds up what left nothing in the journal', async () => {
    const { store } = await fresh(NOW_MS);
    await store.addUnjournaled('default', { duplicate: 10, rejected: {} }, NOW_MS + 1);
    await store.addUnjournaled('default', { duplicate: 5, rejected: { invalid_field: 2 } }, NOW_MS + 59_999);
    const [page] = await store.read('default', RECEIPT, RECEIPT);
    expect(page?.unjournaled).toEqual({ duplicate: 15, rejected: { invalid_field: 2 } });
  });

  test('reads the minutes that were asked for, across days', async () => {
    const { store } = await fresh(NOW_MS);
    const midnight = Math.ceil(RECEIPT / 1_440) * 1_440;
    for (const receipt of [midnight - 2, midnight - 1, midnight, midnight + 1, midnight + 2]) {
      await store.set('default', { receipt, seen: new Map(), stored: new Map([[receipt, 1]]) }, 1);
    }
    const pages = await store.read('default', midnight - 1, midnight + 1);
    expect(pages.map(({ receipt }) => receipt - midnight).sort((a, b) => a - b)).toEqual([-1, 0, 1]);
    expect(await store.read('other', midnight - 1, midnight + 1)).toEqual([]);
  });
}
