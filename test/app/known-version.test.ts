import { expect, test } from 'vitest';
import { KnownVersion } from '../../lib/app/known-version.ts';
import { dynamoDirectiveStore } from '../../lib/aws/dynamodb/directive-store.ts';
import { MemoryTable } from '../../lib/aws/dynamodb/memory-table.ts';

function known() {
  const at = { nowMs: 1_800_000_000_000 };
  const store = dynamoDirectiveStore(new MemoryTable(), () => at.nowMs);
  let reads = 0;
  let isDown = false;
  const counted = {
    version: async (system: string) => {
      reads += 1;
      if (isDown) throw new Error('down');
      return store.version(system);
    },
  };
  const versions = new KnownVersion(counted, () => at.nowMs);
  return { at, store, versions, reads: () => reads, setDown: (down: boolean) => (isDown = down) };
}

test('within a second the version is read once, however many ask, and of each system by itself', async () => {
  const { at, versions, reads } = known();
  expect(await Promise.all([versions.of('a'), versions.of('a'), versions.of('b')])).toEqual([0, 0, 0]);
  at.nowMs += 999;
  await versions.of('a');
  expect(reads()).toBe(2);
});

test('a second later, what has changed since is told', async () => {
  const { at, store, versions } = known();
  expect(await versions.of('a')).toBe(0);
  await store.bumpVersion('a');
  expect(await versions.of('a')).toBe(0);
  at.nowMs += 1_000;
  expect(await versions.of('a')).toBe(1);
});

test('what could not be read is asked for again at once', async () => {
  const { versions, setDown } = known();
  setDown(true);
  await expect(versions.of('a')).rejects.toThrow('down');
  setDown(false);
  expect(await versions.of('a')).toBe(0);
});
