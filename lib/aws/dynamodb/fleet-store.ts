import type { ChangeEvent } from '../../core/model/event.ts';
import type { Roster, RosterEntry } from '../../core/model/roster.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../core/model/time.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { type DynamoTable, numberOf, textOf, ttlSeconds } from './dynamo-table.ts';
import { packGroups, readGroups, saveGroups } from './packed-groups.ts';

const AGENTS_PER_ITEM = 400;
const CHANGES_KEPT_MS = 90 * DAY_MINUTES * MINUTE_MS;

/** Systems, roster and changes in the State table. The roster is packed, some hundred agents an item. */
export function dynamoFleetStore(table: DynamoTable): FleetStore {
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
      for (const entry of (await readGroups<RosterEntry[]>(table, rosterKey(system))).flat()) {
        const known = roster.get(entry.agent);
        // While the number of items grows, an agent may stand in an old one and in a new one.
        if (!known || entry.lastSeenMs >= known.lastSeenMs) roster.set(entry.agent, entry);
      }
      return roster;
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

function changesKey(system: string): string {
  return `CHANGES#${system}`;
}

function momentKey(ms: number): string {
  return String(Math.floor(ms)).padStart(15, '0');
}
