import type { ApiKey } from '../../core/model/api-key.ts';
import type { KeyStore } from '../../ports/key-store.ts';
import { type DynamoTable, textOf } from './dynamo-table.ts';

/** API keys in the State table, by hash. */
export function dynamoKeyStore(table: DynamoTable): KeyStore {
  return {
    async find(keyHash) {
      const item = await table.get(`KEY#${keyHash}`, 'KEY');
      return item && (JSON.parse(textOf(item, 'key')) as ApiKey);
    },

    async save(keyHash, key) {
      await table.put({ pk: 'SYSTEMS', sk: key.system });
      await table.put({ pk: `KEY#${keyHash}`, sk: 'KEY', key: JSON.stringify(key) });
    },
  };
}
