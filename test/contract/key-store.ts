import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ApiKey } from '../../lib/core/model/api-key.ts';
import type { KeyStore } from '../../lib/ports/key-store.ts';
import type { NotificationLog } from '../../lib/ports/notifier.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const HASH = createHash('sha256').update('fp_one').digest('hex');
const OTHER = createHash('sha256').update('fp_two').digest('hex');
const HOUR_MS = 3_600_000;

function key(more: Partial<ApiKey> = {}): ApiKey {
  return {
    ...{ id: 'key_1', name: 'k', system: 's', scopes: ['ingest'], createdAtMs: NOW_MS, expiresAtMs: null },
    ...more,
  };
}

export function keyStoreContract(fresh: FreshStore<KeyStore>): void {
  test('finds a key by its hash, and nothing by another', async () => {
    const { store } = await fresh(NOW_MS);
    const saved = key({
      pools: ['p'],
      limit: { eventsPerSecond: 5, burst: 10 },
      createdBy: 'ann',
      rotatedFrom: 'key_0',
      forgottenAtMs: NOW_MS + HOUR_MS,
    });
    await store.save(HASH, saved);
    expect(await store.find(HASH)).toEqual(saved);
    expect(await store.find(OTHER)).toBeNull();
  });

  test('lists the keys of a system in the order of their ids, and finds one by its id', async () => {
    const { store } = await fresh(NOW_MS);
    await store.save(HASH, key({ id: 'key_b' }));
    await store.save(OTHER, key({ id: 'key_a' }));
    await store.save(createHash('sha256').update('x').digest('hex'), key({ id: 'key_c', system: 'another' }));
    expect((await store.list('s')).map(({ id }) => id)).toEqual(['key_a', 'key_b']);
    expect(await store.findById('s', 'key_b')).toEqual(key({ id: 'key_b' }));
    expect(await store.findById('s', 'key_c')).toBeNull();
    expect(await store.list('nobody')).toEqual([]);
  });

  test('keeps what each says of a key beside what the others say', async () => {
    const { store } = await fresh(NOW_MS);
    await store.save(HASH, key());
    await store.handOver('s', 'key_1', { successor: 'key_2', atMs: NOW_MS + 5 });
    await store.setRevoked('s', 'key_1', NOW_MS + 1);
    await store.noteUse(HASH, key(), NOW_MS + 2, NOW_MS);
    const whole = key({
      rotatedTo: 'key_2',
      expiresAtMs: NOW_MS + 5,
      revokedAtMs: NOW_MS + 1,
      lastUsedAtMs: NOW_MS + 2,
    });
    expect(await store.find(HASH)).toEqual(whole);
    const { revokedAtMs: _revoked, ...unrevoked } = whole;
    expect(await store.setRevoked('s', 'key_1', null)).toEqual(unrevoked);
    expect(await store.setRevoked('s', 'key_2', NOW_MS)).toBeNull();
    expect(await store.handOver('other', 'key_1', { successor: 'key_2', atMs: NOW_MS })).toBeNull();
  });

  test('notes one of many uses at the same time, and the next an hour later', async () => {
    const { store } = await fresh(NOW_MS);
    await store.save(HASH, key());
    const note = (atMs: number) => store.noteUse(HASH, key(), atMs, atMs - HOUR_MS);
    const noted = await Promise.all([note(NOW_MS), note(NOW_MS), note(NOW_MS + 1), note(NOW_MS + 1)]);
    expect(noted.filter(Boolean)).toHaveLength(1);
    expect(await note(NOW_MS + HOUR_MS - 1)).toBe(false);
    expect(await note(NOW_MS + HOUR_MS + 1)).toBe(true);
    expect((await store.find(HASH))?.lastUsedAtMs).toBe(NOW_MS + HOUR_MS + 1);
  });

  test('makes no key of the use of one that is not there', async () => {
    const { store } = await fresh(NOW_MS);
    expect(await store.noteUse(HASH, key(), NOW_MS, 0)).toBe(false);
    expect(await store.find(HASH)).toBeNull();
    expect(await store.list('s')).toEqual([]);
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
