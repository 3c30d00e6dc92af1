import { type Account, accountOf } from '../../core/ledger/account.ts';
import { acceptedByMinute, addCounts, type BucketCount, emptyBucketCount } from '../../core/ledger/ledger.ts';
import type { Batch } from '../../core/model/batch.ts';
import type { Minute } from '../../core/model/time.ts';
import type { DirtyMark, Journal } from '../../ports/journal.ts';
import { fromColumns, toColumns } from './event-columns.ts';
import {
  ABSENT,
  bytesOf,
  type Item,
  type ItemTable,
  isLive,
  numberOf,
  type Scalar,
  textOf,
  ttlSeconds,
} from './item-table.ts';
import { packJson, unpackJson } from './packed-json.ts';
import { MAX_BODY_BYTES, putParts, readParts } from './packed-parts.ts';

/** Batch identity is promised for 25 hours. */
const KEPT_MS = 26 * 3_600_000;

/** Of no event is the minute before this one, in 1989: events are from the newest days. Nor is a batch so long. */
const FIRST_MINUTE = 10_000_000;

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
      const accepted = acceptedByMinute(batch);
      const head: Item = {
        ...{ pk, sk: batch.id, request: packedId(batch.requestId), at: batch.receivedAtMs, sender: batch.sender, ttl },
        accepted: JSON.stringify([...accepted].map(([minute, count]) => [minute - batch.bucket, count])),
        // What goes without saying is paid with every batch.
        ...(parts === 0 ? { body } : { parts }),
        ...(batch.received === sumOf(accepted) ? {} : { received: batch.received }),
        ...(batch.contentHash === batch.id ? {} : { hash: batch.contentHash }),
        ...countsAs('ignored', batch.ignored),
        ...countsAs('rejected', batch.rejected),
      };
      if (await table.put(head, ABSENT)) return 'stored';
      // The SDK repeats a write whose answer got lost: then the item that is in the way is this request's own.
      const found = await table.get(pk, batch.id);
      return found !== null && requestOf(found) === batch.requestId ? 'stored' : 'duplicate';
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
      // All of them, for a query of their keys alone is billed by the whole items as well.
      const heads = (await table.query(bucketKey(system, bucket))).filter(({ sk }) => !known.has(sk));
      return Promise.all(
        heads.map(async (head): Promise<Batch> => {
          const parts = partsOf(head);
          const body =
            parts === 0
              ? bytesOf(head, 'body')
              : await readParts(table, partsKey(system, bucket, head.sk, requestOf(head)), parts);
          return {
            system,
            id: head.sk,
            contentHash: head['hash'] === undefined ? head.sk : textOf(head, 'hash'),
            bucket,
            receivedAtMs: numberOf(head, 'at'),
            sender: senderOf(head),
            requestId: requestOf(head),
            received: receivedIn(head, bucket),
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
        counted.received += receivedIn(head, bucket);
        addCounts(counted.ignored, countsIn(head, 'ignored'));
        addCounts(counted.rejected, countsIn(head, 'rejected'));
        for (const [minute, n] of acceptedIn(head, bucket)) {
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

/** Absent where there are none. */
function partsOf(head: Item): number {
  return head['parts'] === undefined ? 0 : numberOf(head, 'parts');
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Half the bytes, where it is a UUID, as the ids are that Lambda gives. */
function packedId(id: string): Scalar {
  return UUID.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : id;
}

function requestOf(head: Item): string {
  if (!(head['request'] instanceof Uint8Array)) return textOf(head, 'request');
  const digits = Buffer.from(bytesOf(head, 'request')).toString('hex');
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => digits.slice(from, to))
    .join('-');
}

/** Minutes are told by their distance to the bucket, but in what was written before they were. */
function acceptedIn(head: Item, bucket: Minute): Map<Minute, number> {
  const counts = JSON.parse(textOf(head, 'accepted')) as [number, number][];
  return new Map(counts.map(([minute, n]) => [minute > FIRST_MINUTE ? minute : bucket + minute, n]));
}

/** As many as were accepted, where nothing else is said. */
function receivedIn(head: Item, bucket: Minute): number {
  return head['received'] === undefined ? sumOf(acceptedIn(head, bucket)) : numberOf(head, 'received');
}

function sumOf(counts: ReadonlyMap<Minute, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function countsAs(name: string, counts: Readonly<Record<string, number>>): Record<string, string> {
  return Object.keys(counts).length === 0 ? {} : { [name]: JSON.stringify(counts) };
}

/** Empty where the item does not have them. */
function countsIn(head: Item, name: string): Record<string, number> {
  return head[name] === undefined ? {} : (JSON.parse(textOf(head, name)) as Record<string, number>);
}
