import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Authenticator } from '../../lib/app/authenticate.ts';
import type { DynamoTable } from '../../lib/aws/dynamodb/dynamo-table.ts';
import { dynamoKeyStore } from '../../lib/aws/dynamodb/key-store.ts';
import { DynamodbUnderTest } from '../fixtures/dynamodb-tables.ts';

const HASH = createHash('sha256').update('fp_old').digest('hex');
const stored = { name: 'old', system: 's', scopes: ['admin'], createdAtMs: 1, expiresAtMs: null };

let dynamodb: DynamodbUnderTest;
let table: DynamoTable;
beforeAll(async () => {
  dynamodb = await DynamodbUnderTest.start('javascript');
  table = await dynamodb.table();
  // As keys were stored before they had ids.
  await table.put({ pk: `KEY#${HASH}`, sk: 'KEY', key: JSON.stringify(stored) });
});
afterAll(() => dynamodb.close());

test('a key that was stored without an id works, and from its first use can be listed, expired and revoked', async () => {
  const keys = dynamoKeyStore(table);
  const failures: unknown[] = [];
  const authenticator = new Authenticator(keys, (error) => failures.push(error));
  const id = expect.stringMatching(/^key_[0-9a-z]{12}$/);
  const found = await authenticator.identify(HASH, 5_000);
  expect(found).toEqual({ ...stored, id });
  await expect.poll(() => keys.list('s')).toEqual([{ ...stored, id: found?.id, lastUsedAtMs: 5_000 }]);
  expect(await keys.setRevoked('s', found?.id ?? '', 6_000)).toMatchObject({ revokedAtMs: 6_000 });
  expect(failures).toEqual([]);
});
