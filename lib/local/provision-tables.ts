import { setTimeout as delay } from 'node:timers/promises';
import type { DeployedTable } from './deployment.ts';
import type { DynamodbStore } from './dynamodb-store.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { LocalCloudError } from './local-cloud-error.ts';

/**
 * Creates the tables that are not there yet.
 * @throws LocalCloudError when an existing table has other keys or indexes than the template
 */
export async function provisionTables(store: DynamodbStore, tables: readonly DeployedTable[]): Promise<void> {
  for (const table of tables) {
    const existing = await describe(store, table.name);
    if (!existing) {
      await store.call('CreateTable', table.definition);
      // The emulator in JavaScript creates tables in the background, as DynamoDB does.
      while ((await describe(store, table.name))?.['TableStatus'] !== 'ACTIVE') await delay(5);
    } else if (shape(existing) !== shape(table.definition)) {
      throw new LocalCloudError(
        `table ${table.name} of an earlier run has other keys or indexes than ${table.stack}/${table.logicalId}: use another data folder`,
      );
    }
  }
}

async function describe(store: DynamodbStore, name: string): Promise<JsonObject | undefined> {
  try {
    const { Table: table } = await store.call('DescribeTable', { TableName: name });
    return isJsonObject(table) ? table : undefined;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

function shape(table: JsonObject): string {
  const keys = (schema: Json | undefined) =>
    (Array.isArray(schema) ? schema.filter(isJsonObject) : []).map(
      (key) => `${String(key['KeyType'])} ${String(key['AttributeName'])}`,
    );
  const indexes = ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'].flatMap((property) => {
    const list = table[property];
    return (Array.isArray(list) ? list.filter(isJsonObject) : []).map(
      (index) => `${String(index['IndexName'])}: ${keys(index['KeySchema']).join(', ')}`,
    );
  });
  return JSON.stringify([keys(table['KeySchema']).toSorted(), indexes.toSorted()]);
}
