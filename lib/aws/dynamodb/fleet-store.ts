import type { ChangeEvent } from '../../core/model/event.ts';
import { type ForgottenAgent, withoutForgotten } from '../../core/model/forgotten-agent.ts';
import type { Roster, RosterEntry } from '../../core/model/roster.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../core/model/time.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { bytesOf, type ItemTable, isLive, numberOf, textOf, ttlSeconds } from './item-table.ts';
import { packGroups, readGroups, saveGroups } from './packed-groups.ts';
import { packJson, unpackJson } from './packed-json.ts';

const AGENTS_PER_ITEM = 400;
const CHANGES_KEPT_MS = 90 * DAY_MINUTES * MINUTE_MS;
/** As long as figures of the time before may be asked for. */
const FORGOTTEN_KEPT_MS = 90 * DAY_MINUTES * MINUTE_MS;
/** Until then the minute job has written the roster anew, if it runs at all. */
const FORGOTTEN_STILL_WRITTEN_MS = 2 * DAY_MINUTES * MINUTE_MS;

/**
 * Systems, roster, forgotten agents and changes in the State table. The roster is packed, some hundred agents an item.
 * Who is forgotten is an item of its own, in the order of time: the roster has one writer, and it may be at work.
 */
export function dynamoFleetStore(table: ItemTable, nowMs: () => number): FleetStore {
  const forgottenSince = async (system: string, fromMs: number) => {
    const items = await table.query(forgottenKey(system), { from: momentKey(Math.max(0, fromMs)), to: '~' });
    return new Map(
      items
        .filter((item) => isLive(item, nowMs()))
        .map((item) => unpackJson<ForgottenAgent>(bytesOf(item, 'body')))
        .map((forgotten) => [forgotten.entry.agent, forgotten]),
    );
  };
  const known = new Set<string>();
  return {
    async systems() {
      return (await table.query('SYSTEMS')).map((item) => ({
        system: item.sk,
        sinceMs: item['since'] === undefined ? null : numberOf(item, 'since'),
      }));
    },

    async knowSystem(system, sinceMs) {
      if (known.has(system)) return;
      await table.update('SYSTEMS', system, {
        set: { since: sinceMs },
        condition: { expression: 'attribute_not_exists(#since)', names: { '#since': 'since' } },
      });
      known.add(system);
    },

    async roster(system) {
      const roster: Roster = new Map();
      const [groups, forgotten] = await Promise.all([
        readGroups<RosterEntry[]>(table, rosterKey(system)),
        forgottenSince(system, nowMs() - FORGOTTEN_STILL_WRITTEN_MS),
      ]);
      for (const entry of groups.flat()) {
        const known = roster.get(entry.agent);
        // While the number of items grows, an agent may stand in an old one and in a new one.
        if (!known || entry.lastSeenMs >= known.lastSeenMs) roster.set(entry.agent, entry);
      }
      return withoutForgotten(roster, forgotten);
    },

    async saveRoster(system, roster, fence) {
      const entries = [...roster.values()];
      const groups = packGroups(
        entries,
        ({ agent }) => agent,
        AGENTS_PER_ITEM,
        (group) => group,
      );
      return saveGroups(table, rosterKey(system), groups, fence);
    },

    async forget(system, forgotten) {
      const { entry, atMs } = forgotten;
      await table.put({
        pk: forgottenKey(system),
        sk: `${momentKey(atMs)}#${entry.agent}`,
        body: packJson(forgotten),
        ttl: ttlSeconds(atMs + FORGOTTEN_KEPT_MS),
      });
    },

    forgotten: forgottenSince,

    async saveChanges(system, changes) {
      await Promise.all(
        changes.map(({ id, event }) =>
          table.put({
            pk: changesKey(system),
            sk: `${momentKey(event.atMs)}#${id}`,
            id,
            event: JSON.stringify(event),
            ttl: ttlSeconds(event.atMs + CHANGES_KEPT_MS),
          }),
        ),
      );
    },

    async changes(system, fromMs, toMs) {
      const items = await table.query(changesKey(system), { from: momentKey(fromMs), to: momentKey(toMs) });
      return items.map((item) => ({ id: textOf(item, 'id'), event: JSON.parse(textOf(item, 'event')) as ChangeEvent }));
    },
  };
}

function rosterKey(system: string): string {
  return `ROSTER#${system}`;
}

function forgottenKey(system: string): string {
  return `FORGOTTEN#${system}`;
}

function changesKey(system: string): string {
  return `CHANGES#${system}`;
}

function momentKey(ms: number): string {
  return String(Math.floor(ms)).padStart(15, '0');
}
