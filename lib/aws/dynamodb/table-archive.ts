import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { ArchivedItem, ArchivedValue, ItemKey } from '../../core/backup/archived-item.ts';
import type { TableArchive } from '../../ports/table-archive.ts';
import { inParallel } from '../in-parallel.ts';

/** Parts of the table that are read at the same time. */
const SEGMENTS = 4;
/** What a request may have. */
const ITEMS_A_REQUEST = 25;
const REQUESTS_AT_ONCE = 4;
/** Twelve tries are a minute and a half: time for a table on demand to grow into the load. */
const PAUSES_MS = [50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 25_600];

/** The whole of a table of DynamoDB. */
export function dynamoTableArchive(
  client: DynamoDBClient,
  name: string,
  pause: (ms: number) => Promise<void>,
): TableArchive {
  async function scan(each: (items: ArchivedItem[]) => Promise<void>, attributes?: readonly string[]): Promise<void> {
    // One page at a time is handed on, while the next ones are on their way.
    let turn = Promise.resolve();
    const segments = Array.from({ length: SEGMENTS }, (_, segment) => segment);
    await inParallel(segments, SEGMENTS, async (segment) => {
      let start: Record<string, AttributeValue> | undefined;
      do {
        const page = await client.send(
          new ScanCommand({
            ...{ TableName: name, ConsistentRead: true, Segment: segment, TotalSegments: SEGMENTS },
            ...(start ? { ExclusiveStartKey: start } : {}),
            ...(attributes && {
              ProjectionExpression: attributes.map((_, i) => `#p${i}`).join(', '),
              ExpressionAttributeNames: Object.fromEntries(attributes.map((it, i) => [`#p${i}`, it])),
            }),
          }),
        );
        const items = (page.Items ?? []).map(archived);
        turn = turn.then(() => (items.length > 0 ? each(items) : undefined));
        await turn;
        start = page.LastEvaluatedKey;
      } while (start);
    });
  }

  async function write(requests: readonly WriteRequest[]): Promise<void> {
    const groups = Array.from({ length: Math.ceil(requests.length / ITEMS_A_REQUEST) }, (_, i) =>
      requests.slice(i * ITEMS_A_REQUEST, (i + 1) * ITEMS_A_REQUEST),
    );
    await inParallel(groups, REQUESTS_AT_ONCE, async (group) => {
      let left: WriteRequest[] = [...group];
      for (const pauseMs of [0, ...PAUSES_MS]) {
        if (pauseMs > 0) await pause(pauseMs);
        const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: left } }));
        left = answer.UnprocessedItems?.[name] ?? [];
        if (left.length === 0) return;
      }
      throw new Error(`${name} did not take ${left.length} items after ${PAUSES_MS.length + 1} tries: try again later`);
    });
  }

  return {
    scan: (each) => scan(each),
    scanKeys: (each, attributes = []) => scan(each, ['pk', 'sk', ...attributes]),
    put: (items) => write(items.map((item) => ({ PutRequest: { Item: stored(item) } }))),
    delete: (keys: readonly ItemKey[]) =>
      write(keys.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk: { S: pk }, sk: { S: sk } } } }))),
  };
}

function archived(item: Record<string, AttributeValue>): ArchivedItem {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]): [string, ArchivedValue] => {
      if (value.S !== undefined) return [name, { S: value.S }];
      if (value.N !== undefined) return [name, { N: value.N }];
      if (value.B !== undefined) return [name, { B: Buffer.from(value.B).toString('base64') }];
      throw new TypeError(
        `attribute ${name} of ${item['pk']?.S}/${item['sk']?.S} is of a type that is not written here`,
      );
    }),
  );
}

function stored(item: ArchivedItem): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]): [string, AttributeValue] => {
      return [name, 'B' in value ? { B: Buffer.from(value.B, 'base64') } : value];
    }),
  );
}
