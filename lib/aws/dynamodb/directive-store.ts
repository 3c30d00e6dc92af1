import { DAY_MINUTES, MINUTE_MS, minuteOf } from '../../core/model/time.ts';
import { TooLargeError } from '../../core/model/too-large-error.ts';
import { type Acknowledgement, roomFor, wordThatCounts } from '../../core/remediate/acknowledgement.ts';
import type { Directive, DirectiveRecord, DirectiveTransition, Ruling } from '../../core/remediate/directive.ts';
import { asApproved, lastEventMs } from '../../core/remediate/directive-lifecycle.ts';
import type { DirectiveStore } from '../../ports/directive-store.ts';
import {
  type Condition,
  type Item,
  type ItemTable,
  isLive,
  notBeyond,
  numberOf,
  textOf,
  ttlSeconds,
} from './item-table.ts';

const KEPT_MS = 90 * DAY_MINUTES * MINUTE_MS;
/** Longer than anybody asks what happened lately. */
const LATELY_MS = 2 * DAY_MINUTES * MINUTE_MS;
const LATEST_ACK = 'ack';
const ACK_OF = 'ack#';
/** How many have spoken; absent in directives of earlier versions, until somebody speaks again. */
const SPEAKERS = 'speakers';
const PRESENT = 'attribute_exists(pk)';

/**
 * Directives in the State table: an item each, in the order of their ids, which begin with the minute of issue. The
 * minute job's part and the words of others are attributes of their own, an acknowledgement for each that spoke. Open ones have a marker in a second partition,
 * and closed ones in a third, in the order of what last happened to them: few are issued long before that.
 */
export function dynamoDirectiveStore(table: ItemTable, nowMs: () => number): DirectiveStore {
  const find = async (system: string, id: string) => {
    const item = await table.get(partition(system), id);
    return item && isLive(item, nowMs()) ? recordOf(item) : null;
  };
  const history: DirectiveStore['history'] = async (system, fromMs, toMs) => {
    const range = { from: minuteKey(fromMs), to: `${minuteKey(toMs - 1)}~` };
    const items = await table.query(partition(system), range);
    return items
      .filter((item) => isLive(item, nowMs()))
      .map(recordOf)
      .filter(({ directive }) => directive.issuedMs >= fromMs && directive.issuedMs < toMs)
      .reverse();
  };
  return {
    async open(system) {
      const markers = await table.query(openPartition(system));
      const records = await Promise.all(markers.map(({ sk }) => find(system, sk)));
      return records.filter((record) => record !== null);
    },

    async recent(system, sinceMs) {
      const [open, closed, issued] = await Promise.all([
        table.query(openPartition(system)),
        table.query(closedPartition(system), { from: minuteKey(sinceMs), to: '~' }),
        history(system, sinceMs, Number.POSITIVE_INFINITY),
      ]);
      const known = new Set(issued.map(({ directive }) => directive.id));
      const ids = [...open.map(({ sk }) => sk), ...closed.flatMap((mark) => closedSince(mark, sinceMs))];
      const earlier = [...new Set(ids)].filter((id) => !known.has(id)).sort();
      const found = await Promise.all(earlier.reverse().map((id) => find(system, id)));
      return [...issued, ...found.filter((record) => record !== null)];
    },

    history,

    find,

    async save(system, directive, unsent, isOpen, fence) {
      const { id } = directive;
      // The marker goes first and leaves last: a crash in between leaves one too many, never one too few.
      const mark = { pk: openPartition(system), sk: id, fence };
      if (isOpen && !(await table.put(mark, notBeyond(fence)))) return false;
      const set = {
        directive: JSON.stringify(directive),
        unsent: JSON.stringify(unsent),
        ttl: ttlSeconds(directive.renewedMs + KEPT_MS),
        fence,
      };
      const saved = await table.update(partition(system), id, { set, condition: notBeyond(fence) }).catch((error) => {
        throw isTooLarge(error) ? new TooLargeError(`directive ${id} is too large`, { cause: error }) : error;
      });
      if (saved === null) return false;
      if (isOpen) return true;
      const lastMs = lastEventMs(directive);
      const closed = { pk: closedPartition(system), sk: `${minuteKey(lastMs)}#${id}`, id, lastMs, fence };
      const isLate = lastMs + LATELY_MS > nowMs();
      const ttl = ttlSeconds(lastMs + LATELY_MS);
      if (isLate && !(await table.put({ ...closed, ttl }, notBeyond(fence)))) return false;
      return table.delete(openPartition(system), id, notBeyond(fence));
    },

    async acknowledge(system, id, ack) {
      // Where others speak at the same time it is looked again whether there is room.
      for (;;) {
        const item = await table.get(partition(system), id);
        if (!item || !isLive(item, nowMs())) return null;
        const record = recordOf(item);
        const known = SPEAKERS in item ? numberOf(item, SPEAKERS) : undefined;
        const room = roomFor(ack, { said: record.acks, speakers: known ?? record.acks.length });
        if (!room) return record;
        const more = room.isNew ? 1 : 0;
        const word = JSON.stringify(room.word);
        const after = await table.update(partition(system), id, {
          set: {
            [`${ACK_OF}${ack.by}`]: word,
            // The version before knows the latest word of all only.
            [LATEST_ACK]: word,
            ...(known === undefined && { [SPEAKERS]: record.acks.length + more }),
          },
          ...(known !== undefined && { add: { [SPEAKERS]: more } }),
          condition: whileThereIsRoom(ack.by, room, known),
        });
        if (after) return recordOf(after);
      }
    },

    async rule(system, id, what, ruling) {
      const item = await table.update(partition(system), id, {
        set: { [what]: JSON.stringify(ruling) },
        condition: {
          expression: `${PRESENT} AND attribute_not_exists(#what) AND attribute_not_exists(#opposite)`,
          names: { '#what': what, '#opposite': opposites[what] },
        },
      });
      return item ? recordOf(item) : find(system, id);
    },

    async version(system) {
      const item = await table.get(versionPartition(system), 'VERSION');
      return Number(item?.['version'] ?? 0);
    },

    async bumpVersion(system) {
      await table.update(versionPartition(system), 'VERSION', { add: { version: 1 } });
    },
  };
}

/** Of an answer to a question the first word counts, whichever it is. */
const opposites = { approved: 'rejected', rejected: 'approved', rolledBack: 'rolledBack' } as const;

function recordOf(item: Item): DirectiveRecord {
  const said = <Word>(name: string): Word | null =>
    typeof item[name] === 'string' ? (JSON.parse(textOf(item, name)) as Word) : null;
  const acks = acksOf(item);
  return asApproved({
    directive: JSON.parse(textOf(item, 'directive')) as Directive,
    unsent: JSON.parse(textOf(item, 'unsent')) as DirectiveTransition[],
    ...{ ack: wordThatCounts(acks), acks },
    approved: said<Ruling>('approved'),
    rejected: said<Ruling>('rejected'),
    rolledBack: said<Ruling>('rolledBack'),
  });
}

/** The latest of each: one that a version before this one wrote may be newer than its own. */
function acksOf(item: Item): Acknowledgement[] {
  const names = Object.keys(item).filter((name) => name === LATEST_ACK || name.startsWith(ACK_OF));
  const words = names.map((name) => JSON.parse(textOf(item, name)) as Acknowledgement);
  return [...new Map(words.sort((a, b) => a.atMs - b.atMs).map((word) => [word.by, word] as const)).values()];
}

/** Who is new is counted once, and nobody beyond the places that there are. */
function whileThereIsRoom(
  by: string,
  { isNew, upTo }: { isNew: boolean; upTo: number },
  known: number | undefined,
): Condition {
  const isCounted = known === undefined ? 'attribute_not_exists(#speakers)' : '#speakers <= :most';
  return {
    expression: `${PRESENT} AND ${isCounted}${isNew ? ' AND attribute_not_exists(#own)' : ''}`,
    names: { '#speakers': SPEAKERS, ...(isNew && { '#own': `${ACK_OF}${by}` }) },
    values: known === undefined ? {} : { ':most': isNew ? upTo - 1 : upTo },
  };
}

/** DynamoDB has no name of its own for it. */
function isTooLarge(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException' && /maximum allowed size/i.test(error.message);
}

function partition(system: string): string {
  return `DIRECTIVES#${system}`;
}

function openPartition(system: string): string {
  return `OPENDIRECTIVES#${system}`;
}

function closedPartition(system: string): string {
  return `CLOSEDDIRECTIVES#${system}`;
}

function closedSince(mark: Item, sinceMs: number): string[] {
  return numberOf(mark, 'lastMs') >= sinceMs ? [textOf(mark, 'id')] : [];
}

function versionPartition(system: string): string {
  return `DIRECTIVESVERSION#${system}`;
}

const LAST_MINUTE = 36 ** 5 - 1;

/** As ids begin: base 36, five digits from 1973 until 2084; what lies later counts as then. */
function minuteKey(ms: number): string {
  return Math.min(minuteOf(Math.max(0, ms)), LAST_MINUTE)
    .toString(36)
    .padStart(5, '0');
}
