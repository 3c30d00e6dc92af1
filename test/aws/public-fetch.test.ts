import { request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { publicLookup } from '../../lib/aws/public-address.ts';
import { publicFetch, publicFetchBy } from '../../lib/aws/public-fetch.ts';
import { alertmanagerWebhook } from '../../lib/aws/webhook/alertmanager-webhook.ts';
import { heartbeatPing } from '../../lib/aws/webhook/heartbeat-ping.ts';
import { type LoopbackServer, startLoopback } from '../contract/loopback-server.ts';
import { firingAlert, noticeOf } from '../fixtures/alert.ts';

let server: LoopbackServer | undefined;
afterEach(() => server?.close());

/** Forms of addresses that are this machine, a private network, or the metadata of a cloud. */
const inside = [
  ...[
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '0x7f.1',
    '0.0.0.0',
    '0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
  ],
  ...[
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '169.254.170.2',
    '[fd00:ec2::254]',
    '[fe80::1]',
  ],
  ...[
    '[::ffff:169.254.169.254]',
    '[64:ff9b::a9fe:a9fe]',
    '[2002:a9fe:a9fe::]',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '100.100.100.200',
  ],
];

/** fetch by a name server that gives these answers, one after the other. */
function fetchWhere(...answers: string[][]) {
  const asked: string[] = [];
  const lookup = publicLookup((hostname, _options, callback) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  });
  return { asked, fetch: publicFetchBy(lookup) };
}

describe('a receiver outside is told only where it is one of the internet', () => {
  test.each(inside)('https://%s/ is not asked', async (host) => {
    const notice = { system: 'default', notice: noticeOf(firingAlert()) };
    await expect(publicFetch(`https://${host}/latest/meta-data/`, { method: 'POST', body: '{}' })).rejects.toThrow(
      /not public/,
    );
    await expect(heartbeatPing(`https://${host}/`, publicFetch)()).rejects.toThrow(/not public/);
    await expect(alertmanagerWebhook(`https://${host}/`, publicFetch).send(notice)).rejects.toThrow(/not public/);
  });

  test('nothing is asked without TLS, and nothing of this machine by its name', async () => {
    server = await startLoopback(() => ({ status: 200 }));
    await expect(publicFetch(server.url)).rejects.toThrow('only https is');
    const port = new URL(server.url).port;
    await expect(publicFetch(`https://localhost:${port}/`)).rejects.toThrow(/localhost is at .*not public/);
    expect(server.requests).toEqual([]);
  });

  test.each([
    { name: 'at the metadata of the cloud', addresses: ['169.254.169.254'] },
    { name: 'at a public address and a private one', addresses: ['93.184.216.34', '10.0.0.1'] },
    { name: 'at this machine in IPv6', addresses: ['::1'] },
    { name: 'at no address', addresses: [] },
  ])('a name that is $name is not asked', async ({ addresses }) => {
    const { fetch } = fetchWhere(addresses);
    await expect(fetch('https://rebind.example/')).rejects.toThrow(/rebind\.example is at .*, which is not public/);
  });

  test('a name is looked up once, by the connection itself: there is no second answer to be led astray by', async () => {
    const { asked, fetch } = fetchWhere(['169.254.169.254'], ['93.184.216.34']);
    await expect(fetch('https://rebind.example/')).rejects.toThrow('169.254.169.254, which is not public');
    expect(asked).toEqual(['rebind.example']);
  });
});

describe('a receiver that is one of the internet', () => {
  /** As from outside, but for TLS, at a server of this machine. */
  function fetchAt({ url }: LoopbackServer): { fetch: typeof fetch; address: string } {
    const { port } = new URL(url);
    const here = publicFetchBy(
      (_name, options, callback) =>
        options.all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4),
      ({ pathname }, options) => request({ ...options, host: 'hooks.example', port, path: pathname }),
    );
    return { fetch: here, address: 'https://hooks.example/path' };
  }

  test('is told with the headers and the body, and its answer is read', async () => {
    server = await startLoopback(() => ({ status: 201, body: 'thanks' }));
    const { fetch, address } = fetchAt(server);
    const answer = await fetch(address, { method: 'POST', headers: { 'user-agent': 'fleetpulse' }, body: '{"ä":1}' });
    expect([answer.status, await answer.text()]).toEqual([201, 'thanks']);
    expect(server.requests).toMatchObject([
      { method: 'POST', path: '/path', body: '{"ä":1}', headers: { 'user-agent': 'fleetpulse' } },
    ]);
  });

  test('may have nothing to say, and is read no further than 16 KB', async () => {
    const answers = [{ status: 204 }, { status: 200, body: 'x'.repeat(100_000) }];
    server = await startLoopback(() => answers.shift() ?? { status: 500 });
    const { fetch, address } = fetchAt(server);
    expect((await fetch(address)).status).toBe(204);
    expect((await (await fetch(address)).text()).length).toBeLessThanOrEqual(16_384);
  });

  test('is not followed to where it sends, and is waited for no longer than the signal says', async () => {
    server = await startLoopback(() => ({ status: 307, headers: { location: 'http://169.254.169.254/' } }));
    const { fetch, address } = fetchAt(server);
    await expect(fetch(address)).rejects.toThrow('hooks.example answered 307: redirects are not followed');
    expect(server.requests).toHaveLength(1);
    await expect(fetch(address, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});
