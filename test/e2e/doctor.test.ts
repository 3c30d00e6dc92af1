import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startAwsAccount } from '../fixtures/aws-account.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';

const START_MS = Date.parse('2026-03-02T10:00:20Z');
const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:Alerts';

let fleetpulse: Fleetpulse;
let aws: Awaited<ReturnType<typeof startAwsAccount>>;
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  const outputs = { Url: fleetpulse.cloud.url, AlertsTopicArn: TOPIC };
  aws = await startAwsAccount({
    stacks: [
      { name: 'Fleetpulse-dev-State', status: 'CREATE_COMPLETE' },
      { name: 'Fleetpulse-dev-Ingest', status: 'CREATE_COMPLETE', outputs: { Url: outputs.Url } },
      { name: 'Fleetpulse-dev-Alerts', status: 'CREATE_COMPLETE', outputs: { AlertsTopicArn: outputs.AlertsTopicArn } },
    ],
    subscriptions: [{ topicArn: TOPIC, protocol: 'email', endpoint: 'oncall@example.com', isConfirmed: true }],
  });
});
afterAll(async () => {
  await fleetpulse.stop();
  await aws.close();
});

const surroundings = (more: Record<string, string> = {}) => ({
  ...process.env,
  ...aws.env,
  FLEETPULSE_KEY: '',
  ...more,
});

/** The command, whose output may be looked at while it runs. */
function startDoctor(args: string[]) {
  const child = spawn(process.execPath, ['lib/cli/main.ts', 'doctor', ...args], { env: surroundings() });
  const printed = { text: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    printed.text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    printed.text += chunk.toString();
  });
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { printed, code };
}

test('a deployed environment is examined, and a batch followed from HTTPS to the message about its alert', async () => {
  const { printed, code } = startDoctor(['--env', 'dev', '--key', ADMIN_KEY]);
  await vi.waitFor(() => expect(printed.text).toMatch(/^ok +accepted .*\n/m), 60_000);
  await fleetpulse.advanceTo(START_MS + 60_000);
  expect({ code: await code, text: printed.text }).toMatchObject({ code: 0 });
  const [findings = '', journey = ''] = printed.text.split('one batch from HTTPS to the alert about it');
  expect(findings).not.toMatch(/^(failed|warning)/m);
  expect(findings).toMatch(/^ok +subscriptions +1 confirmed$/m);
  const steps = [...journey.matchAll(/^(\w+) +(.+?) +[\d.]+ s {2}(.*)$/gm)].map(([, status, step, says]) => [
    step,
    status,
    says,
  ]);
  expect(steps).toEqual([
    ['reached', 'ok', expect.stringMatching(/its minute job is (starting|ok)$/)],
    ['key', 'ok', expect.stringMatching(/^made key_\w+ of system fleetpulse-doctor/)],
    ['accepted', 'ok', expect.stringMatching(/^202 for 84 events of pool doctor-\w+$/)],
    ['stored', 'ok', 'the ledger has 84 events as stored'],
    ['in the fleet', 'ok', expect.stringMatching(/^\/v1\/agents has doctor-\w+-4, \w+$/)],
    ['alert', 'ok', expect.stringMatching(/doctor-\w+-4/)],
    ['published', 'ok', expect.stringMatching(/on topic Alerts$/)],
    ['cleaned up', 'ok', expect.stringMatching(/^4 agents are forgotten, key key_\w+ is revoked$/)],
  ]);
}, 180_000);

test('it leaves nothing in the fleet, and no key that works', async () => {
  const { agents } = (await fleetpulse.get('/v1/agents')).body;
  expect(agents).toEqual([]);
  const { keys } = (await fleetpulse.get('/v1/keys?system=fleetpulse-doctor')).body;
  expect(keys.map(({ name, state }: { name: string; state: string }) => [name, state])).toEqual([
    ['doctor', 'revoked'],
  ]);
  const made = await fleetpulse.request('POST', '/v1/keys', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'look', system: 'fleetpulse-doctor', scopes: ['read'] }),
  });
  const { body } = await fleetpulse.request('GET', '/v1/agents', { headers: { 'x-api-key': made.body.key } });
  expect(body.agents).toEqual([]);
});

const doctor = (args: string[], more: Record<string, string> = {}) =>
  promisify(execFile)(process.execPath, ['lib/cli/main.ts', 'doctor', ...args], { env: surroundings(more) });

test('a key that may not make keys is told so, as JSON, and the command fails', async () => {
  const { body } = await fleetpulse.request('POST', '/v1/keys', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'reader', scopes: ['read'] }),
  });
  const refused = await doctor(['--url', fleetpulse.cloud.url, '--key', body.key, '--json']).catch((error) => error);
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.stdout)).toMatchObject({
    ...{ env: null, url: fleetpulse.cloud.url, ok: false, findings: [] },
    journey: [
      { step: 'reached', status: 'ok' },
      {
        step: 'key',
        status: 'failed',
        says: 'POST /v1/keys answered 403',
        fix: expect.stringMatching(/^use an admin key/),
      },
    ],
  });
});

test('where nobody answers, or an option is wrong, one line says so', async () => {
  await expect(doctor(['--url', 'http://127.0.0.1:9', '--key', 'k'])).rejects.toMatchObject({
    ...{ code: 2, stderr: expect.stringMatching(/^nothing answers at http:\/\/127\.0\.0\.1:9: /) },
  });
  await expect(doctor(['--url', 'http://127.0.0.1:9'])).rejects.toMatchObject({
    ...{ code: 2, stderr: '--url needs an admin key: --key KEY, or FLEETPULSE_KEY\n' },
  });
  await expect(doctor(['--url', 'here', '--key', 'k'])).rejects.toMatchObject({
    ...{ code: 2, stderr: expect.stringMatching(/^--url must be an address/) },
  });
});
