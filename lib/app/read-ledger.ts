import { FUTURE_MINUTES, OPEN_MINUTES } from '../core/kpi/complete-minutes.ts';
import { type BucketCount, balanceLedger, emptyLedgerPage, type LedgerSummary } from '../core/ledger/ledger.ts';
import { type Minute, minuteOf } from '../core/model/time.ts';
import type { Journal } from '../ports/journal.ts';
import type { LedgerStore } from '../ports/ledger-store.ts';
import type { MinuteLog } from '../ports/minute-log.ts';

/** The account of the events received in the minutes [from, to), as it stands now. */
export async function readLedger(
  deps: { journal: Journal; ledger: LedgerStore; log: MinuteLog },
  system: string,
  from: Minute,
  to: Minute,
  nowMs: number,
): Promise<LedgerSummary> {
  const { doneThrough } = await deps.log.progress(system);
  const marks = await deps.journal.dirtyMarks(system);
  const buckets = new Set(marks.map((mark) => mark.bucket));
  const firstUnread = (doneThrough ?? minuteOf(nowMs)) - OPEN_MINUTES;
  for (let bucket = firstUnread; bucket <= minuteOf(nowMs) + FUTURE_MINUTES; bucket++) buckets.add(bucket);
  const live = new Map<Minute, Map<Minute, BucketCount>>(
    await Promise.all([...buckets].map(async (bucket) => [bucket, await deps.journal.count(system, bucket)] as const)),
  );
  const pages = new Map((await deps.ledger.read(system, from, to - 1)).map((page) => [page.receipt, page]));
  for (const byReceipt of live.values()) {
    for (const receipt of byReceipt.keys()) {
      if (receipt >= from && receipt < to && !pages.has(receipt)) pages.set(receipt, emptyLedgerPage(receipt));
    }
  }
  return balanceLedger([...pages.values()], live, doneThrough);
}
