import { eventMinute } from '../kpi/rollup-chunk.ts';
import type { Batch } from '../model/batch.ts';
import type { Minute } from '../model/time.ts';
import { type Account, accountOf } from './account.ts';

/** What the minute job found in one journal bucket, of batches of one account. */
export interface BucketCount {
  received: number;
  ignored: Record<string, number>;
  rejected: Record<string, number>;
  /** Event minute → accepted events. */
  accepted: Map<Minute, number>;
}

/** The page of one account. Every entry is set, never added to, so that writing it again is harmless. */
export interface LedgerPage {
  account: Account;
  /** Journal bucket → what it held when the minute job last read it. */
  seen: Map<Minute, BucketCount>;
  /** Event minute → events that are in its rollups. */
  stored: Map<Minute, number>;
  /** Event minute → spans and points that another batch had brought already. */
  copies: Map<Minute, number>;
  /** Requests that left nothing in the journal: counted by ingest itself. */
  unjournaled: UnjournaledCount;
}

export interface UnjournaledCount {
  duplicate: number;
  ignored: Readonly<Record<string, number>>;
  rejected: Readonly<Record<string, number>>;
}

export interface LedgerSummary {
  received: number;
  stored: number;
  pending: number;
  ignored: Record<string, number>;
  rejected: Record<string, number>;
  duplicate: number;
  /** received − (stored + pending + ignored + rejected + duplicate): 0 unless something was lost or counted twice. */
  difference: number;
}

export function emptyLedgerPage(account: Account): LedgerPage {
  return {
    account,
    seen: new Map(),
    stored: new Map(),
    copies: new Map(),
    unjournaled: { duplicate: 0, ignored: {}, rejected: {} },
  };
}

export function emptyBucketCount(): BucketCount {
  return { received: 0, ignored: {}, rejected: {}, accepted: new Map() };
}

/** The accepted events of a batch by the minute they belong to. */
export function acceptedByMinute(batch: Batch): Map<Minute, number> {
  const counts = new Map<Minute, number>();
  for (const event of batch.events) {
    const minute = eventMinute(event, batch);
    counts.set(minute, (counts.get(minute) ?? 0) + 1);
  }
  return counts;
}

/** Adds a batch to the counts of its bucket, in place. */
export function countBatch(byAccount: Map<Account, BucketCount>, batch: Batch): void {
  const account = accountOf(batch);
  const counted = byAccount.get(account) ?? emptyBucketCount();
  byAccount.set(account, counted);
  counted.received += batch.received;
  addCounts(counted.ignored, batch.ignored);
  addCounts(counted.rejected, batch.rejected);
  for (const [minute, count] of acceptedByMinute(batch)) {
    counted.accepted.set(minute, (counted.accepted.get(minute) ?? 0) + count);
  }
}

/** Counts that can be added to without changing the first. */
export function copyOfCounts(byAccount: ReadonlyMap<Account, BucketCount>): Map<Account, BucketCount> {
  return new Map(
    [...byAccount].map(([account, { received, ignored, rejected, accepted }]) => [
      account,
      { received, ignored: { ...ignored }, rejected: { ...rejected }, accepted: new Map(accepted) },
    ]),
  );
}

/**
 * Balances the books of some accounts.
 * @param pages what the minute job and ingest wrote
 * @param live bucket → account → what the journal holds now, for every bucket the job may still read;
 *   it replaces what the job last saw there
 * @param doneThrough the last minute whose rollups are written; null before the first
 */
export function balanceLedger(
  pages: readonly LedgerPage[],
  live: ReadonlyMap<Minute, ReadonlyMap<Account, BucketCount>>,
  doneThrough: Minute | null,
): LedgerSummary {
  const sum: LedgerSummary = {
    received: 0,
    stored: 0,
    pending: 0,
    ignored: {},
    rejected: {},
    duplicate: 0,
    difference: 0,
  };
  for (const page of pages) {
    const buckets = new Set(page.seen.keys());
    for (const [bucket, byAccount] of live) if (byAccount.has(page.account)) buckets.add(bucket);
    for (const bucket of buckets) {
      const seen = page.seen.get(bucket);
      const current = live.get(bucket)?.get(page.account) ?? seen;
      if (!current) continue;
      sum.received += current.received;
      addCounts(sum.ignored, current.ignored);
      addCounts(sum.rejected, current.rejected);
      for (const [minute, count] of current.accepted) {
        const done = doneThrough !== null && minute <= doneThrough;
        // What the job has not read yet is pending; so is what it read ahead of its minute.
        sum.pending += done ? count - (seen?.accepted.get(minute) ?? 0) : count;
      }
    }
    for (const [minute, count] of page.stored) {
      // A minute that the job is at work on is pending as a whole until it is done, though its rollups may be there.
      if (doneThrough !== null && minute <= doneThrough) sum.stored += count;
    }
    for (const [minute, count] of page.copies) {
      if (doneThrough !== null && minute <= doneThrough) sum.duplicate += count;
    }
    const { duplicate, ignored, rejected } = page.unjournaled;
    sum.duplicate += duplicate;
    sum.received += duplicate + total(ignored) + total(rejected);
    addCounts(sum.ignored, ignored);
    addCounts(sum.rejected, rejected);
  }
  sum.difference = sum.received - sum.stored - sum.pending - total(sum.ignored) - total(sum.rejected) - sum.duplicate;
  return sum;
}

export function addCounts(into: Record<string, number>, from: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(from)) into[key] = (into[key] ?? 0) + count;
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
