import { FUTURE_MINUTES } from '../core/kpi/complete-minutes.ts';
import { accountOf } from '../core/ledger/account.ts';
import { eventTimeMs, type FleetEvent } from '../core/model/event.ts';
import { redactEvent } from '../core/model/redact-event.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, type Minute, minuteOf } from '../core/model/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { Journal } from '../ports/journal.ts';
import type { LedgerStore } from '../ports/ledger-store.ts';

export interface Refusal {
  /** Position in the request, from 0. */
  index: number;
  code: string;
  message: string;
}

export interface BatchRequest {
  system: string;
  /** Who sends it: see Batch. */
  sender: string;
  /** The sender's id for this batch; without one the content is the identity. */
  batchId: string | undefined;
  contentHash: string;
  events: readonly { index: number; event: FleetEvent }[];
  /** Events that could not be read, and those that could but may not be reported, with their time. */
  refused: readonly (Refusal & { atMs?: EpochMs | null })[];
  /** Valid data that there is no use for, by reason. */
  ignored: Readonly<Record<string, number>>;
  receivedAtMs: EpochMs;
  requestId: string;
}

export type BatchOutcome =
  | { status: 'accepted'; batchId: string; accepted: number; rejected: Refusal[]; duplicate: boolean }
  /** No event of the request is left to store: all were refused, or there is no use for them. */
  | { status: 'nothing'; rejected: Refusal[] }
  /** The batch id was used before, with other content. */
  | { status: 'conflict'; batchId: string };

/**
 * Makes a batch durable, once. When this returns `accepted`, the batch is in the journal, whatever happens next; when
 * it throws, the sender may repeat it without anything being counted twice.
 */
export async function acceptBatch(
  deps: { journal: Journal; ledger: LedgerStore; fleet: Pick<FleetStore, 'knowSystem'> },
  request: BatchRequest,
): Promise<BatchOutcome> {
  const { system, sender, contentHash, receivedAtMs, requestId } = request;
  const account = accountOf(request);
  const { accepted, refused } = judgeTimes(request);
  const rejected = [...request.refused.map(({ index, code, message }) => ({ index, code, message })), ...refused].sort(
    (a, b) => a.index - b.index,
  );
  const ignored = request.ignored;
  const received = request.events.length + request.refused.length + sumOf(ignored);
  const codes = countCodes(rejected);
  if (accepted.length === 0) {
    if (received > 0) await deps.ledger.addUnjournaled(system, account, { duplicate: 0, ignored, rejected: codes });
    return { status: 'nothing', rejected };
  }

  await deps.fleet.knowSystem(system, receivedAtMs);
  const batchId = request.batchId ?? contentHash;
  const newestMinute = minuteOfNewest(request);
  let bucket = newestMinute ?? minuteOf(receivedAtMs);
  // The content alone does not lead back to the batch where the sender chose the id, or where no event has a time.
  if (request.batchId !== undefined || newestMinute === null) {
    const claim = await deps.journal.claim(system, batchId, { contentHash, bucket }, receivedAtMs);
    if (claim.contentHash !== contentHash) return { status: 'conflict', batchId };
    bucket = claim.bucket;
  }

  const answer = { status: 'accepted' as const, batchId, accepted: accepted.length, rejected };
  const countDuplicate = async () => {
    await deps.ledger.addUnjournaled(system, account, { duplicate: received, ignored: {}, rejected: {} });
    return { ...answer, duplicate: true };
  };
  if (!isReadEveryMinute(bucket, minuteOf(receivedAtMs))) {
    if (await deps.journal.has(system, bucket, batchId)) return countDuplicate();
    // The mark goes first: a crash between the two leaves a mark without a batch, never a batch without a mark.
    await deps.journal.markDirty(system, { bucket, batchId }, receivedAtMs);
  }
  const appended = await deps.journal.append({
    system,
    sender,
    id: batchId,
    contentHash,
    bucket,
    receivedAtMs,
    requestId,
    received,
    ignored,
    rejected: codes,
    events: accepted.map(redactEvent),
  });
  return appended === 'stored' ? { ...answer, duplicate: false } : countDuplicate();
}

/** The minute job reads these buckets at each run for two more minutes at least, also when its clock differs by one. */
function isReadEveryMinute(bucket: Minute, now: Minute): boolean {
  return bucket >= now - 1 && bucket < now + FUTURE_MINUTES;
}

/** Newest over all readable events, refused or not, so that it is the same at every delivery. */
function minuteOfNewest({ events, refused }: BatchRequest): Minute | null {
  let newest: EpochMs | null = null;
  for (const atMs of [...events.map(({ event }) => eventTimeMs(event)), ...refused.map((it) => it.atMs ?? null)]) {
    if (atMs !== null && (newest === null || atMs > newest)) newest = atMs;
  }
  return newest === null ? null : minuteOf(newest);
}

function judgeTimes({ events, receivedAtMs }: BatchRequest): { accepted: FleetEvent[]; refused: Refusal[] } {
  const oldest = receivedAtMs - DAY_MINUTES * MINUTE_MS;
  const newest = receivedAtMs + FUTURE_MINUTES * MINUTE_MS;
  const accepted: FleetEvent[] = [];
  const refused: Refusal[] = [];
  for (const { index, event } of events) {
    const atMs = eventTimeMs(event);
    if (atMs !== null && atMs < oldest) {
      refused.push({ index, code: 'too_old', message: `${timeNameOf(event, index)} is more than 24 hours ago` });
    } else if (atMs !== null && atMs > newest) {
      const message = `${timeNameOf(event, index)} is more than 15 minutes in the future: check the sender's clock`;
      refused.push({ index, code: 'in_future', message });
    } else accepted.push(event);
  }
  return { accepted, refused };
}

/** What the sender calls the time that an event belongs to. */
function timeNameOf(event: FleetEvent, index: number): string {
  if (event.type === 'span') return `the end of span ${event.span}`;
  if (event.type === 'point') return `the time of a point of ${event.name}`;
  return `events[${index}].${'endedAtMs' in event ? 'endedAt' : 'at'}`;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function countCodes(refusals: readonly Refusal[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code } of refusals) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
