import type { ChangeEvent } from '../../core/model/event.ts';
import { type ForgottenAgent, withoutForgotten } from '../../core/model/forgotten-agent.ts';
import type { Roster, RosterEntry } from '../../core/model/roster.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../core/model/time.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { bytesOf, type ItemTable, isLive, numberOf, textOf, ttlSeconds } from './item-table.ts';
import { packGroups, readGroups, saveGroups } from './packed-groups.ts';
import { type Pack, packJson, unpackJson } from './packed-json.ts';

const AGENTS_PER_ITEM = 1_000;
const CHANGES_KEPT_MS = 90 * DAY_MINUTES * MINUTE_MS;
/** As long as figures of the time before may be asked for. */
const FORGOTTEN_KEPT_MS = 90 * DAY_MINUTES * MINUTE_MS;
/** Until then the minute job has written the roster anew, if it runs at all. */
const FORGOTTEN_STILL_WRITTEN_MS = 2 * DAY_MINUTES * MINUTE_MS;

/** What is known of an agent but for what every minute changes. */
type KnownAgent = Omit<RosterEntry, keyof SeenAgent> & Pick<RosterEntry, 'agent'>;
/** What every minute changes. */
type SeenAgent = Pick<RosterEntry, 'agent' | 'lastSeenMs' | 'lastBeat' | 'lag' | 'work'>;

/**
 * Systems, roster, forgotten agents and changes in the State table. The roster is packed, some hundred agents an item,
 * and in two parts: who there is and how they describe themselves, which is written when it changes, and when they were last seen, which is every
 * minute.
 * Who is forgotten is an item of its own, in the order of time: the roster has one writer, and it may be at work.
 */
export function dynamoFleetStore(table: ItemTable, nowMs: () => number, pack: Pack = packJson): FleetStore {
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
      const [known, seen, forgotten] = await Promise.all([
        // Entries that were written before there were two parts have both.
        readGroups<(KnownAgent | RosterEntry)[]>(table, rosterKey(system)),
        readGroups<SeenAgent[]>(table, seenKey(system)),
        forgottenSince(system, nowMs() - FORGOTTEN_STILL_WRITTEN_MS),
      ]);
      const roster: Roster = new Map();
      for (const entry of known.flat()) {
        // Of an agent that has just been written, or while that is under way, the other part may not be there.
        roster.set(entry.agent, { lastSeenMs: entry.firstSeenMs, lastBeat: null, ...entry });
      }
      for (const entry of seen.flat()) {
        const its = roster.get(entry.agent);
        if (its) roster.set(entry.agent, { ...its, ...entry });
      }
      return withoutForgotten(roster, forgotten);
    },

    async saveRoster(system, roster, fence) {
      // One after the other, names have most in common; and what has not changed is packed to the same bytes.
      const entries = [...roster.values()].sort((a, b) => (a.agent < b.agent ? -1 : 1));
      const save = <Part extends { agent: string }>(pk: string, part: (entry: RosterEntry) => Part) =>
        saveGroups(
          table,
          pk,
          packGroups(
            entries.map(part),
            ({ agent }) => agent,
            AGENTS_PER_ITEM,
            (group) => group,
            pack,
          ),
          fence,
        );
      // First who there is: of who is not there, nothing is read.
      return (await save(rosterKey(system), knownPart)) && (await save(seenKey(system), seenPart));
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

function knownPart({ agent, firstSeenMs, firstBeatMs, description, describedBy }: RosterEntry): KnownAgent {
  return { agent, firstSeenMs, firstBeatMs, description, describedBy };
}

function seenPart({ agent, lastSeenMs, lastBeat, lag, work }: RosterEntry): SeenAgent {
  return { agent, lastSeenMs, lastBeat, ...(lag && { lag }), ...(work && { work }) };
}

function rosterKey(system: string): string {
  return `ROSTER#${system}`;
}

function seenKey(system: string): string {
  return `ROSTERSEEN#${system}`;
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
