import { afterEach, expect, test } from 'vitest';
import { secretNamed } from '../../lib/aws/secretsmanager/read-secret.ts';
import { type LoopbackAnswer, type LoopbackServer, startLoopback } from '../contract/loopback-server.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'session' };

async function secretsManager(answer: () => LoopbackAnswer): Promise<LoopbackServer> {
  const server = await startLoopback(answer);
  cleanUp.push(server.close);
  return server;
}

const holding = (text: string): LoopbackAnswer => ({ status: 200, body: JSON.stringify({ SecretString: text }) });

test('asks Secrets Manager for one secret in its protocol, signed by the role of the function', async () => {
  const server = await secretsManager(() => holding('hush'));
  const read = secretNamed(
    'fleetpulse/webhook',
    { region: 'eu-central-1', endpoint: server.url, credentials },
    () => 0,
  );
  expect(await read()).toBe('hush');
  const { method, path, headers, body } = server.requests[0] as LoopbackServer['requests'][number];
  expect({ method, path, body }).toEqual({ method: 'POST', path: '/', body: '{"SecretId":"fleetpulse/webhook"}' });
  expect(headers).toMatchObject({
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'secretsmanager.GetSecretValue',
    'x-amz-security-token': 'session',
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-central-1\/secretsmanager\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
    ),
  });
});

test('keeps it for five minutes, and then takes up a new one', async () => {
  let text = 'old';
  let nowMs = 0;
  const server = await secretsManager(() => holding(text));
  const read = secretNamed('s', { region: 'us-east-1', endpoint: server.url, credentials }, () => nowMs);
  await read();
  text = 'new';
  nowMs = 299_999;
  expect(await read()).toBe('old');
  nowMs = 300_000;
  expect(await read()).toBe('new');
  expect(server.requests).toHaveLength(2);
});

test.each([
  {
    answer: { status: 400, body: '{"__type":"AccessDeniedException","Message":"User is not authorized"}' },
    says: 'secret s cannot be read: AccessDeniedException User is not authorized',
  },
  { answer: { status: 502, body: '<html>' }, says: 'secret s cannot be read: status 502' },
  { answer: { status: 200, body: '{"SecretString":""}' }, says: 'secret s cannot be read: status 200' },
])('says why it cannot be read: $says', async ({ answer, says }) => {
  const server = await secretsManager(() => answer);
  const read = secretNamed('s', { region: 'us-east-1', endpoint: server.url, credentials }, () => 0);
  await expect(read()).rejects.toThrow(says);
});
