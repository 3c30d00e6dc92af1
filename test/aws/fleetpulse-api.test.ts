import { createHash, createHmac } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { fleetpulseApi } from '../../lib/aws/canary/fleetpulse-api.ts';
import { type LoopbackAnswer, type LoopbackServer, startLoopback } from '../contract/loopback-server.ts';

let server: LoopbackServer | undefined;
afterEach(() => server?.close());

const access = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'session' },
};
const report = { method: 'POST', path: '/v1/events', body: '{"events":[]}' } as const;
const read = { method: 'GET', path: '/v1/series?scope=agent:canary&kpi=throughput' } as const;

async function api(auth: { ingest: 'key' | 'iam'; query: 'key' | 'iam' }, answer: LoopbackAnswer = { status: 200 }) {
  server = await startLoopback(() => answer);
  return fleetpulseApi(server.url, auth, access);
}

test('shows a key where keys are wanted, and keeps no connection for the next run', async () => {
  const ask = await api({ ingest: 'key', query: 'key' }, { status: 202, body: '{"accepted":1}' });
  expect(await ask(report, 'fp_1')).toEqual({ status: 202, body: { accepted: 1 } });
  expect(server?.requests).toMatchObject([
    { method: 'POST', path: '/v1/events', body: report.body, headers: { 'x-api-key': 'fp_1', connection: 'close' } },
  ]);
});

test('signs where signatures are wanted, as whoever checks them computes it', async () => {
  const ask = await api({ ingest: 'iam', query: 'iam' });
  await ask(report, null);
  await ask(read, null);
  for (const request of server?.requests ?? []) {
    expect(request.headers['x-api-key']).toBeUndefined();
    expect(request.headers.authorization).toContain('/eu-central-1/execute-api/aws4_request');
    expect(request.headers.authorization).toMatch(new RegExp(`Signature=${signatureOf(request)}$`));
  }
  expect(server?.requests).toHaveLength(2);
});

test('does at each edge what that edge wants', async () => {
  const ask = await api({ ingest: 'iam', query: 'key' });
  await ask(report, 'fp_1');
  await ask(read, 'fp_1');
  expect(server?.requests.map(({ headers }) => Object.keys(headers).includes('authorization'))).toEqual([true, false]);
});

test('tells of an answer that is not JSON by its status', async () => {
  const ask = await api({ ingest: 'key', query: 'key' }, { status: 502, body: '<html>' });
  expect(await ask(read, 'fp_1')).toEqual({ status: 502, body: undefined });
});

/** Signature Version 4 by its documentation, "Create a signed AWS API request" in the IAM user guide. */
function signatureOf({ method, path, headers, body }: LoopbackServer['requests'][number]): string {
  const { authorization = '' } = headers;
  const [, scope = '', names = ''] = /Credential=AKID\/(\S+), SignedHeaders=(\S+), /.exec(authorization) ?? [];
  const [pathname = '', query = ''] = path.split('?');
  const canonicalQuery = [...new URLSearchParams(query)]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join('&');
  const canonicalHeaders = names.split(';').map((name) => `${name}:${headers[name]}\n`);
  const canonical = [method, pathname, canonicalQuery, canonicalHeaders.join(''), names, hash(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash(canonical)].join('\n');
  const signingKey = scope.split('/').reduce<string | Buffer>((key, part) => hmac(key, part), 'AWS4secret');
  return hmac(signingKey, toSign).toString('hex');
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
