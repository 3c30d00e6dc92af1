import { createHmac } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { defaultMetricStore } from '../../lib/local/metric-store-kind.ts';
import { type LoopbackServer, startLoopback } from '../contract/loopback-server.ts';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';
import { ReportingFleet } from '../fixtures/reporting-fleet.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
const directory = mkdtempSync(join(tmpdir(), 'fleetpulse-assembly-'));

interface Template {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

/** The synthesized app as `actuators.webhook` would have it, and nothing else that acts. */
function assemblyWithWebhook(url: string): string {
  cpSync(inject('assemblyDirectories')[defaultMetricStore], directory, { recursive: true });
  const file = join(directory, readdirSync(directory).find((name) => name.endsWith('Actions.template.json')) ?? '');
  const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
  for (const { Type, Properties } of Object.values(template.Resources)) {
    const { Variables } = (Properties['Environment'] ?? {}) as { Variables?: Record<string, unknown> };
    if (Type === 'AWS::Lambda::Function' && Variables) {
      Variables['ACTUATORS'] = JSON.stringify({ webhook: { url, secretName: 'fleetpulse/webhook' } });
    }
    if (Type === 'AWS::IAM::Policy') {
      const { Statement } = Properties['PolicyDocument'] as { Statement: object[] };
      Statement.push({
        Effect: 'Allow',
        Action: 'secretsmanager:GetSecretValue',
        Resource: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:fleetpulse/webhook-??????',
      });
    }
  }
  writeFileSync(file, JSON.stringify(template));
  return directory;
}

let orchestrator: LoopbackServer;
let fleetpulse: Fleetpulse;
let refusals = 2;

beforeAll(async () => {
  orchestrator = await startLoopback(() => {
    refusals -= 1;
    return refusals >= 0 ? { status: 503 } : { status: 200, body: '{"applied":true,"observed":"3 dispatchers"}' };
  });
  fleetpulse = await Fleetpulse.start(START_MS, {
    assemblyDirectory: assemblyWithWebhook(`${orchestrator.url}/fleet`),
  });
  writeFileSync(join(fleetpulse.dataDirectory, 'secrets.json'), JSON.stringify({ 'fleetpulse/webhook': 'hush' }));
  const fleet = new ReportingFleet(fleetpulse, START_MS, { conv: 'core' });
  await fleet.pass(3);
  await fleet.pass(4, { silent: ['conv-2'] });
  await fleet.pass(20);
  await fleetpulse.cloud.settled();
});
afterAll(async () => {
  await fleetpulse.stop();
  await orchestrator.close();
  rmSync(directory, { recursive: true, force: true });
});

test('an orchestrator is posted a directive when it begins, is renewed and ends, signed with the secret', () => {
  const posts = orchestrator.requests.map(({ headers, body }) => {
    const timestamp = headers['x-fleetpulse-timestamp'];
    expect(headers['x-fleetpulse-signature']).toBe(
      `v1=${createHmac('sha256', 'hush').update(`${timestamp}.${body}`).digest('hex')}`,
    );
    return JSON.parse(body) as {
      id: string;
      verb: string;
      directive: { kind: string; params: object; status: string };
    };
  });
  expect(posts[0]).toMatchObject({
    verb: 'apply',
    directive: {
      ...{ kind: 'breaker', status: 'active' },
      params: { pool: 'conv', agent: 'conv-2', state: 'open', probeFraction: 0 },
    },
  });
  // Refused twice, it came again under the same id.
  expect(posts.slice(0, 3).map(({ id }) => id)).toEqual(Array(3).fill(posts[0]?.id));
  expect(posts.at(-1)).toMatchObject({ verb: 'revert', directive: { status: 'expired' } });
});

test('its word that it has applied it acknowledges the directive, so that the effect can be measured', async () => {
  const { body } = await fleetpulse.get('/v1/directives');
  expect(body.directives[0]).toMatchObject({
    applied: true,
    ackedBy: 'actuator webhook',
    ackNote: `${new URL(orchestrator.url).host} says that it is applied: 3 dispatchers`,
  });
});
