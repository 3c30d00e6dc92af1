import { FUTURE_MINUTES, OPEN_MINUTES } from '../core/kpi/complete-minutes.ts';
import { type Account, holderOf } from '../core/ledger/account.ts';
import { type BucketCount, balanceLedger, emptyLedgerPage, type LedgerSummary } from '../core/ledger/ledger.ts';
import { DAY_MINUTES, MINUTE_MS, type Minute, minuteOf } from '../core/model/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { Journal } from '../ports/journal.ts';
import type { LedgerStore } from '../ports/ledger-store.ts';
import type { MinuteLog } from '../ports/minute-log.ts';

export interface LedgerRequest {
  /** Minutes of receipt, `to` excluded. */
  from: Minute;
  to: Minute;
  /** Only what this sender sent. */
  sender?: string | undefined;
  /** What to tell apart. */
  by?: 'minute' | 'key' | undefined;
}

export interface Ledger {
  total: LedgerSummary;
  /** In order of minutes, or of senders; empty unless asked for. */
  parts: { minute: Minute | null; sender: string | null; summary: LedgerSummary }[];
}

/** What became of the events received in some minutes, as it stands now. */
export async function readLedger(
  deps: { journal: Journal; ledger: LedgerStore; log: MinuteLog; fleet: Pick<FleetStore, 'systems'> },
  system: string,
  { from, to, sender, by }: LedgerRequest,
  nowMs: number,
): Promise<Ledger> {
  const { doneThrough } = await deps.log.progress(system);
  const marks = await deps.journal.dirtyMarks(system);
  const buckets = new Set(marks.map((mark) => mark.bucket));
  const firstUnread = (doneThrough ?? (await firstReceipt(deps, system, nowMs))) - OPEN_MINUTES;
  for (let bucket = firstUnread; bucket <= minuteOf(nowMs) + FUTURE_MINUTES; bucket++) buckets.add(bucket);
  const live = new Map<Minute, Map<Account, BucketCount>>(
    await Promise.all([...buckets].map(async (bucket) => [bucket, await deps.journal.count(system, bucket)] as const)),
  );
  const isWanted = (account: Account) => {
    const holder = holderOf(account);
    return holder.receipt >= from && holder.receipt < to && (sender ?? holder.sender) === holder.sender;
  };
  const pages = new Map((await deps.ledger.read(system, from, to - 1)).map((page) => [page.account, page]));
  for (const byAccount of live.values()) {
    for (const account of byAccount.keys()) if (!pages.has(account)) pages.set(account, emptyLedgerPage(account));
  }
  const wanted = [...pages.values()].filter(({ account }) => isWanted(account));
  const groups = by === undefined ? new Map() : Map.groupBy(wanted, ({ account }) => holderOf(account)[nameOf[by]]);
  return {
    total: balanceLedger(wanted, live, doneThrough),
    parts: [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([of, own]) => ({
        minute: by === 'minute' ? of : null,
        sender: by === 'key' ? of : null,
        summary: balanceLedger(own, live, doneThrough),
      })),
  };
}

/** The minute job has not run yet: everything since the first events is unread. */
async function firstReceipt({ fleet }: { fleet: Pick<FleetStore, 'systems'> }, system: string, nowMs: number) {
  const sinceMs = (await fleet.systems()).find((known) => known.system === system)?.sinceMs;
  return minuteOf(Math.max(sinceMs ?? nowMs, nowMs - DAY_MINUTES * MINUTE_MS));
}

const nameOf = { minute: 'receipt', key: 'sender' } as const;
