import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endpoints } from '../../lib/api/registry.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { connectionsTo, sendHttp } from '../fixtures/send-http.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');

/** What a browser says of a page whose name was made to point here, and of one that asks across origins. */
const foreign: readonly { name: string; headers: Record<string, string> }[] = [
  ...[
    ...[
      'evil.example',
      'evil.example:8787',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'evil.localhost.example',
    ],
    ...[
      '0.0.0.0',
      '0.0.0.0:8787',
      '169.254.169.254',
      '[::ffff:7f00:1]',
      '10.0.0.1',
      'xn--localhost',
      'localhost@evil.example',
      '',
    ],
  ].map((host) => ({ name: `Host ${host || 'of nothing'}`, headers: { host } })),
  ...[
    ...[
      'http://evil.example',
      'https://evil.example',
      'http://localhost.evil.example',
      'http://127.0.0.1.evil.example',
    ],
    ...['http://0.0.0.0:8787', 'null', 'file://', 'chrome-extension://abcdefghijklmnop'],
  ].map((origin) => ({ name: `Origin ${origin}`, headers: { host: 'localhost', origin } })),
];

const connections = connectionsTo();

interface Sent {
  method?: string;
  path?: string;
  headers: Record<string, string>;
  body?: string;
}

async function send(url: string, { method = 'GET', path = '/', headers, body = '' }: Sent) {
  const request = { method, target: path, headers: Object.entries(headers), body: Buffer.from(body) };
  const { answer } = await sendHttp(url, request, connections);
  return { status: answer.status, headers: answer.headers, text: answer.body.toString('utf8') };
}

/** `http://ADDRESS:PORT` of everything of IPv4 that this process and those that it started listen on, as Linux tells it. */
function listening(): string[] {
  const parentOf = (id: string) => /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1];
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const family = new Set([String(process.pid)]);
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    for (const id of processes) if (family.has(quietly(() => parentOf(id)) ?? '')) family.add(id);
  }
  const sockets = [...family].flatMap((id) =>
    (quietly(() => readdirSync(`/proc/${id}/fd`)) ?? []).map((fd) =>
      quietly(() => readlinkSync(`/proc/${id}/fd/${fd}`)),
    ),
  );
  const inodes = new Set(sockets.map((link) => /^socket:\[(\d+)\]$/.exec(link ?? '')?.[1]));
  const LISTEN = '0A';
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === LISTEN && inodes.has(inode))
    .map(([, local = '']) => {
      const [address = '', port = ''] = local.split(':');
      return `http://${[...Buffer.from(address, 'hex')].toReversed().join('.')}:${Number.parseInt(port, 16)}`;
    });
}

/** Processes come and go while they are listed. */
function quietly<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

const credential = (name: string, service: string) =>
  `AWS4-HMAC-SHA256 Credential=${name}/20260302/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

/** What reads all names of tables from anything that speaks DynamoDB and is not asked who it is. */
function listTables(headers: Record<string, string>): Sent {
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.ListTables',
      'x-amz-date': '20260302T100000Z',
      authorization: credential('operator', 'dynamodb'),
      ...headers,
    },
    body: '{}',
  };
}

afterAll(() => connections.destroy());

const isLinux = process.platform === 'linux';
const kinds = isLinux && process.arch === 'x64' ? (['native', 'javascript'] as const) : (['javascript'] as const);

describe.each(kinds)('with the %s emulator of DynamoDB', (dynamodb) => {
  let fleetpulse: Fleetpulse;
  let opened: string[] = [];
  beforeAll(async () => {
    const before = isLinux ? listening() : [];
    fleetpulse = await Fleetpulse.start(START_MS, { dynamodb });
    opened = isLinux ? listening().filter((url) => !before.includes(url)) : [];
  });
  afterAll(() => fleetpulse.stop());

  test.skipIf(!isLinux)(
    'it listens on this machine alone, and no page finds or reads what stands in for AWS',
    async () => {
      // The gateway, the AWS endpoint and the emulator.
      expect(opened).toHaveLength(3);
      expect(opened).toEqual(expect.arrayContaining([fleetpulse.cloud.url, fleetpulse.cloud.awsEndpoint]));
      expect(opened.filter((url) => !new URL(url).hostname.startsWith('127.'))).toEqual([]);
      // What cannot be taught to refuse pages is where none finds it: one address of sixteen million.
      const emulator = opened.find((url) => url !== fleetpulse.cloud.url && url !== fleetpulse.cloud.awsEndpoint) ?? '';
      const isHidden = !['127.0.0.1', '127.0.1.1'].includes(new URL(emulator).hostname);
      expect(isHidden).toBe(dynamodb === 'native');
      for (const url of isHidden ? [fleetpulse.cloud.awsEndpoint] : [fleetpulse.cloud.awsEndpoint, emulator]) {
        for (const { name, headers } of foreign) {
          const { status, headers: told, text } = await send(url, listTables(headers));
          expect([url, name, status]).toEqual([url, name, status === 400 && headers['host'] === '' ? 400 : 403]);
          expect(told).not.toHaveProperty('access-control-allow-origin');
          expect(text).not.toContain('TableNames');
          const preflight = await send(url, {
            method: 'OPTIONS',
            headers: {
              ...headers,
              'access-control-request-method': 'POST',
              'access-control-request-headers': 'x-amz-target',
            },
          });
          expect(Object.keys(preflight.headers).filter((it) => it.startsWith('access-control'))).toEqual([]);
        }
      }
      expect((await send(emulator, listTables({}))).text).toContain('TableNames');
    },
  );

  test('a service of the AWS endpoint answers no page, whoever it says to be', async () => {
    for (const service of ['dynamodb', 'events', 'timestream', 'secretsmanager', 'sns', 'ecs', 'lambda', 's3']) {
      for (const { name, headers } of foreign.filter(({ headers: { host } }) => host !== '')) {
        const authorization = credential(fleetpulse.cloud.operatorCredentials.accessKeyId, service);
        const sent = { method: 'POST', headers: { ...headers, authorization }, body: '{}' };
        expect([service, name, (await send(fleetpulse.cloud.awsEndpoint, sent)).status]).toEqual([service, name, 403]);
      }
    }
  });

  test('each path of /_local answers neither a foreign Host nor a foreign Origin, whatever the method', async () => {
    const { text } = await send(fleetpulse.cloud.url, { path: '/_local/none', headers: { host: 'localhost' } });
    const paths = [...new Set(text.match(/\/_local\/[a-z-]+/g))];
    expect(paths.length).toBeGreaterThan(5);
    const before = fleetpulse.cloud.nowMs();
    const body = JSON.stringify({
      to: '2026-03-03T10:00:00Z',
      topic: 'Alerts',
      protocol: 'http',
      endpoint: 'http://127.0.0.1:1/',
    });
    for (const path of [...paths, '/_local', '/_local/']) {
      for (const method of ['GET', 'POST', 'OPTIONS', 'PUT']) {
        for (const { name, headers } of foreign) {
          const answer = await send(fleetpulse.cloud.url, {
            method,
            path,
            headers,
            body: method === 'GET' ? '' : body,
          });
          expect([method, path, name, answer.status]).toEqual([method, path, name, 403]);
          expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
        }
      }
    }
    expect(fleetpulse.cloud.nowMs()).toBe(before);
    // The same is answered where this machine itself asks.
    for (const host of ['localhost', '127.0.0.1:8787', '127.1.2.3', '[::1]:8787', 'LOCALHOST:1']) {
      expect(await send(fleetpulse.cloud.url, { path: '/_local/clock', headers: { host } })).toMatchObject({
        status: 200,
      });
    }
  });

  test('/mcp answers neither, even with a key that may do everything', async () => {
    for (const { name, headers } of foreign) {
      const sent = {
        ...{ method: 'POST', path: '/mcp', body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' },
        headers: { ...headers, 'x-api-key': ADMIN_KEY, 'content-type': 'application/json', accept: 'application/json' },
      };
      const { status } = await send(fleetpulse.cloud.url, sent);
      expect([name, status]).toEqual([name, 403]);
    }
  });
});

describe('what a page of a name that was made to point here may ask', () => {
  let fleetpulse: Fleetpulse;
  beforeAll(async () => {
    fleetpulse = await Fleetpulse.start(START_MS);
  });
  afterAll(() => fleetpulse.stop());

  test('is nothing of the API but what is open to everybody: it has no key, and no cookie stands for one', async () => {
    for (const [id, { method, path, scope }] of Object.entries(endpoints)) {
      const target = path.replaceAll(/\{\w+\}/g, 'x');
      const headers = { host: 'evil.example', origin: 'http://evil.example', cookie: `x-api-key=${ADMIN_KEY}` };
      const answer = await send(fleetpulse.cloud.url, { method, path: target, headers });
      expect([id, answer.status]).toEqual([id, scope === null ? 200 : 401]);
      expect(Object.keys(answer.headers).filter((it) => it.startsWith('access-control'))).toEqual([]);
      const { headers: preflight } = await send(fleetpulse.cloud.url, {
        ...{ method: 'OPTIONS', path: target },
        headers: { ...headers, 'access-control-request-method': method, 'access-control-request-headers': 'x-api-key' },
      });
      expect(Object.keys(preflight).filter((it) => it.startsWith('access-control'))).toEqual([]);
    }
  });
});
