import { beforeEach, describe, expect, test } from 'vitest';
import { createKey, managedSystem, revokeKey, rotateKey } from '../../lib/app/manage-keys.ts';
import { keyStateAt } from '../../lib/core/model/api-key.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';

const NOW_MS = 1_800_000_000_000;
const who = { kind: 'key' as const, id: 'key_ann', name: 'ann' };

let stores: Stores;
let made: number;
beforeEach(async () => {
  stores = storesInMemory(() => NOW_MS);
  made = 0;
});

function deps(more: Partial<Stores> = {}) {
  const newKey = () => {
    made += 1;
    return { key: `fp_${made}`, keyHash: `${made}`.repeat(64), id: `key_${made}` };
  };
  return { ...stores, newKey, ...more };
}

const create = (scopes: ('admin' | 'read')[], more = {}) =>
  createKey(deps(more), { system: 's', request: { name: 'k', scopes, expiresAtMs: null }, who, atMs: NOW_MS });
const revoke = (id: string, more = {}) => revokeKey(deps(more), { system: 's', id, who, atMs: NOW_MS });
const entries = () => stores.audit.read('s', { fromMs: 0, toMs: NOW_MS + 1, limit: 50 });

describe('the last admin key of a system', () => {
  test('is not revoked, whatever other keys there are, and the attempt is written down', async () => {
    await create(['admin']);
    await create(['read']);
    expect(await revoke('key_1')).toEqual({ status: 'conflict', why: expect.stringContaining('last admin key') });
    expect(keyStateAt((await stores.keys.findById('s', 'key_1'))!, NOW_MS)).toBe('active');
    expect(await entries()).toContainEqual(
      expect.objectContaining({ action: 'key.revoke', target: 'key_1', outcome: 'refused' }),
    );
    await create(['admin']);
    expect(await revoke('key_1')).toEqual({ status: 'revoked' });
  });

  test('is still there when two people revoke each other at the same time', async () => {
    await create(['admin']);
    await create(['admin']);
    const outcomes = await Promise.all([revoke('key_1'), revoke('key_2')]);
    const active = (await stores.keys.list('s')).filter((key) => keyStateAt(key, NOW_MS) === 'active');
    expect(active.length).toBeGreaterThanOrEqual(1);
    expect(outcomes.filter(({ status }) => status === 'revoked')).toHaveLength(2 - active.length);
  });
});

describe('a rotation', () => {
  const rotate = (id: string, overlapMs: number) =>
    rotateKey(deps(), { system: 's', id, overlapMs, who, atMs: NOW_MS });
  const request = { name: 'k', scopes: ['read' as const] };

  test.each([
    { name: 'for the overlap', expiresAtMs: null, until: 5_000, successor: null },
    { name: 'but no longer than it had', expiresAtMs: NOW_MS + 3_000, until: 3_000, successor: NOW_MS + 3_000 },
  ])('keeps the old key $name', async ({ expiresAtMs, until, successor }) => {
    await createKey(deps(), { system: 's', request: { ...request, expiresAtMs }, who, atMs: NOW_MS });
    expect(await rotate('key_1', 5_000)).toEqual({ status: 'made', id: 'key_2', key: 'fp_2', expiresAtMs: successor });
    expect(await stores.keys.findById('s', 'key_1')).toMatchObject({ expiresAtMs: NOW_MS + until, rotatedTo: 'key_2' });
  });

  test('is of keys that are active and have no successor yet', async () => {
    await create(['read']);
    await rotate('key_1', 5_000);
    expect(await rotate('key_1', 5_000)).toEqual({ status: 'conflict', why: expect.stringContaining('to key_2') });
    await revoke('key_2');
    expect(await rotate('key_2', 5_000)).toEqual({ status: 'conflict', why: expect.stringContaining('revoked') });
    expect(await rotate('key_9', 5_000)).toEqual({ status: 'unknown' });
  });
});

describe('the audit log', () => {
  test('has no key and no hash in it', async () => {
    await create(['admin']);
    await rotateKey(deps(), { system: 's', id: 'key_1', overlapMs: 1, who, atMs: NOW_MS });
    const written = JSON.stringify(await entries());
    expect(written).toContain('key_2');
    expect(written).not.toMatch(/fp_|1{64}|2{64}/);
  });

  test('has an entry of what failed, and nothing happens without one', async () => {
    const broken = { ...stores.keys, save: () => Promise.reject(new TypeError('no')) };
    await expect(create(['read'], { keys: broken })).rejects.toThrow('no');
    expect(await entries()).toMatchObject([{ action: 'key.create', outcome: 'failed', reason: 'TypeError' }]);

    const full = { ...stores.audit, write: () => Promise.reject(new Error('full')) };
    await expect(create(['read'], { audit: full })).rejects.toThrow('full');
    expect(await stores.keys.list('s')).toEqual([]);
  });

  test('says begun of what nobody could finish telling, and the answer still says what happened', async () => {
    let writes = 0;
    const audit = {
      ...stores.audit,
      write: (...written: Parameters<Stores['audit']['write']>) => {
        writes += 1;
        return writes === 1 ? stores.audit.write(...written) : Promise.reject(new Error('busy'));
      },
    };
    expect(await create(['read'], { audit })).toMatchObject({ status: 'made' });
    expect(await entries()).toMatchObject([{ outcome: 'begun' }]);
  });
});

test.each([
  { own: 'default', named: undefined, managed: 'default' },
  { own: 'default', named: 'x', managed: 'x' },
  { own: 'x', named: undefined, managed: 'x' },
  { own: 'x', named: 'x', managed: 'x' },
  { own: 'x', named: 'default', managed: null },
])('an admin of $own who names $named manages keys of $managed', ({ own, named, managed }) => {
  expect(managedSystem({ ...who, system: own, scopes: ['admin'] }, named)).toBe(managed);
});
