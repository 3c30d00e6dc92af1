import { expect, test } from 'vitest';
import { holderOf } from '../../lib/core/ledger/account.ts';
import type { BucketCount } from '../../lib/core/ledger/ledger.ts';
import type { LedgerStore } from '../../lib/ports/ledger-store.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const RECEIPT = NOW_MS / 60_000;
const ACCOUNT = `${RECEIPT} key_1`;

function count(received: number): BucketCount {
  return { received, ignored: {}, rejected: { too_old: 1 }, accepted: new Map([[RECEIPT - 1, received - 1]]) };
}

export function ledgerStoreContract(fresh: FreshStore<LedgerStore>): void {
  test('sets entries one by one, so that writing them again, or others beside them, counts nothing twice', async () => {
    const { store } = await fresh(NOW_MS);
    const entries = {
      account: ACCOUNT,
      seen: new Map([[RECEIPT, count(3)]]),
      stored: new Map([[RECEIPT - 1, 2]]),
      copies: new Map(),
    };
    await store.set('default', entries, 1);
    await store.set('default', entries, 1);
    await store.set(
      'default',
      { account: ACCOUNT, seen: new Map([[RECEIPT + 1, count(5)]]), stored: new Map(), copies: new Map() },
      1,
    );
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
    const entries = (events: number) => ({
      account: ACCOUNT,
      seen: new Map(),
      stored: new Map([[RECEIPT, events]]),
      copies: new Map(),
    });
    await store.addUnjournaled('default', ACCOUNT, { duplicate: 1, ignored: {}, rejected: {} });
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
    await store.set('default', { account: ACCOUNT, seen: new Map(), stored, copies: new Map() }, 1);
    expect((await store.read('default', RECEIPT, RECEIPT))[0]?.stored).toEqual(stored);
  });

  test('adds up what left nothing in the journal', async () => {
    const { store } = await fresh(NOW_MS);
    await store.addUnjournaled('default', ACCOUNT, { duplicate: 10, ignored: { log: 1 }, rejected: {} });
    await store.addUnjournaled('default', ACCOUNT, {
      duplicate: 5,
      ignored: { log: 2 },
      rejected: { invalid_field: 2 },
    });
    await store.addUnjournaled('default', `${RECEIPT} arn:aws:iam::1:role/a#b`, {
      duplicate: 7,
      ignored: {},
      rejected: {},
    });
    const [page, other] = await store.read('default', RECEIPT, RECEIPT);
    expect([page, other].map((it) => it?.account).sort()).toEqual([`${RECEIPT} arn:aws:iam::1:role/a#b`, ACCOUNT]);
    const own = [page, other].find((it) => it?.account === ACCOUNT);
    expect(own?.unjournaled).toEqual({ duplicate: 15, ignored: { log: 3 }, rejected: { invalid_field: 2 } });
  });

  test('reads the minutes that were asked for, across days', async () => {
    const { store } = await fresh(NOW_MS);
    const midnight = Math.ceil(RECEIPT / 1_440) * 1_440;
    for (const receipt of [midnight - 2, midnight - 1, midnight, midnight + 1, midnight + 2]) {
      await store.set(
        'default',
        { account: `${receipt} key_1`, seen: new Map(), stored: new Map([[receipt, 1]]), copies: new Map() },
        1,
      );
    }
    const pages = await store.read('default', midnight - 1, midnight + 1);
    expect(pages.map(({ account }) => holderOf(account).receipt - midnight).sort((a, b) => a - b)).toEqual([-1, 0, 1]);
    expect(await store.read('other', midnight - 1, midnight + 1)).toEqual([]);
  });
}
