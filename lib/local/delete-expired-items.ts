import type { DeployedTable } from './deployment.ts';
import type { DynamodbStore } from './dynamodb-store.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';

/** Items that passed their time to live more than five years ago are taken for a mistake, as DynamoDB does. */
const OLDEST_TTL_SECONDS = 5 * 365 * 86_400;

/** Deletes what the time-to-live attribute of a table says is over. */
export async function deleteExpiredItems(store: DynamodbStore, table: DeployedTable, nowMs: number): Promise<number> {
  if (table.ttlAttribute === undefined) return 0;
  const nowSeconds = Math.floor(nowMs / 1000);
  const keyNames = keyAttributes(table.definition['KeySchema']);
  const keyAliases = keyNames.map((_name, index) => `#key${index}`);
  let deleted = 0;
  let startKey: Json | undefined;
  do {
    const page = await store.call('Scan', {
      TableName: table.name,
      FilterExpression: '#ttl < :now AND #ttl > :oldest',
      ProjectionExpression: keyAliases.join(', '),
      ExpressionAttributeNames: {
        '#ttl': table.ttlAttribute,
        ...Object.fromEntries(keyNames.map((name, index) => [`#key${index}`, name])),
      },
      ExpressionAttributeValues: {
        ':now': { N: String(nowSeconds) },
        ':oldest': { N: String(nowSeconds - OLDEST_TTL_SECONDS) },
      },
      ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
    });
    const expired = Array.isArray(page['Items']) ? page['Items'].filter(isJsonObject) : [];
    for (const key of expired) {
      if (await deleteIfStillExpired(store, table, key, nowSeconds)) deleted += 1;
    }
    startKey = page['LastEvaluatedKey'];
  } while (startKey !== undefined);
  return deleted;
}

/** The condition keeps an item whose time to live was extended after the scan saw it. */
async function deleteIfStillExpired(
  store: DynamodbStore,
  table: DeployedTable,
  key: JsonObject,
  nowSeconds: number,
): Promise<boolean> {
  try {
    await store.call('DeleteItem', {
      TableName: table.name,
      Key: key,
      ConditionExpression: '#ttl < :now',
      ExpressionAttributeNames: { '#ttl': table.ttlAttribute ?? '' },
      ExpressionAttributeValues: { ':now': { N: String(nowSeconds) } },
    });
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

function keyAttributes(schema: Json | undefined): string[] {
  const keys = Array.isArray(schema) ? schema.filter(isJsonObject) : [];
  return keys.map((key) => String(key['AttributeName']));
}
