import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, inject, test } from 'vitest';
import { defaultMetricStore } from '../../lib/local/metric-store-kind.ts';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
const heartbeat = { type: 'heartbeat', agent: 'a-1', at: START_MS };
const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

/** The synthesized app with one action taken out of the policies of one stack. */
function assemblyWithout(stack: string, action: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'fleetpulse-assembly-'));
  cleanUp.push(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(inject('assemblyDirectories')[defaultMetricStore], directory, { recursive: true });
  const name = readdirSync(directory).find((file) => file.endsWith(`${stack}.template.json`));
  const file = join(directory, name ?? '');
  const template = readFileSync(file, 'utf8');
  const without = template.replaceAll(new RegExp(`"${action}",?`, 'g'), '').replaceAll(/,(\s*\])/g, '$1');
  expect(without).not.toBe(template);
  writeFileSync(file, without);
  return directory;
}

async function start(assemblyDirectory?: string): Promise<Fleetpulse> {
  const fleetpulse = await Fleetpulse.start(START_MS, assemblyDirectory === undefined ? {} : { assemblyDirectory });
  cleanUp.push(() => fleetpulse.stop());
  return fleetpulse;
}

test('a call that the synthesized policy does not grant is refused, naming action, resource and function', async () => {
  const fleetpulse = await start(assemblyWithout('Ingest', 'dynamodb:PutItem'));
  expect((await fleetpulse.send([heartbeat])).status).toBe(500);
  const table = fleetpulse.cloud.resources.tableNamed('Rollups').arn;
  expect(fleetpulse.printed).toContainEqual(
    expect.stringContaining(`Ingest was refused: dynamodb:PutItem on ${table}`),
  );
  // What the SDK throws inside the function is AWS's own wording, as its log shows.
  const denied =
    /AccessDenied.*assumed-role\/\S*Ingest\S* is not authorized to perform: dynamodb:PutItem on resource: /s;
  await expect.poll(() => logOf(fleetpulse, 'Ingest')).toMatch(denied);
});

test('with its own policy the same call passes, and every function gets by with what it is granted', async () => {
  const fleetpulse = await start();
  const events = [heartbeat, { ...heartbeat, agent: 'a-2' }];
  expect((await fleetpulse.send([{ type: 'agent', agent: 'a-1', pool: 'p' }, ...events])).status).toBe(202);
  for (let minute = 1; minute <= 6; minute++) await fleetpulse.advanceTo(START_MS + minute * 60_000);
  for (const path of ['/v1/agents', '/v1/alerts', '/v1/ledger']) expect((await fleetpulse.get(path)).status).toBe(200);
  expect(fleetpulse.cloud.published().length).toBeGreaterThan(0);
  expect(fleetpulse.printed.filter((line) => /failed|denied/i.test(line))).toEqual([]);
});

function logOf({ dataDirectory }: Fleetpulse, functionName: string): string {
  return readFileSync(join(dataDirectory, 'logs', `${functionName}.log`), 'utf8');
}
