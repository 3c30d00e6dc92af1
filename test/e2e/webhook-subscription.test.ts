import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fault, SdkCall } from '../../lib/local/sdk-call.ts';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';
import { ReportingFleet } from '../fixtures/reporting-fleet.ts';
import { startWebhook, type Webhook } from '../local/webhook.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');

let webhook: Webhook;
let fleetpulse: Fleetpulse;
const interrupted: string[] = [];
const lookedUp: string[] = [];

/**
 * Every notice of an alert is delivered twice: the minute job dies after the bus has taken it, and its next try
 * sends it again. And notify dies once before it tells, and once after it has noted that it told.
 */
/** Notices after which the run that put them was killed. */
const afterPut = new Set<string>();

function interrupt(call: SdkCall): Fault | undefined {
  const { functionName, operation, request } = call;
  if (functionName === 'Notify' && operation === 'GetItem') lookedUp.push(JSON.stringify(request['Key']));
  const once = (what: string, fault: Fault) => {
    if (interrupted.includes(what)) return undefined;
    interrupted.push(what);
    return fault;
  };
  if (functionName === 'Analyze' && operation === 'PutEvents') {
    const entries = request['Entries'] as { DetailType: string; Detail: string }[];
    const notices = entries.filter(({ DetailType }) => DetailType === 'Notice');
    if (notices.length === 0) return undefined;
    const ids = notices.map(({ Detail }) => JSON.parse(Detail).data.notice.id as string);
    for (const id of ids) afterPut.add(id);
    return once(`Analyze after ${ids.join(' and ')}`, 'kill-after');
  }
  if (functionName === 'Notify' && operation === 'Publish') return once('Notify before it tells', 'kill-before');
  if (functionName === 'Notify' && operation === 'PutItem') return once('Notify after it noted', 'kill-after');
  return undefined;
}

beforeAll(async () => {
  webhook = await startWebhook();
  fleetpulse = await Fleetpulse.start(START_MS, { intercept: interrupt });
  const subscribed = await fleetpulse.request('POST', '/_local/subscriptions', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      topic: 'Alerts',
      protocol: 'http',
      endpoint: webhook.url,
      filterPolicy: { team: ['core'], severity: ['critical'] },
    }),
  });
  expect(subscribed.status).toBe(201);

  const fleet = new ReportingFleet(fleetpulse, START_MS, { conv: 'core', code: 'content' });
  await fleet.pass(3);
  await fleet.pass(3, { silent: ['conv-2', 'code-3'] });
  await fleet.pass(4);
  await fleet.pass(5, { slow: { 'conv-4': 8 } });
  await fleet.pass(8);
  await fleetpulse.cloud.settled();
});
afterAll(async () => {
  await fleetpulse.stop();
  await webhook.close();
});

interface Told {
  transition: string;
  severity: string;
  team: string;
  scope: { pool: string; agent?: string };
  onsetAt: string;
}

function published(): Told[] {
  return fleetpulse.cloud.published('Alerts').map(({ bodies }) => JSON.parse(bodies['http'] ?? '') as Told);
}

const inWords = ({ transition, severity, team, scope }: Told) =>
  `${transition} ${severity} ${team} ${scope.pool} ${scope.agent}`;

test('the webhook is told that the agent it cares for died and came back, once each, and of nothing else', () => {
  const bodies = webhook.received.map(({ body }) => JSON.parse(String(body['Message'])) as Told);
  expect(bodies.map(inWords)).toEqual(['firing critical core conv conv-2', 'resolved critical core conv conv-2']);
  // The last beat was at 10:02:45, so the next one was missed at 10:03:00.
  expect(bodies[0]?.onsetAt).toBe('2026-03-02T10:03:00.000Z');
  expect(webhook.received.map(({ body }) => body['MessageAttributes'])).toMatchObject([
    { state: { Type: 'String', Value: 'firing' }, pool: { Type: 'String', Value: 'conv' } },
    { state: { Type: 'String', Value: 'resolved' }, team: { Type: 'String', Value: 'core' } },
  ]);
});

test('the trouble of another team, and trouble of the same team that is not critical, was told to others, once each', () => {
  expect(published().map(inWords).sort()).toEqual([
    'firing critical content code code-3',
    'firing critical core conv conv-2',
    'firing high core conv conv-4',
    'resolved critical content code code-3',
    'resolved critical core conv conv-2',
    'resolved high core conv conv-4',
  ]);
});

test('although every transition was delivered twice and functions died in between', () => {
  expect(afterPut.size).toBe(6);
  // Two of them were put together.
  expect(interrupted.filter((what) => what.startsWith('Analyze')).length).toBeGreaterThanOrEqual(5);
  expect(interrupted).toEqual(expect.arrayContaining(['Notify before it tells', 'Notify after it noted']));
  const deliveries = Map.groupBy(lookedUp, (key) => key);
  // For the topic and for the one for chat.
  expect(deliveries.size).toBe(12);
  for (const [key, { length }] of deliveries) expect(length, key).toBeGreaterThanOrEqual(2);
});
