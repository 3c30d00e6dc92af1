import { chunkIndex } from '../../core/kpi/rollup-chunk.ts';
import type { ChangeEvent } from '../../core/model/event.ts';
import type { Roster, RosterEntry } from '../../core/model/roster.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../core/model/time.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { bytesOf, type DynamoTable, type Item, numberOf, textOf, ttlSeconds } from './dynamo-table.ts';
import { packJson, unpackJson } from './packed-json.ts';

const AGENTS_PER_ITEM = 400;
const CHANGES_KEPT_MS = 90 * DAY_MINUTES * MINUTE_MS;

/** Systems, roster and changes in the State table. The roster is packed, some hundred agents an item. */
export function dynamoFleetStore(table: DynamoTable): FleetStore {
  return {
    async systems() {
      return (await table.query('SYSTEMS')).map((item) => item.sk);
    },

    async roster(system) {
      const roster: Roster = new Map();
      for (const item of await table.query(rosterKey(system))) {
        for (const entry of unpackJson<RosterEntry[]>(bytesOf(item, 'body'))) {
          const known = roster.get(entry.agent);
          // While the number of items grows, an agent may stand in an old one and in a new one.
          if (!known || entry.lastSeenMs >= known.lastSeenMs) roster.set(entry.agent, entry);
        }
      }
      return roster;
    },

    async saveRoster(system, roster, fence) {
      let items = 1;
      while (items * AGENTS_PER_ITEM < roster.size) items *= 2;
      const groups: RosterEntry[][] = Array.from({ length: items }, () => []);
      for (const entry of roster.values()) groups[chunkIndex(entry.agent, items)]?.push(entry);
      // Before the writes: a run that was overtaken stops here, and cannot take a larger roster than its own for stale.
      const before = await table.query(rosterKey(system), undefined, ['pk', 'sk', 'items', 'fence']);
      if (before.some((item) => numberOf(item, 'fence') > fence)) return false;
      const saved = await Promise.all(
        groups.map((entries, index) => {
          const sk = `${String(items).padStart(6, '0')}#${index}`;
          const item: Item = { pk: rosterKey(system), sk, items, body: packJson(entries), fence };
          return table.put(item, {
            expression: 'attribute_not_exists(pk) OR #fence <= :fence',
            names: { '#fence': 'fence' },
            values: { ':fence': fence },
          });
        }),
      );
      if (saved.includes(false)) return false;
      const stale = before.filter((item) => numberOf(item, 'items') !== items);
      await Promise.all(stale.map((item) => table.delete(item.pk, item.sk)));
      return true;
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
