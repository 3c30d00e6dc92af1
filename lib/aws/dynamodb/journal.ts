import { type Account, accountOf } from '../../core/ledger/account.ts';
import { acceptedByMinute, addCounts, type BucketCount, emptyBucketCount } from '../../core/ledger/ledger.ts';
import type { Batch } from '../../core/model/batch.ts';
import type { Minute } from '../../core/model/time.ts';
import type { DirtyMark, Journal } from '../../ports/journal.ts';
import { fromColumns, toColumns } from './event-columns.ts';
import { ABSENT, bytesOf, type Item, type ItemTable, isLive, numberOf, textOf, ttlSeconds } from './item-table.ts';
import { packJson, unpackJson } from './packed-json.ts';
import { MAX_BODY_BYTES, putParts, readParts } from './packed-parts.ts';

/** Batch identity is promised for 25 hours. */
const KEPT_MS = 26 * 3_600_000;
/** More than these are read faster together with what is known. */
const MAX_SINGLE_READS = 20;

/**
 * The journal in the Rollups table. A batch is one head item in the partition of its bucket; a body above 300 KB lies
 * in parts, written before the head that names them, so that a batch is never visible in part. Parts belong to the
 * request that wrote them: a second delivery, of which less may be acceptable by then, does not touch the first one's.
 */
export function dynamoJournal(table: ItemTable, nowMs: () => number): Journal {
  return {
    async claim(system, batchId, claim, atMs) {
      const pk = `ID#${system}#${batchId}`;
      const item: Item = {
        pk,
        sk: 'ID',
        hash: claim.contentHash,
        bucket: claim.bucket,
        ttl: ttlSeconds(atMs + KEPT_MS),
      };
      // DynamoDB deletes expired items late: a claim past its time no longer counts.
      const isNew = await table.put(item, {
        expression: 'attribute_not_exists(pk) OR #ttl <= :now',
        names: { '#ttl': 'ttl' },
        values: { ':now': atMs / 1_000 },
      });
      if (isNew) return claim;
      const found = await table.get(pk, 'ID');
      return found ? { contentHash: textOf(found, 'hash'), bucket: numberOf(found, 'bucket') } : claim;
    },

    async has(system, bucket, batchId) {
      return (await table.get(bucketKey(system, bucket), batchId)) !== null;
    },

    async append(batch) {
      const pk = bucketKey(batch.system, batch.bucket);
      const ttl = ttlSeconds(batch.receivedAtMs + KEPT_MS);
      const body = packJson(toColumns(batch.events));
      const parts =
        body.length > MAX_BODY_BYTES
          ? await putParts(table, partsKey(batch.system, batch.bucket, batch.id, batch.requestId), body, ttl)
          : 0;
      const head: Item = {
        pk,
        sk: batch.id,
        hash: batch.contentHash,
        request: batch.requestId,
        at: batch.receivedAtMs,
        sender: batch.sender,
        received: batch.received,
        ignored: JSON.stringify(batch.ignored),
        rejected: JSON.stringify(batch.rejected),
        accepted: JSON.stringify([...acceptedByMinute(batch)]),
        parts,
        ttl,
      };
      if (parts === 0) head['body'] = body;
      if (await table.put(head, ABSENT)) return 'stored';
      // The SDK repeats a write whose answer got lost: then the item that is in the way is this request's own.
      const found = await table.get(pk, batch.id);
      return found?.['request'] === batch.requestId ? 'stored' : 'duplicate';
    },

    async markDirty(system, { bucket, batchId }, atMs) {
      await table.put({
        pk: dirtyKey(system),
        sk: `${bucket}#${batchId}`,
        bucket,
        batch: batchId,
        ttl: ttlSeconds(atMs + KEPT_MS),
      });
    },

    async dirtyMarks(system) {
      const items = await table.query(dirtyKey(system));
      return items
        .filter((item) => isLive(item, nowMs()))
        .map((item) => ({ bucket: numberOf(item, 'bucket'), batchId: textOf(item, 'batch') }));
    },

    async clearDirty(system, marks: readonly DirtyMark[]) {
      await Promise.all(marks.map(({ bucket, batchId }) => table.delete(dirtyKey(system), `${bucket}#${batchId}`)));
    },

    async read(system, bucket, known = new Set()) {
      const heads = await readHeads(table, bucketKey(system, bucket), known);
      return Promise.all(
        heads.map(async (head): Promise<Batch> => {
          const parts = numberOf(head, 'parts');
          const body =
            parts === 0
              ? bytesOf(head, 'body')
              : await readParts(table, partsKey(system, bucket, head.sk, textOf(head, 'request')), parts);
          return {
            system,
            id: head.sk,
            contentHash: textOf(head, 'hash'),
            bucket,
            receivedAtMs: numberOf(head, 'at'),
            sender: senderOf(head),
            requestId: textOf(head, 'request'),
            received: numberOf(head, 'received'),
            ignored: countsIn(head, 'ignored'),
            rejected: countsIn(head, 'rejected'),
            events: fromColumns(unpackJson(body)),
          };
        }),
      );
    },

    async count(system, bucket) {
      const heads = await table.query(bucketKey(system, bucket), undefined, [
        'pk',
        'sk',
        'at',
        'sender',
        'received',
        'ignored',
        'rejected',
        'accepted',
        'format',
      ]);
      const byAccount = new Map<Account, BucketCount>();
      for (const head of heads) {
        const account = accountOf({ receivedAtMs: numberOf(head, 'at'), sender: senderOf(head) });
        const counted = byAccount.get(account) ?? emptyBucketCount();
        byAccount.set(account, counted);
        counted.received += numberOf(head, 'received');
        addCounts(counted.ignored, countsIn(head, 'ignored'));
        addCounts(counted.rejected, countsIn(head, 'rejected'));
        for (const [minute, n] of JSON.parse(textOf(head, 'accepted')) as [Minute, number][]) {
          counted.accepted.set(minute, (counted.accepted.get(minute) ?? 0) + n);
        }
      }
      return byAccount;
    },
  };
}

export function dirtyKey(system: string): string {
  return `DIRTY#${system}`;
}

/** Heads of the batches that are not known: their bodies are most of what there is to read. */
async function readHeads(table: ItemTable, pk: string, known: ReadonlySet<string>): Promise<Item[]> {
  if (known.size === 0) return table.query(pk);
  const unknown = (await table.query(pk, undefined, ['pk', 'sk'])).filter(({ sk }) => !known.has(sk));
  if (unknown.length > MAX_SINGLE_READS) return (await table.query(pk)).filter(({ sk }) => !known.has(sk));
  const heads = await Promise.all(unknown.map(({ sk }) => table.get(pk, sk)));
  return heads.filter((head) => head !== null);
}

export function bucketKey(system: string, bucket: Minute): string {
  return `JOURNAL#${system}#${bucket}`;
}

function partsKey(system: string, bucket: Minute, batchId: string, requestId: string): string {
  return `PARTS#${system}#${bucket}#${batchId}#${requestId}`;
}

/** Items that were written before senders were noted have none. */
function senderOf(head: Item): string {
  return head['sender'] === undefined ? '' : textOf(head, 'sender');
}

/** Empty where the item does not have them. */
function countsIn(head: Item, name: string): Record<string, number> {
  return head[name] === undefined ? {} : (JSON.parse(textOf(head, name)) as Record<string, number>);
}
