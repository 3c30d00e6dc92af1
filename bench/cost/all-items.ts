import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { LocalCloud } from '../../lib/local/local-cloud.ts';
import type { Attribute } from './item-size.ts';
import type { TableName } from './use-meter.ts';

export interface FoundItem {
  table: TableName;
  item: Record<string, Attribute>;
}

/** Everything in both tables of a local cloud. */
export async function* allItems(cloud: LocalCloud): AsyncGenerator<FoundItem> {
  const { awsEndpoint: endpoint, region, operatorCredentials: credentials } = cloud;
  const client = new DynamoDBClient({ endpoint, region, credentials });
  try {
    for (const table of ['State', 'Rollups'] as const) {
      let ExclusiveStartKey: Record<string, never> | undefined;
      do {
        const { name: TableName } = cloud.resources.tableNamed(table);
        const page = await client.send(
          new ScanCommand({ TableName, ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}) }),
        );
        for (const item of page.Items ?? []) yield { table, item: item as Record<string, Attribute> };
        ExclusiveStartKey = page.LastEvaluatedKey as Record<string, never> | undefined;
      } while (ExclusiveStartKey);
    }
  } finally {
    client.destroy();
  }
}
