import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';
import { startWebhook, type Webhook } from '../local/webhook.ts';

const MINUTE_MS = 60_000;
const startMs = Date.parse('2026-03-02T10:00:00Z');
const pools = { ops: 'core', web: 'shop' } as const;

/** When each agent is silent, in minutes from the start: [from, until). */
const silences: Readonly<Record<string, readonly [number, number]>> = {
  'ops-1': [3, 8],
  'web-2': [3, 8],
  'ops-3': [10, 15],
};

describe('a webhook that is subscribed with a filter policy', () => {
  let fleetpulse: Fleetpulse;
  const webhooks: Record<'critical of core' | 'resolved' | 'everything' | 'low', Webhook> = {} as never;
  beforeAll(async () => {
    let killed = 0;
    fleetpulse = await Fleetpulse.start(startMs, {
      // Its first two messages die on their way, once before SNS has them and once before the function is done.
      intercept: ({ functionName, service, operation }) => {
        if (functionName !== 'Notify' || killed >= 2) return undefined;
        if (service === 'sns' && killed === 0) {
          killed += 1;
          return 'kill-before';
        }
        if (service === 'dynamodb' && operation === 'GetItem' && killed === 1) {
          killed += 1;
          return 'kill-after';
        }
        return undefined;
      },
    });
    await subscribe('critical of core', { team: ['core'], severity: ['critical'] });
    await subscribe('resolved', { state: ['resolved'] });
    await subscribe('everything', undefined);
    await subscribe('low', { severity: ['low'] });
    for (let minute = 0; minute < 20; minute++) {
      const atMs = startMs + minute * MINUTE_MS;
      const events = Object.entries(pools).flatMap(([pool, team]) =>
        [1, 2, 3, 4, 5].flatMap((n) => {
          const agent = `${pool}-${n}`;
          const [from, until] = silences[agent] ?? [Number.NaN, Number.NaN];
          if (minute >= from && minute < until) return [];
          return [
            { type: 'agent', agent, pool, team, capacity: 1 },
            { type: 'heartbeat', agent, at: atMs + 50_000, intervalMs: 15_000 },
          ];
        }),
      );
      expect((await fleetpulse.send(events)).status).toBe(202);
      await fleetpulse.advanceTo(atMs + MINUTE_MS);
      if (minute === 12) await fleetpulse.restart();
    }
    await fleetpulse.cloud.settled();
  });
  afterAll(async () => {
    await fleetpulse.stop();
    for (const webhook of Object.values(webhooks)) await webhook.close();
  });

  async function subscribe(name: keyof typeof webhooks, filterPolicy: unknown): Promise<void> {
    webhooks[name] = await startWebhook();
    const { status } = await fleetpulse.request('POST', '/_local/subscriptions', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ topic: 'Alerts', protocol: 'http', endpoint: webhooks[name].url, filterPolicy }),
    });
    expect(status).toBe(201);
  }

  /** What a webhook was told, in words; two deliveries of one message would be two lines. */
  const told = (name: keyof typeof webhooks) =>
    webhooks[name].received
      .map(({ body }) => JSON.parse(String(body['Message'])))
      .map(({ transition, scope, severity, team }) => `${transition} ${severity} ${scope.agent} ${team}`)
      .sort();

  test('gets exactly the alerts it asked for, once each, and their resolve', () => {
    expect(told('critical of core')).toEqual([
      'firing critical ops-1 core',
      'firing critical ops-3 core',
      'resolved critical ops-1 core',
      'resolved critical ops-3 core',
    ]);
  });

  test('may ask for the ends only', () => {
    expect(told('resolved')).toEqual([
      'resolved critical ops-1 core',
      'resolved critical ops-3 core',
      'resolved critical web-2 shop',
    ]);
  });

  test('gets everything without a filter, and nothing when nothing fits', () => {
    expect(told('everything')).toHaveLength(6);
    expect(told('low')).toEqual([]);
  });

  test('can filter by exactly the promised attributes, and gets the alert as the API gives it', async () => {
    const body = webhooks.resolved.received[0]?.body ?? {};
    const attributes = body['MessageAttributes'] as Record<string, { Type: string; Value: string }>;
    expect(Object.keys(attributes).sort()).toEqual(['kind', 'pool', 'severity', 'state', 'team']);
    const { version, system, transition, ...alert } = JSON.parse(String(body['Message']));
    expect({ version, system, transition }).toEqual({ version: 1, system: 'default', transition: 'resolved' });
    const { alerts } = (await fleetpulse.get(`/v1/alerts?from=${startMs}`)).body;
    expect(alerts.find(({ id }: { id: string }) => id === alert.id)).toEqual(alert);
  });
});
