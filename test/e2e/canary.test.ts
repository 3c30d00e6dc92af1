import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CANARY_SYSTEM } from '../../lib/core/model/canary-system.ts';
import type { Fault, SdkCall } from '../../lib/local/sdk-call.ts';
import { synthesize } from '../../lib/local/synthesize.ts';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-03-02T10:00:00Z');
const at = (minute: number) => START_MS + minute * MINUTE_MS;

let fault: (call: SdkCall) => Fault | undefined = () => undefined;
let directory: string;
let fleetpulse: Fleetpulse;
beforeAll(async () => {
  // The environment dev has no canary.
  directory = mkdtempSync(join(tmpdir(), 'fleetpulse-staging-'));
  const assemblyDirectory = join(directory, 'cdk.out');
  const context = { env: 'staging', metricStore: 'dynamodb' };
  await synthesize({ outputDirectory: assemblyDirectory, logFile: join(directory, 'synthesize.log'), context });
  fleetpulse = await Fleetpulse.start(START_MS, { assemblyDirectory, intercept: (call) => fault(call) });
  await fleetpulse.send([{ type: 'agent', agent: 'a-1', pool: 'p' }]);
});
afterAll(async () => {
  await fleetpulse.stop();
  rmSync(directory, { recursive: true, force: true });
});

function logOf(functionName: string): string {
  return readFileSync(join(fleetpulse.dataDirectory, 'logs', `${functionName}.log`), 'utf8');
}

/** What failed while the clock went on. */
async function failuresUntil(minute: number): Promise<string[]> {
  const before = fleetpulse.printed.length;
  await fleetpulse.advanceTo(at(minute));
  return fleetpulse.printed.slice(before).filter((line) => line.startsWith('Canary failed'));
}

test('a task that is reported every five minutes gets through to the figures', async () => {
  expect(await failuresUntil(11)).toEqual([]);
  const looked = () => [...logOf('Canary').matchAll(/"looked":"([\w-]+)"/g)].map(([, outcome]) => outcome);
  // The first run has nothing to look for.
  await expect.poll(looked).toEqual(['nothing-to-look-for', 'found']);
});

test('with a key of ten minutes that is made for the run, as the audit log has it', async () => {
  const { keys } = (await fleetpulse.get(`/v1/keys?system=${CANARY_SYSTEM}`)).body;
  expect(keys).toHaveLength(2);
  for (const key of keys) {
    expect(key).toMatchObject({ name: 'canary', scopes: ['ingest', 'read'], createdBy: 'canary' });
    expect(Date.parse(key.expiresAt) - Date.parse(key.createdAt)).toBe(10 * MINUTE_MS);
  }
  const { entries } = (await fleetpulse.get(`/v1/audit?system=${CANARY_SYSTEM}`)).body;
  expect(entries).toHaveLength(2);
  expect(entries[0]).toMatchObject({
    action: 'key.create',
    who: { kind: 'fleetpulse', name: 'canary' },
    outcome: 'done',
  });
});

test('when the minute job runs no more it is red for the analysis', async () => {
  fault = ({ functionName }) => (functionName === 'Analyze' ? 'kill-before' : undefined);
  expect(await failuresUntil(16)).toEqual([
    // What was reported at 10:10 was counted at 10:11, but by now the figures end four minutes ago.
    expect.stringContaining('CanaryError: step analysis: the newest figures are 240 s old'),
  ]);
  expect(await failuresUntil(20)).toEqual([
    expect.stringContaining('step analysis: the task reported at 2026-03-02T10:15:00.000Z is not among the figures'),
  ]);
});

test('when nothing can be reported it is red for the report, and looks for nothing that was not taken', async () => {
  fault = ({ functionName, operation }) =>
    functionName === 'Ingest' && operation === 'PutItem' ? 'fail-before' : undefined;
  expect(await failuresUntil(26)).toEqual([
    expect.stringContaining('CanaryError: step report: POST /v1/events answered 503 (the store is busy'),
  ]);
  fault = () => undefined;
  // All is well again, and the task of 10:25 was never taken.
  expect(await failuresUntil(31)).toEqual([]);
});

test('its system is none of those that people see, plan for or are told about', async () => {
  expect((await fleetpulse.get('/v1/fleet')).body.kpis.task_completion_rate.n).toBe(0);
  const { agents } = (await fleetpulse.get('/v1/agents')).body;
  expect(agents.map(({ agent }: { agent: string }) => agent)).toEqual(['a-1']);
  const told = fleetpulse.cloud.published().map((message) => JSON.stringify(message));
  expect(told.filter((message) => message.includes(CANARY_SYSTEM))).toEqual([]);
  expect(logOf('Optimize')).toContain('"system":"default"');
  expect(logOf('Optimize')).not.toContain(CANARY_SYSTEM);
});

test('beside it, each run of the minute job says how old the figures are', () => {
  const lines = logOf('Analyze')
    .split('\n')
    .filter((line) => line.includes('AnalysisLag'));
  const lags = lines.map((line) => JSON.parse(line)['AnalysisLag']);
  // Nobody could say while the job was killed, and then it caught up.
  expect(lags.slice(0, 11)).toEqual(Array(11).fill(0));
  expect(lags.at(-1)).toBe(0);
  const alarm = fleetpulse.cloud.resources.functionNamed('Analyze').name;
  expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({
    FunctionName: alarm,
    _aws: { CloudWatchMetrics: [{ Namespace: 'Fleetpulse' }] },
  });
});
