import { type BucketCount, emptyLedgerPage, type LedgerPage } from '../../core/ledger/ledger.ts';
import { DAY_MINUTES, MINUTE_MS, type Minute, minuteOf, startOfMinute } from '../../core/model/time.ts';
import type { LedgerStore } from '../../ports/ledger-store.ts';
import { type DynamoTable, type Item, isLive, type Scalar, ttlSeconds } from './dynamo-table.ts';

const KEPT_MS = 35 * DAY_MINUTES * MINUTE_MS;
/** An update expression may have 4 KB. */
const ATTRIBUTES_PER_UPDATE = 100;

/**
 * Ledger pages in the Rollups table: a partition a day, an item a minute of receipt, an attribute an entry
 * ("bucket:N", "stored:N", "duplicate", "rejected:CODE"), and the fence that its entries were set under last.
 */
export function dynamoLedgerStore(table: DynamoTable, nowMs: () => number): LedgerStore {
  return {
    async read(system, from, through) {
      const days: number[] = [];
      for (let day = Math.floor(from / DAY_MINUTES); day <= Math.floor(through / DAY_MINUTES); day++) days.push(day);
      const range = { from: minuteKey(from), to: minuteKey(through) };
      const pages = await Promise.all(days.map((day) => table.query(dayKey(system, day), range)));
      return pages
        .flat()
        .filter((item) => isLive(item, nowMs()))
        .map(pageOf);
    },

    async set(system, { receipt, seen, stored }, fence) {
      const attributes: [string, Scalar][] = [
        ...[...seen].map(([bucket, count]): [string, Scalar] => [`bucket:${bucket}`, packCount(count)]),
        ...[...stored].map(([minute, count]): [string, Scalar] => [`stored:${minute}`, count]),
      ];
      for (let i = 0; i < attributes.length; i += ATTRIBUTES_PER_UPDATE) {
        const set = Object.fromEntries(attributes.slice(i, i + ATTRIBUTES_PER_UPDATE));
        const after = await table.update(...keyOf(system, receipt), {
          set: { ...set, fence, ttl: expiry(receipt) },
          condition: {
            expression: 'attribute_not_exists(#fence) OR #fence <= :fence',
            names: { '#fence': 'fence' },
            values: { ':fence': fence },
          },
        });
        if (after === null) return false;
      }
      return true;
    },

    async addUnjournaled(system, { duplicate, rejected }, atMs) {
      const receipt = minuteOf(atMs);
      const codes = Object.entries(rejected).map(([code, count]): [string, number] => [`rejected:${code}`, count]);
      const add = Object.fromEntries([...codes, ...(duplicate > 0 ? [['duplicate', duplicate] as const] : [])]);
      await table.update(...keyOf(system, receipt), { set: { ttl: expiry(receipt) }, add, once: true });
    },
  };
}

function dayKey(system: string, day: number): string {
  return `LEDGER#${system}#${day}`;
}

function minuteKey(minute: Minute): string {
  return String(minute).padStart(12, '0');
}

function keyOf(system: string, receipt: Minute): [pk: string, sk: string] {
  return [dayKey(system, Math.floor(receipt / DAY_MINUTES)), minuteKey(receipt)];
}

function expiry(receipt: Minute): number {
  return ttlSeconds(startOfMinute(receipt) + KEPT_MS);
}

function packCount({ received, rejected, accepted }: BucketCount): string {
  return JSON.stringify([received, rejected, [...accepted]]);
}

function unpackCount(packed: string): BucketCount {
  const [received, rejected, accepted] = JSON.parse(packed) as [number, Record<string, number>, [Minute, number][]];
  return { received, rejected, accepted: new Map(accepted) };
}

function pageOf(item: Item): LedgerPage {
  const page = emptyLedgerPage(Number(item.sk));
  for (const [name, value] of Object.entries(item)) {
    const [kind, of = ''] = name.split(':');
    if (kind === 'bucket' && typeof value === 'string') page.seen.set(Number(of), unpackCount(value));
    else if (kind === 'stored' && typeof value === 'number') page.stored.set(Number(of), value);
    else if (kind === 'duplicate' && typeof value === 'number') page.unjournaled.duplicate = value;
    else if (kind === 'rejected' && typeof value === 'number') page.unjournaled.rejected[of] = value;
  }
  return page;
}
