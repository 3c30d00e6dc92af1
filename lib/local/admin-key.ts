import { createHash, randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoTable } from '../aws/dynamodb/dynamo-table.ts';
import { dynamoFleetStore } from '../aws/dynamodb/fleet-store.ts';
import { dynamoKeyStore } from '../aws/dynamodb/key-store.ts';
import { keyIdOf, keyStateAt } from '../core/model/api-key.ts';
import type { LocalCloud } from './local-cloud.ts';
import { LocalCloudError } from './local-cloud-error.ts';

const MIN_KEY_LENGTH = 32;

/**
 * Makes sure that the local cloud has an admin key of the system "default".
 * @param presetKey the key to install, if the user chose one: 32 characters or more
 * @returns the key to show to the user when it was created just now
 * @throws LocalCloudError when the chosen key is too short
 */
export async function ensureAdminKey(cloud: LocalCloud, presetKey: string | undefined): Promise<string | undefined> {
  if (presetKey !== undefined && presetKey.length < MIN_KEY_LENGTH) {
    throw new LocalCloudError(
      `FLEETPULSE_ADMIN_KEY has ${presetKey.length} characters; it needs ${MIN_KEY_LENGTH} or more`,
    );
  }
  const client = new DynamoDBClient({
    endpoint: cloud.awsEndpoint,
    region: cloud.region,
    credentials: cloud.operatorCredentials,
  });
  try {
    const state = new DynamoTable(client, cloud.resources.tableNamed('State').name);
    const isFirstStart = (await dynamoFleetStore(state, () => cloud.nowMs()).systems()).length === 0;
    if (presetKey === undefined && !isFirstStart) return undefined;
    const key = presetKey ?? `fp_${randomBytes(32).toString('base64url')}`;
    const keyHash = createHash('sha256').update(key).digest('hex');
    const keys = dynamoKeyStore(state);
    const installed = await keys.find(keyHash);
    if (installed && keyStateAt(installed, cloud.nowMs()) === 'active') return undefined;
    await keys.save(keyHash, {
      // The same at each start, because the preset key is.
      id: keyIdOf(Buffer.from(keyHash, 'hex')),
      name: presetKey === undefined ? 'admin' : 'admin (preset)',
      system: 'default',
      scopes: ['admin'],
      createdAtMs: cloud.nowMs(),
      createdBy: 'npm start',
      expiresAtMs: null,
    });
    return presetKey === undefined ? key : undefined;
  } finally {
    client.destroy();
  }
}
