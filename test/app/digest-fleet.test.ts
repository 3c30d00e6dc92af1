import { expect, test } from 'vitest';
import { type DigestDeps, digestFleet, digestFleets } from '../../lib/app/digest-fleet.ts';
import { foldBatch } from '../../lib/core/kpi/folding.ts';
import { emptyRollupChunk } from '../../lib/core/kpi/rollup-chunk.ts';
import { enterBatch, type Roster } from '../../lib/core/model/roster.ts';
import { DAY_MINUTES, startOfMinute } from '../../lib/core/model/time.ts';
import type { DigestMessage } from '../../lib/ports/digest-publisher.ts';
import { firingAlert } from '../fixtures/alert.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';
import { TODAY } from '../fixtures/work-days.ts';

const NOW_MS = startOfMinute(TODAY) + 161 * 60_000;
const YESTERDAY = new Date(startOfMinute(TODAY - 1)).toISOString().slice(0, 10);

/** A system that completed tasks of a second around noon, so many days ago. */
async function worked(stores: Stores, system: string, daysAgo: number, tasks: number): Promise<void> {
  await stores.fleet.knowSystem(system, startOfMinute(TODAY - 30 * DAY_MINUTES));
  const minute = TODAY - daysAgo * DAY_MINUTES + 720;
  const events = Array.from({ length: tasks }, (_, i) => ({
    ...{ type: 'task', agent: 'a', task: `t-${i}`, taskType: 'short', status: 'completed', attempt: 1 },
    ...{ priority: 'normal', endedAtMs: startOfMinute(minute) + 1_000, responseUs: 1e6, serviceUs: 1e6 },
  }));
  const batch = { id: 'b', bucket: minute, receivedAtMs: startOfMinute(minute), events } as never;
  const roster: Roster = new Map();
  enterBatch(roster, batch);
  const chunk = emptyRollupChunk(minute, 0, 1);
  foldBatch(batch, () => chunk);
  await stores.rollups.save(system, chunk, 1);
  const lease = await stores.log.take(system, 'test', NOW_MS, NOW_MS + 1_000);
  if (!lease) throw new Error('no lease');
  await stores.fleet.saveRoster(system, roster, lease.fence);
  await stores.log.saveProgress(system, { ...lease.progress, doneThrough: TODAY + 160 }, lease.fence);
  await stores.log.release(system, lease.fence);
}

function depsOf(stores: Stores, publish: (message: DigestMessage) => Promise<void>): DigestDeps {
  return { ...stores, digests: { publish }, publicUrl: 'https://fleet.example.com', nowMs: () => NOW_MS };
}

test('a day is told once, even where telling failed at first', async () => {
  const stores = storesInMemory(() => NOW_MS);
  await worked(stores, 'default', 1, 10);
  const told: DigestMessage[] = [];
  let failures = 1;
  const deps = depsOf(stores, async (message) => {
    if (failures-- > 0) throw new Error('injected: the topic cannot be reached');
    told.push(message);
  });
  await expect(digestFleets(deps, NOW_MS)).rejects.toThrow(/default: .*injected/);
  const outcome = [{ system: 'default', day: YESTERDAY, status: 'published' }];
  expect(await digestFleets(deps, NOW_MS)).toEqual(outcome);
  expect(await digestFleets(deps, NOW_MS)).toEqual(outcome);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ system: 'default', day: YESTERDAY });
  expect(told[0]?.text).toContain('average response time 1 s');
});

test('each system has a digest of its own, with nothing of others, and none where nobody did anything for two days', async () => {
  const stores = storesInMemory(() => NOW_MS);
  await worked(stores, 'acme', 1, 10);
  await worked(stores, 'globex', 2, 10);
  await worked(stores, 'gone', 3, 10);
  const detectedMs = startOfMinute(TODAY) - 3_600_000;
  await stores.alerts.enter(
    'acme',
    firingAlert({ onsetMs: detectedMs, detectedMs, title: 'Agent secret-of-acme is dead' }),
  );
  const told = new Map<string, DigestMessage>();
  const outcomes = await digestFleets(
    depsOf(stores, async (it) => void told.set(it.system, it)),
    NOW_MS,
  );
  expect(outcomes.map(({ system, status }) => [system, status]).sort()).toEqual([
    ['acme', 'published'],
    ['globex', 'published'],
    ['gone', 'nothing-known'],
  ]);
  expect(told.get('acme')?.text).toContain('secret-of-acme');
  expect(told.get('globex')?.title).toContain('nothing was reported');
  expect(told.get('globex')?.text).not.toContain('acme');
});

test('a text that is no day is refused', async () => {
  const deps = depsOf(
    storesInMemory(() => NOW_MS),
    async () => {},
  );
  await expect(digestFleet(deps, 'default', '2026-13-01')).rejects.toThrow(RangeError);
});
