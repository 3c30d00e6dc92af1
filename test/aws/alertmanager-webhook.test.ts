import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { notify } from '../../lib/app/notify.ts';
import { alertmanagerWebhook } from '../../lib/aws/webhook/alertmanager-webhook.ts';
import { firingAlert, noticeOf } from '../fixtures/alert.ts';
import { storesInMemory } from '../fixtures/dynamodb-tables.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** A receiver that answers with these statuses, one after the other, and then with 200. */
async function receiver(...statuses: number[]): Promise<{ url: string; received: Record<string, unknown>[] }> {
  const received: Record<string, unknown>[] = [];
  server = createServer(async (request, response) => {
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk as Buffer);
    received.push(JSON.parse(Buffer.concat(body).toString()));
    response.writeHead(statuses.shift() ?? 200).end();
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

const message = { system: 'default', notice: noticeOf(firingAlert()) };

test('a receiver gets a notice as Alertmanager would send it', async () => {
  const { url, received } = await receiver();
  await alertmanagerWebhook(url).send(message);
  expect(received).toMatchObject([{ version: '4', status: 'firing', alerts: [{ labels: { agent: 'conv-07' } }] }]);
});

test('one that fails is told again, and the others are not', async () => {
  const { url, received } = await receiver(500);
  const told: string[] = [];
  const other = { name: 'topic', send: async () => void told.push('topic') };
  const { sent } = storesInMemory(() => 0);
  const deps = { channels: [other, alertmanagerWebhook(url)], sent };
  await expect(notify(deps, message, 0)).rejects.toThrow('answered 500');
  expect(await notify(deps, message, 0)).toEqual({ topic: 'already-sent', [`webhook ${url}`]: 'sent' });
  expect(told).toEqual(['topic']);
  expect(received).toHaveLength(2);
});
