import { type ItemKey, keyText } from '../../core/backup/archived-item.ts';
import { FUTURE_MINUTES, openFromAfter } from '../../core/kpi/complete-minutes.ts';
import { DAY_MINUTES, type EpochMs, type Minute, minuteOf } from '../../core/model/time.ts';
import type { CutSystem, JournalCut } from '../../ports/table-archive.ts';
import { type ItemTable, numberOf, textOf } from './item-table.ts';
import { bucketKey, dirtyKey } from './journal.ts';

/** Clocks of ingest may differ, and requests that are under way may have begun a minute ago. */
const MARGIN_MINUTES = 2;
const BUCKETS_AT_ONCE = 50;

interface Cut {
  /** Buckets from here on get batches without a mark. */
  from: Minute;
  /** Heads of the batches that are there, in these buckets and in those of marks. */
  heads: Set<string>;
}

/**
 * The cut through the journal in the Rollups table. Heads are written last, so a batch whose head is there is complete.
 * Which heads are there is looked up where new ones may come: in the buckets that the minute job reads at each run, and
 * where there is a mark. A batch for any other bucket that comes while the journal is read has a mark that is new.
 */
export function dynamoJournalCut(table: ItemTable, nowMs: () => EpochMs): JournalCut {
  const cuts = new Map<string, Cut>();
  const marksOf = async (system: string) =>
    (await table.query(dirtyKey(system))).map((item) => ({
      bucket: numberOf(item, 'bucket'),
      batchId: textOf(item, 'batch'),
    }));

  return {
    async begin(systems) {
      for (const known of systems) {
        const from = firstOpen(known, nowMs()) - MARGIN_MINUTES;
        const buckets = new Set((await marksOf(known.system)).map(({ bucket }) => bucket));
        for (let at = from; at <= minuteOf(nowMs()) + FUTURE_MINUTES + MARGIN_MINUTES; at++) buckets.add(at);
        const heads = new Set<string>();
        const all = [...buckets];
        for (let i = 0; i < all.length; i += BUCKETS_AT_ONCE) {
          const some = all.slice(i, i + BUCKETS_AT_ONCE);
          const found = await Promise.all(
            some.map((bucket) => table.query(bucketKey(known.system, bucket), undefined, ['pk', 'sk'])),
          );
          for (const { pk, sk } of found.flat()) heads.add(keyText({ pk, sk }));
        }
        cuts.set(known.system, { from, heads });
      }
    },

    keeps({ pk, sk }) {
      const [kind, system = '', bucket] = pk.split('#');
      if (kind !== 'JOURNAL' && kind !== 'DIRTY') return true;
      const cut = cuts.get(system);
      if (!cut) return false;
      if (kind === 'DIRTY') return cut.heads.has(keyText(headOf(system, sk)));
      return Number(bucket) < cut.from || cut.heads.has(keyText({ pk, sk }));
    },

    async end() {
      const left: ItemKey[] = [];
      for (const [system, { heads }] of cuts) {
        for (const { bucket, batchId } of await marksOf(system)) {
          const head = { pk: bucketKey(system, bucket), sk: batchId };
          if (!heads.has(keyText(head))) left.push(head);
        }
      }
      return left;
    },
  };
}

/** The bucket that the next run of the minute job begins with. */
function firstOpen({ sinceMs, doneThrough }: CutSystem, atMs: EpochMs): Minute {
  if (doneThrough !== null) return openFromAfter(doneThrough);
  // It has not run yet: everything since the first events is unread.
  return Math.max(minuteOf(sinceMs ?? atMs), minuteOf(atMs) - DAY_MINUTES) - FUTURE_MINUTES;
}

/** The head that a mark, by its sort key, is of. */
function headOf(system: string, sk: string): ItemKey {
  const [bucket = '', ...batchId] = sk.split('#');
  return { pk: bucketKey(system, Number(bucket)), sk: batchId.join('#') };
}
