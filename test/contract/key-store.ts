import { expect, test } from 'vitest';
import type { KeyStore } from '../../lib/ports/key-store.ts';
import type { NotificationLog } from '../../lib/ports/notifier.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

export function keyStoreContract(fresh: FreshStore<KeyStore>): void {
  test('finds a key by its hash, and nothing by another', async () => {
    const { store } = await fresh(NOW_MS);
    const key = { name: 'k', system: 's', scopes: ['ingest' as const], createdAtMs: NOW_MS, expiresAtMs: null };
    await store.save('hash', key);
    expect(await store.find('hash')).toEqual(key);
    expect(await store.find('other')).toBeNull();
  });
}

export function notificationLogContract(fresh: FreshStore<NotificationLog>): void {
  test('remembers what was told', async () => {
    const { store } = await fresh(NOW_MS);
    expect(await store.wasSent('id')).toBe(false);
    await store.markSent('id', NOW_MS);
    await store.markSent('id', NOW_MS);
    expect(await store.wasSent('id')).toBe(true);
  });
}
