import { expect, test } from 'vitest';
import {
  type ApiKey,
  isActiveAdmin,
  isUseWorthNoting,
  keyIdOf,
  keyStateAt,
  successorOf,
} from '../../../lib/core/model/api-key.ts';

const HOUR_MS = 3_600_000;
const key: ApiKey = { id: 'key_1', name: 'k', system: 's', scopes: ['admin'], createdAtMs: 1_000, expiresAtMs: 9_000 };

test.each([
  { name: 'active until it expires', more: {}, atMs: 8_999, state: 'active' },
  { name: 'expired from then on', more: {}, atMs: 9_000, state: 'expired' },
  { name: 'revoked, also when it has expired', more: { revokedAtMs: 5 }, atMs: 9_000, state: 'revoked' },
  { name: 'active for ever without an expiry', more: { expiresAtMs: null }, atMs: 1e15, state: 'active' },
])('a key is $name', ({ more, atMs, state }) => {
  expect(keyStateAt({ ...key, ...more }, atMs)).toBe(state);
  expect(isActiveAdmin({ ...key, ...more }, atMs)).toBe(state === 'active');
  expect(isActiveAdmin({ ...key, ...more, scopes: ['read'] }, atMs)).toBe(false);
});

test('the successor of a key has its rights and as long a life, and none of its past', () => {
  const old = { ...key, pools: ['p'], lastUsedAtMs: 4_000, revokedAtMs: 4_500, rotatedTo: 'key_9', createdBy: 'bob' };
  expect(successorOf(old, { id: 'key_2', createdBy: 'ann', nowMs: 5_000 })).toEqual({
    ...key,
    pools: ['p'],
    id: 'key_2',
    createdBy: 'ann',
    createdAtMs: 5_000,
    expiresAtMs: 13_000,
    rotatedFrom: 'key_1',
  });
});

test('the use of a key is worth noting when none was noted for an hour', () => {
  expect(isUseWorthNoting(key, 0)).toBe(true);
  expect(isUseWorthNoting({ ...key, lastUsedAtMs: 5 }, 4 + HOUR_MS)).toBe(false);
  expect(isUseWorthNoting({ ...key, lastUsedAtMs: 5 }, 5 + HOUR_MS)).toBe(true);
});

test('an id is made of five bits of each byte', () => {
  expect(keyIdOf(Uint8Array.of(0, 9, 10, 31, 32, 41, 255, 18, 19, 20, 21, 22, 99))).toBe('key_09az09zjkmnp');
  expect(() => keyIdOf(new Uint8Array(11))).toThrow(RangeError);
});
