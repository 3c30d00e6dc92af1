import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { type WebhookOptions, webhookActuator } from '../../lib/aws/actuators/webhook.ts';
import { isPublicAddress, lookupPublic } from '../../lib/aws/public-address.ts';
import { directiveKinds } from '../../lib/core/remediate/kinds/registry.ts';
import { directiveOf } from '../fixtures/directive.ts';
import { type ActuatorUnderTest, actuatorContract, endedBy, failures, requestFor } from './actuator.ts';
import { NOW_MS } from './fresh-store.ts';
import { type LoopbackAnswer, type LoopbackServer, startLoopback } from './loopback-server.ts';

const SECRET = 'what both sides know';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

async function startReceiver(answer: LoopbackAnswer | 'silent' = { status: 204 }): Promise<LoopbackServer> {
  const server = await startLoopback(() => answer);
  cleanUp.push(server.close);
  return server;
}

function actuatorOf(url: string, more: Partial<WebhookOptions> = {}) {
  const secret = async () => SECRET;
  return webhookActuator({ url, secret, allowsLoopback: true, nowMs: () => NOW_MS, ...more });
}

const route = directiveOf('route', NOW_MS);

async function fresh(): Promise<ActuatorUnderTest> {
  const receiver = await startReceiver({ status: 200, body: '{"applied":true}' });
  const answering = async (status: number) => actuatorOf((await startReceiver({ status })).url);
  const silent = await startReceiver('silent');
  return {
    actuator: actuatorOf(receiver.url),
    directive: route,
    // The same request twice is one for the receiver: it knows it by its id.
    changes: async () => [...new Set(receiver.requests.map(({ headers }) => String(headers['x-fleetpulse-id'])))],
    failing: {
      throttled: { actuator: await answering(429), says: /answered 429/ },
      denied: { actuator: await answering(403), says: /answered 403/ },
      missing: { actuator: await answering(404), says: /answered 404/ },
      silent: { actuator: actuatorOf(silent.url, { patienceMs: 100 }), says: /did not answer within 100 ms/ },
    },
    takesBack: 'at any end',
    mapsPools: false,
  };
}

describe('the webhook actuator', () => {
  actuatorContract(fresh, failures);

  test.each(Object.keys(directiveKinds) as (keyof typeof directiveKinds)[])(
    'posts a %s directive as the API gives it, signed so that the receiver can check it',
    async (kind) => {
      const receiver = await startReceiver();
      const directive = directiveOf(kind, NOW_MS);
      const asked = requestFor(directive, { system: 'shop', verb: 'revert' });
      await actuatorOf(`${receiver.url}/hooks/fleet?v=1`).actuate(asked);
      const { method, path, headers, body } = receiver.requests[0] as LoopbackServer['requests'][number];
      expect({ method, path }).toEqual({ method: 'POST', path: '/hooks/fleet?v=1' });
      expect(JSON.parse(body)).toMatchObject({
        ...{ version: 1, id: asked.id, system: 'shop', verb: 'revert' },
        directive: { id: directive.id, kind, params: directive.params, expiresAt: '2025-02-19T21:35:00.000Z' },
      });
      const timestamp = '1740000000';
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'x-fleetpulse-id': asked.id,
        'x-fleetpulse-timestamp': timestamp,
        'x-fleetpulse-signature': `v1=${createHmac('sha256', SECRET).update(`${timestamp}.${body}`).digest('hex')}`,
      });
    },
  );

  test.each([
    { how: 'expired', says: { status: 'expired', endedBecause: 'its lease ran out' } },
    { how: 'rolled_back', says: { status: 'rolled_back', endedBecause: 'it was measured to do harm' } },
  ] as const)('tells a level that stays from one to go back from: it was $how', async ({ how, says }) => {
    const receiver = await startReceiver();
    const scaled = directiveOf('scale', NOW_MS, 'workers', { desired: 6, before: 4 });
    const actuator = actuatorOf(receiver.url);
    await actuator.actuate(requestFor(scaled));
    await actuator.actuate(requestFor(endedBy(how, scaled), { verb: 'revert' }));
    const [applied, reverted] = receiver.requests.map(({ body }) => JSON.parse(body).directive);
    expect(applied).toMatchObject({ status: 'active' });
    expect(applied).not.toHaveProperty('endedBecause');
    expect(reverted).toMatchObject({ ...says, params: { before: 4 }, expiresAt: '2025-02-19T21:21:00.000Z' });
  });

  test.each([
    { body: '{"applied": true, "observed": "12 dispatchers"}', matches: true, says: 'is applied: 12 dispatchers' },
    { body: '{"applied": false}', matches: false, says: 'is not applied' },
  ])('takes $body for what came of it', async ({ body, matches, says }) => {
    const receiver = await startReceiver({ status: 200, body });
    const { readBack } = await actuatorOf(receiver.url).actuate(requestFor(route));
    expect(readBack).toEqual({ observed: expect.stringMatching(new RegExp(`${says}$`)), matches });
  });

  test.each(['', 'thanks', '{"applied": "yes"}', '[]', 'null', `{"applied":true,"x":"${'x'.repeat(20_000)}"}`])(
    'takes any other answer for accepted only: %.20s',
    async (body) => {
      const receiver = await startReceiver({ status: 200, body });
      expect(await actuatorOf(receiver.url).actuate(requestFor(route))).not.toHaveProperty('readBack');
    },
  );

  test('does not follow a redirect', async () => {
    const inside = await startReceiver();
    const receiver = await startReceiver({ status: 307, headers: { location: inside.url } });
    await expect(actuatorOf(receiver.url).actuate(requestFor(route))).rejects.toThrow(/answered 307/);
    expect(inside.requests).toEqual([]);
  });

  test('posts nothing, and does not ask for the secret, in a dry run', async () => {
    const secret = () => Promise.reject(new Error('asked'));
    const would = await actuatorOf('https://hooks.example.com', { secret }).actuate(
      requestFor(route, { dryRun: true }),
    );
    expect(would.detail).toBe(`post apply of ${route.id} to hooks.example.com`);
  });

  describe('outside of the local cloud', () => {
    test.each([
      { url: 'http://hooks.example.com/', says: /only https is/ },
      { url: 'https://127.0.0.1:9001/', says: /not public/ },
      { url: 'https://169.254.169.254/latest/', says: /not public/ },
      { url: 'https://2130706433/', says: /not public/ },
      { url: 'https://0x7f.1/', says: /not public/ },
      { url: 'https://[::1]/', says: /not public/ },
      { url: 'https://[::ffff:10.0.0.1]/', says: /not public/ },
      { url: 'https://localhost/', says: /localhost is at .*, which is not public/ },
    ])('asks nothing of $url', async ({ url, says }) => {
      await expect(actuatorOf(url, { allowsLoopback: false }).actuate(requestFor(route))).rejects.toThrow(says);
    });

    test('asks nothing of this machine without TLS', async () => {
      const receiver = await startReceiver();
      const actuator = actuatorOf(receiver.url, { allowsLoopback: false });
      await expect(actuator.actuate(requestFor(route))).rejects.toThrow(/only https is/);
      expect(receiver.requests).toEqual([]);
    });
  });
});

describe('an address', () => {
  test.each([
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255'],
    ...['192.168.1.1', '198.18.0.1', '203.0.113.9', '224.0.0.1', '255.255.255.255', '::', '::1', '::ffff:8.8.8.8'],
    ...['fd00:ec2::254', 'fe80::1', 'ff02::1', '64:ff9b::a00:1', '2001:db8::1', '2002:a00:1::', 'localhost', ''],
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '192.167.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test('of a name is refused at the connection, whatever form the question has', async () => {
    for (const all of [true, false]) {
      const error = await new Promise((resolve) => lookupPublic('localhost', { all }, resolve));
      expect(String(error)).toMatch(/localhost is at (127\.0\.0\.1|::1), which is not public/);
    }
  });
});
