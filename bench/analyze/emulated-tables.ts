import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { startDynamodbEmulator } from '../../lib/local/dynamodb-emulator.ts';
import { WriteCount } from './write-count.ts';

/** The two tables on the local emulator, behind a counter of what is written to them. */
export interface EmulatedTables {
  /** Environment of a process that is to use them. */
  env: Record<string, string>;
  /** Past the counter. */
  client: DynamoDBClient;
  writes: WriteCount;
  close: () => Promise<void>;
}

const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };

export async function emulatedTables(): Promise<EmulatedTables> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetpulse-bench-'));
  mkdirSync(join(directory, 'logs'));
  const emulator = await startDynamodbEmulator(directory, undefined);
  const client = new DynamoDBClient({
    ...{ endpoint: `http://${emulator.host}:${emulator.port}`, region: 'us-east-1', credentials },
  });
  for (const TableName of ['state', 'rollups']) await createTable(client, TableName);
  const writes = new WriteCount();
  const counter = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      writes.note(operationOf(incoming), body);
      const { headers } = incoming;
      const onward = request(
        { host: emulator.host, port: emulator.port, method: 'POST', path: '/', headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
        },
      );
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => counter.listen(0, '127.0.0.1', resolve));
  const { port } = counter.address() as AddressInfo;
  return {
    env: {
      ...{ STATE_TABLE: 'state', ROLLUPS_TABLE: 'rollups', AWS_REGION: 'us-east-1' },
      ...{ AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    },
    client,
    writes,
    close: async () => {
      client.destroy();
      counter.closeAllConnections();
      await new Promise((resolve) => counter.close(resolve));
      await emulator.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function operationOf({ headers }: IncomingMessage): string {
  return String(headers['x-amz-target'] ?? '').split('.')[1] ?? '';
}

async function createTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' }) as const;
  const AttributeDefinitions = [attribute('pk'), attribute('sk')];
  const KeySchema = [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ] as const;
  const BillingMode = 'PAY_PER_REQUEST';
  await client.send(
    new CreateTableCommand({ TableName, BillingMode, AttributeDefinitions, KeySchema: [...KeySchema] }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName });
}
