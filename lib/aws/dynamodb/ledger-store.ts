import { type Account, holderOf } from '../../core/ledger/account.ts';
import { type BucketCount, emptyLedgerPage, type LedgerPage } from '../../core/ledger/ledger.ts';
import { DAY_MINUTES, MINUTE_MS, type Minute, startOfMinute } from '../../core/model/time.ts';
import type { LedgerStore } from '../../ports/ledger-store.ts';
import { type Item, type ItemTable, isLive, notBeyond, type Scalar, ttlSeconds } from './item-table.ts';

const KEPT_MS = 35 * DAY_MINUTES * MINUTE_MS;
/** An update expression may have 4 KB. */
const ATTRIBUTES_PER_UPDATE = 100;

/**
 * Ledger pages in the Rollups table: a partition a day, an item an account, an attribute an entry
 * ("bucket:N", "stored:N", "copies:N", "duplicate", "ignored:REASON", "rejected:CODE"), and the fence that its entries
 * were set under last.
 */
export function dynamoLedgerStore(table: ItemTable, nowMs: () => number): LedgerStore {
  return {
    async read(system, from, through) {
      const days: number[] = [];
      for (let day = Math.floor(from / DAY_MINUTES); day <= Math.floor(through / DAY_MINUTES); day++) days.push(day);
      const range = { from: minuteKey(from), to: `${minuteKey(through)}~` };
      const pages = await Promise.all(days.map((day) => table.query(dayKey(system, day), range)));
      return pages
        .flat()
        .filter((item) => isLive(item, nowMs()))
        .map(pageOf);
    },

    async set(system, { account, seen, stored, copies }, fence) {
      const attributes: [string, Scalar][] = [
        ...[...seen].map(([bucket, count]): [string, Scalar] => [`bucket:${bucket}`, packCount(count)]),
        ...[...stored].map(([minute, count]): [string, Scalar] => [`stored:${minute}`, count]),
        ...[...copies].map(([minute, count]): [string, Scalar] => [`copies:${minute}`, count]),
      ];
      for (let i = 0; i < attributes.length; i += ATTRIBUTES_PER_UPDATE) {
        const set = Object.fromEntries(attributes.slice(i, i + ATTRIBUTES_PER_UPDATE));
        const after = await table.update(...keyOf(system, account), {
          set: { ...set, fence, ttl: expiry(account) },
          condition: notBeyond(fence),
        });
        if (after === null) return false;
      }
      return true;
    },

    async addUnjournaled(system, account, { duplicate, ignored, rejected }) {
      const add = Object.fromEntries([
        ...Object.entries(ignored).map(([reason, count]) => [`ignored:${reason}`, count] as const),
        ...Object.entries(rejected).map(([code, count]) => [`rejected:${code}`, count] as const),
        ...(duplicate > 0 ? [['duplicate', duplicate] as const] : []),
      ]);
      await table.update(...keyOf(system, account), { set: { ttl: expiry(account) }, add, once: true });
    },
  };
}

function dayKey(system: string, day: number): string {
  return `LEDGER#${system}#${day}`;
}

function minuteKey(minute: Minute): string {
  return String(minute).padStart(12, '0');
}

/** The key of a page without sender is the minute alone, as it was before senders were noted. */
function keyOf(system: string, account: Account): [pk: string, sk: string] {
  const { receipt, sender } = holderOf(account);
  const day = Math.floor(receipt / DAY_MINUTES);
  return [dayKey(system, day), sender === '' ? minuteKey(receipt) : `${minuteKey(receipt)}#${sender}`];
}

function expiry(account: Account): number {
  return ttlSeconds(startOfMinute(holderOf(account).receipt) + KEPT_MS);
}

/** Counts that were packed before anything could be ignored lack the last entry. */
type PackedCount = [
  received: number,
  rejected: Record<string, number>,
  accepted: [Minute, number][],
  ignored?: Record<string, number>,
];

function packCount({ received, rejected, accepted, ignored }: BucketCount): string {
  return JSON.stringify([received, rejected, [...accepted], ignored]);
}

function unpackCount(packed: string): BucketCount {
  const [received, rejected, accepted, ignored = {}] = JSON.parse(packed) as PackedCount;
  return { received, ignored, rejected, accepted: new Map(accepted) };
}

function pageOf(item: Item): LedgerPage {
  const [receipt = '', ...sender] = item.sk.split('#');
  const page = emptyLedgerPage(`${Number(receipt)} ${sender.join('#')}`);
  const unjournaled = { duplicate: 0, ignored: {} as Record<string, number>, rejected: {} as Record<string, number> };
  for (const [name, value] of Object.entries(item)) {
    const [kind, of = ''] = name.split(':');
    if (kind === 'bucket' && typeof value === 'string') page.seen.set(Number(of), unpackCount(value));
    if (typeof value !== 'number') continue;
    if (kind === 'stored') page.stored.set(Number(of), value);
    else if (kind === 'copies') page.copies.set(Number(of), value);
    else if (kind === 'duplicate') unjournaled.duplicate = value;
    else if (kind === 'ignored') unjournaled.ignored[of] = value;
    else if (kind === 'rejected') unjournaled.rejected[of] = value;
  }
  return { ...page, unjournaled };
}
