import { beforeEach, describe, expect, test } from 'vitest';
import { Authenticator } from '../../lib/app/authenticate.ts';
import type { ApiKey } from '../../lib/core/model/api-key.ts';
import type { KeyStore } from '../../lib/ports/key-store.ts';

const HOUR_MS = 3_600_000;
const key: ApiKey = { id: 'key_1', name: 'k', system: 's', scopes: ['read'], createdAtMs: 0, expiresAtMs: null };

let held: ApiKey | null;
let noted: number[];
let noting: () => Promise<boolean>;
let failures: unknown[];
let authenticator: Authenticator;
beforeEach(() => {
  [held, noted, failures] = [key, [], []];
  noting = async () => true;
  const keys: Pick<KeyStore, 'find' | 'noteUse'> = {
    find: async () => held,
    noteUse: (_hash, _key, atMs) => {
      noted.push(atMs);
      return noting();
    },
  };
  authenticator = new Authenticator(keys as KeyStore, (error) => failures.push(error));
});

describe('a key', () => {
  test.each([
    { name: 'was revoked', later: { ...key, revokedAtMs: 1 } },
    { name: 'has expired', later: { ...key, expiresAtMs: 1 } },
    { name: 'is gone', later: null },
  ])('that $name works for at most a minute more, where it was seen before', async ({ later }) => {
    expect(await authenticator.identify('hash', 1_000)).toEqual(key);
    held = later;
    expect(await authenticator.identify('hash', 60_999)).toMatchObject({ id: 'key_1' });
    expect(await authenticator.identify('hash', 61_000)).toBeNull();
  });

  test('that expires at a known time works no millisecond longer', async () => {
    held = { ...key, expiresAtMs: 2_000 };
    expect(await authenticator.identify('hash', 1_999)).toEqual(held);
    expect(await authenticator.identify('hash', 2_000)).toBeNull();
  });
});

describe('the use of a key', () => {
  test('is noted once an hour, however often it is used', async () => {
    for (const atMs of [0, 1, 30_000, HOUR_MS - 1]) {
      await authenticator.identify('hash', atMs);
      held = { ...key, lastUsedAtMs: 0 };
    }
    expect(noted).toEqual([0]);
    await authenticator.identify('hash', HOUR_MS);
    expect(noted).toEqual([0, HOUR_MS]);
  });

  test('is waited for by nobody', async () => {
    noting = () => new Promise(() => {});
    expect(await authenticator.identify('hash', 0)).toEqual(key);
  });

  test('fails no request when it cannot be noted, and is reported', async () => {
    noting = () => Promise.reject(new Error('busy'));
    expect(await authenticator.identify('hash', 0)).toEqual(key);
    await expect.poll(() => failures).toEqual([new Error('busy')]);
  });
});
