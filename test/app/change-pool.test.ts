import { beforeEach, describe, expect, test } from 'vitest';
import { changePool, type PoolRequest } from '../../lib/app/change-pool.ts';
import { readPoolSettings } from '../../lib/app/read-pool-settings.ts';
import type { RosterEntry } from '../../lib/core/model/roster.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';

const NOW_MS = 1_800_000_000_000;
const ann = { kind: 'key' as const, id: 'key_ann', name: 'ann' };
const bob = { kind: 'key' as const, id: 'key_bob', name: 'bob' };

let stores: Stores;
beforeEach(async () => {
  stores = storesInMemory(() => NOW_MS);
});

const change = (request: PoolRequest, { who = ann, poolSettings = stores.poolSettings } = {}) =>
  changePool({ ...stores, poolSettings }, { system: 's', pool: 'writers', request, who, atMs: NOW_MS });

/** An agent of the pool that declares its least and most. */
async function declare(min: number, max: number) {
  const entry: RosterEntry = {
    ...{ agent: 'w-1', firstSeenMs: 0, lastSeenMs: NOW_MS, firstBeatMs: null, lastBeat: null },
    description: { type: 'agent', agent: 'w-1', pool: 'writers', min, max },
    describedBy: { atMs: NOW_MS, mark: 'b' },
  };
  await stores.fleet.saveRoster('s', new Map([['w-1', entry]]), 1);
}

describe('the settings of a pool', () => {
  test('keep what a change does not name, and lose what it sets to null', async () => {
    await change({ min: 2, backupPool: 'editors' });
    await change({ max: 9, backupPool: null }, { who: bob });
    expect(await stores.poolSettings.find('s', 'writers')).toEqual({
      ...{ pool: 'writers', revision: 2, settings: { min: 2, max: 9 } },
      origins: { min: { by: 'ann', atMs: NOW_MS }, max: { by: 'bob', atMs: NOW_MS } },
    });
  });

  test('override what agents declare, which comes back when they are removed', async () => {
    await declare(2, 8);
    await change({ max: 20 });
    expect((await readPoolSettings(stores, 's'))('writers')).toEqual({
      ...{ settings: { min: 2, max: 20 }, origins: { max: { by: 'ann', atMs: NOW_MS } } },
    });
    await change({ max: null });
    expect((await readPoolSettings(stores, 's'))('writers')).toEqual({ settings: { min: 2, max: 8 }, origins: {} });
  });

  test('may not contradict what agents declare', async () => {
    await declare(5, 8);
    expect(await change({ max: 3 })).toMatchObject({ status: 'inconsistent', path: 'max' });
    expect(await stores.poolSettings.find('s', 'writers')).toBeNull();
  });

  test('may be changed although agents declare what contradicts itself', async () => {
    await declare(9, 8);
    expect(await change({ backupPool: 'editors' })).toMatchObject({ status: 'saved' });
  });

  test('keep both of two changes that are made at the same time', async () => {
    const poolSettings = {
      ...stores.poolSettings,
      find: async (system: string, pool: string) => {
        const found = await stores.poolSettings.find(system, pool);
        if (found === null) await change({ min: 2 }, { who: bob });
        return found;
      },
    };
    expect(await change({ max: 9 }, { poolSettings })).toMatchObject({ settings: { min: 2, max: 9 } });
  });

  test.each([
    { of: 'a rung that does as much as the one before it', path: 'ladder[1].serviceFactor', request: ladder(0.6, 0.6) },
    { of: 'a backup that is the pool itself', path: 'backupPool', request: { backupPool: 'writers' } },
    { of: 'a loan to itself', path: 'lendsTo[1]', request: { lendsTo: ['editors', 'writers'] } },
    {
      of: 'a least above the most',
      path: 'tunable.batch.most',
      request: { tunable: { batch: { least: 3, most: 2 } } },
    },
    { of: 'bounds that cross', path: 'max', request: { min: 3, max: 2 } },
  ])('refuse $of', async ({ path, request }) => {
    expect(await change(request)).toMatchObject({ status: 'inconsistent', path });
    expect(await stores.poolSettings.list('s')).toEqual([]);
  });

  test('are accounted for: who changed what from what; what was wrong, or changes nothing, leaves no line', async () => {
    await change({ min: 2 });
    await change({ min: 3, max: 4 }, { who: bob });
    await change({ max: 1 });
    await change({ min: 3, backupPool: null });
    await change({});
    const entries = await stores.audit.read('s', { fromMs: 0, toMs: NOW_MS + 1, limit: 10 });
    const told = entries.map(({ who, outcome, before, after }) => ({ who: who.name, outcome, before, after }));
    // Newest first, but all of one millisecond: in no order.
    expect(told).toHaveLength(2);
    expect(told).toEqual(
      expect.arrayContaining([
        { who: 'ann', outcome: 'done', before: { min: null }, after: { min: 2 } },
        { who: 'bob', outcome: 'done', before: { min: 2, max: null }, after: { min: 3, max: 4 } },
      ]),
    );
    expect(new Set(entries.map(({ action, target }) => `${action} ${target}`))).toEqual(
      new Set(['pool.change writers']),
    );
  });
});

function ladder(...factors: number[]): PoolRequest {
  return { ladder: factors.map((serviceFactor, i) => ({ step: `rung-${i}`, serviceFactor, qualityLoss: 0.1 })) };
}
