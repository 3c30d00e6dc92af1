import { expect, test } from 'vitest';
import { dynamoFleetStore } from '../../lib/aws/dynamodb/fleet-store.ts';
import type { Item } from '../../lib/aws/dynamodb/item-table.ts';
import { MemoryTable } from '../../lib/aws/dynamodb/memory-table.ts';
import { packJson } from '../../lib/aws/dynamodb/packed-json.ts';
import type { Roster, RosterEntry } from '../../lib/core/model/roster.ts';

const AT = 1_790_000_000_000;

function entry(agent: string, seenMs: number, pool = 'writers'): RosterEntry {
  return {
    ...{ agent, firstSeenMs: AT, lastSeenMs: seenMs, firstBeatMs: AT },
    lastBeat: { atMs: seenMs, state: 'busy', intervalMs: 60_000, progress: null },
    lag: { hour: 1, ms: 40, hourBeforeMs: 0 },
    description: { type: 'agent', agent, pool },
    describedBy: { atMs: AT, mark: 'LqKoC1JKMDH' },
  };
}

const rosterOf = (entries: readonly RosterEntry[]): Roster => new Map(entries.map((it) => [it.agent, it]));

class CountedTable extends MemoryTable {
  written: string[] = [];

  override put(item: Item, ...more: []): Promise<boolean> {
    this.written.push(item.pk);
    return super.put(item, ...more);
  }

  take(): string[] {
    return this.written.splice(0);
  }
}

test('a minute in which agents are only seen writes when they were seen, and not who they are', async () => {
  const table = new CountedTable();
  const store = dynamoFleetStore(table, () => AT);
  const first = [entry('b', AT), entry('a', AT)];
  expect(await store.saveRoster('s', rosterOf(first), 1)).toBe(true);
  expect(table.take()).toEqual(['ROSTER#s', 'ROSTERSEEN#s']);

  const later = [entry('a', AT + 60_000), entry('b', AT + 59_000)];
  expect(await store.saveRoster('s', rosterOf(later), 2)).toBe(true);
  expect(table.take()).toEqual(['ROSTERSEEN#s']);
  expect(await store.roster('s')).toEqual(rosterOf(later));

  const moved = [entry('a', AT + 60_000), entry('b', AT + 59_000, 'checkers')];
  expect(await store.saveRoster('s', rosterOf(moved), 3)).toBe(true);
  expect(table.take()).toEqual(['ROSTER#s']);
  expect(await store.roster('s')).toEqual(rosterOf(moved));
});

test('a roster that was written when it had one part is read, and divided with the next writing', async () => {
  const table = new MemoryTable();
  const store = dynamoFleetStore(table, () => AT);
  const entries = [entry('a', AT + 1), entry('b', AT + 2)];
  await table.put({ pk: 'ROSTER#s', sk: '000001#0', items: 1, body: packJson(entries), fence: 1 });
  expect(await store.roster('s')).toEqual(rosterOf(entries));
  const later = [entry('a', AT + 60_000), entry('b', AT + 2)];
  expect(await store.saveRoster('s', rosterOf(later), 2)).toBe(true);
  expect(await store.roster('s')).toEqual(rosterOf(later));
});

test('of an agent whose other part is not written yet, it is known when it was seen first', async () => {
  const table = new MemoryTable();
  const store = dynamoFleetStore(table, () => AT);
  await store.saveRoster('s', rosterOf([entry('a', AT + 60_000)]), 1);
  await table.delete('ROSTERSEEN#s', '000001#0');
  expect((await store.roster('s')).get('a')).toMatchObject({ lastSeenMs: AT, lastBeat: null });
});

test('a run that was overtaken writes neither part', async () => {
  const table = new MemoryTable();
  const store = dynamoFleetStore(table, () => AT);
  const newer = rosterOf([entry('a', AT + 60_000)]);
  await store.saveRoster('s', newer, 2);
  expect(await store.saveRoster('s', rosterOf([entry('a', AT), entry('b', AT)]), 1)).toBe(false);
  expect(await store.roster('s')).toEqual(newer);
});
