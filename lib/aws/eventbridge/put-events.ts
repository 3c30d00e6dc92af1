import type { PutEventsCommandOutput, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';

/** What PutEvents takes in one call. */
const MAX_ENTRIES = 10;
const MAX_BYTES = 256_000;

/** Splits entries, in order, into calls that PutEvents takes. An entry that alone is too large is left to be refused. */
export function entriesPerCall(entries: readonly PutEventsRequestEntry[]): PutEventsRequestEntry[][] {
  const calls: PutEventsRequestEntry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const own = sizeOf(entry);
    const current = calls.at(-1);
    if (!current || current.length >= MAX_ENTRIES || bytes + own > MAX_BYTES) {
      calls.push([entry]);
      bytes = own;
    } else {
      current.push(entry);
      bytes += own;
    }
  }
  return calls;
}

/** PutEvents answers success also when it refused some entries: what it refused, in words, or null. */
export function refusedEntries({ FailedEntryCount, Entries }: PutEventsCommandOutput): string | null {
  if (!FailedEntryCount) return null;
  const first = Entries?.find((entry) => entry.ErrorCode);
  return `the event bus refused ${FailedEntryCount} events: ${first?.ErrorCode} ${first?.ErrorMessage}`;
}

/** As AWS counts: 14 bytes for the time, and the UTF-8 length of source, detail type and detail. */
function sizeOf({ Source = '', DetailType = '', Detail = '' }: PutEventsRequestEntry): number {
  return 14 + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);
}
