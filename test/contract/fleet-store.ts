import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { FleetChange } from '../../lib/core/model/fleet-change.ts';
import type { Roster, RosterEntry } from '../../lib/core/model/roster.ts';
import type { FleetStore } from '../../lib/ports/fleet-store.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

function rosterOf(agents: number): Roster {
  return new Map(
    Array.from({ length: agents }, (_, i): [string, RosterEntry] => [
      `agent-${i}`,
      {
        agent: `agent-${i}`,
        firstSeenMs: NOW_MS,
        lastSeenMs: NOW_MS + i,
        firstBeatMs: null,
        lastBeat: null,
        description: { type: 'agent', agent: `agent-${i}`, pool: 'p', skills: { chat: 0.5 } },
        describedBy: { atMs: NOW_MS, mark: 'b' },
      },
    ]),
  );
}

const agentsOf = (roster: Roster) => [...roster.keys()];

export function fleetStoreContract(fresh: FreshStore<FleetStore>): void {
  test('gives back the roster, also after it has grown over its items', async () => {
    const { store } = await fresh(NOW_MS);
    for (const agents of [3, 401, 1_700]) {
      expect(await store.saveRoster('default', rosterOf(agents), 1)).toBe(true);
      expect(await store.roster('default')).toEqual(rosterOf(agents));
    }
    expect(await store.roster('other')).toEqual(new Map());
  });

  test('holds agents whose descriptions together are larger than an item', async () => {
    const { store } = await fresh(NOW_MS);
    const roster = rosterOf(100);
    for (const entry of roster.values()) {
      const text = (name: string) => createHash('sha512').update(`${entry.agent}${name}`).digest('base64').repeat(2);
      const params = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`p${i}`, text(`p${i}`)]));
      entry.description = { type: 'agent', agent: entry.agent, pool: 'p', params };
    }
    expect(await store.saveRoster('default', roster, 1)).toBe(true);
    expect(await store.roster('default')).toEqual(roster);
  });

  test('keeps the roster that a later lease holder wrote', async () => {
    const { store } = await fresh(NOW_MS);
    await store.saveRoster('default', rosterOf(2), 4);
    expect(await store.saveRoster('default', rosterOf(1), 3)).toBe(false);
    expect(await store.roster('default')).toEqual(rosterOf(2));
  });

  test('keeps the larger roster of a later lease holder, whole', async () => {
    const { store } = await fresh(NOW_MS);
    await store.saveRoster('default', rosterOf(3), 1);
    await store.saveRoster('default', rosterOf(401), 4);
    expect(await store.saveRoster('default', rosterOf(3), 3)).toBe(false);
    expect(await store.roster('default')).toEqual(rosterOf(401));
  });

  test('leaves out of the roster who was forgotten, also when an older roster is written afterwards', async () => {
    const { store } = await fresh(NOW_MS);
    const roster = rosterOf(3);
    await store.saveRoster('default', roster, 1);
    const entry = roster.get('agent-1');
    if (!entry) throw new Error('agent-1 is in the roster');
    await store.forget('default', { entry, atMs: NOW_MS + 5 });
    expect(agentsOf(await store.roster('default'))).toEqual(['agent-0', 'agent-2']);
    await store.saveRoster('default', roster, 2);
    expect(agentsOf(await store.roster('default'))).toEqual(['agent-0', 'agent-2']);
    const back = { ...entry, firstSeenMs: NOW_MS + 6 };
    await store.saveRoster('default', new Map([...roster, ['agent-1', back]]), 3);
    expect((await store.roster('default')).get('agent-1')).toEqual(back);
    expect(await store.roster('other')).toEqual(new Map());
  });

  test('knows who was forgotten since a moment, the latest time of each, for 90 days', async () => {
    const { store, setNow } = await fresh(NOW_MS);
    const [first, second] = [...rosterOf(2).values()];
    if (!first || !second) throw new Error('there are two');
    for (const atMs of [NOW_MS, NOW_MS + 20]) await store.forget('default', { entry: first, atMs });
    await store.forget('default', { entry: second, atMs: NOW_MS + 10 });
    const forgotten = (fromMs: number) =>
      store.forgotten('default', fromMs).then((found) => [...found].map(([agent, { atMs }]) => [agent, atMs - NOW_MS]));
    expect(new Map((await forgotten(NOW_MS)) as [string, number][])).toEqual(
      new Map([
        [first.agent, 20],
        [second.agent, 10],
      ]),
    );
    expect(await forgotten(NOW_MS + 11)).toEqual([[first.agent, 20]]);
    expect((await store.forgotten('default', NOW_MS)).get(second.agent)?.entry).toEqual(second);
    setNow(NOW_MS + 91 * 86_400_000);
    expect(await forgotten(NOW_MS)).toEqual([]);
  });

  test('lists changes of a period, each once however often it was saved', async () => {
    const { store } = await fresh(NOW_MS);
    const change = (id: string, atMs: number): FleetChange => ({ id, event: { type: 'change', atMs, kind: 'deploy' } });
    const changes = [change('early', NOW_MS - 1_000), change('in', NOW_MS), change('too', NOW_MS + 500)];
    await store.saveChanges('default', changes);
    await store.saveChanges('default', changes.slice(1));
    expect(await store.changes('default', NOW_MS, NOW_MS + 1_000)).toEqual(changes.slice(1));
  });

  test('knows a system from the first time that was given', async () => {
    const { store } = await fresh(NOW_MS);
    expect(await store.systems()).toEqual([]);
    await store.knowSystem('b', NOW_MS);
    await store.knowSystem('b', NOW_MS - 1);
    await store.knowSystem('a', NOW_MS + 1);
    expect(await store.systems()).toEqual([
      { system: 'a', sinceMs: NOW_MS + 1 },
      { system: 'b', sinceMs: NOW_MS },
    ]);
  });
}
