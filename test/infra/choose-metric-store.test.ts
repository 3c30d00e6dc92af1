import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { dev } from '../../infra/config/dev.ts';
import { chooseMetricStore } from '../../infra/metric-store/choose-metric-store.ts';

const appFile = fileURLToPath(new URL('../../infra/app.ts', import.meta.url));
const account = '111122223333';
const region = 'eu-central-1';
const accessKey = `fleetpulse:timestream:account=${account}:region=${region}`;
const storeKey = `fleetpulse:metricStore:dev:account=${account}:region=${region}`;

const startFolder = process.cwd();
let folder: string;
let timestream: Server | undefined;
let calls: string[];
let told: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleetpulse-metric-store-'));
  process.chdir(folder);
  calls = [];
  told = [];
  vi.spyOn(console, 'error').mockImplementation((line) => void told.push(String(line)));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  timestream?.closeAllConnections();
  timestream?.close();
  timestream = undefined;
  process.chdir(startFolder);
  rmSync(folder, { recursive: true, force: true });
});

function recorded(): Record<string, unknown> {
  return existsSync('cdk.context.json') ? JSON.parse(readFileSync('cdk.context.json', 'utf8')) : {};
}

/** What the CDK command line would have the app see: its options, and what is recorded in its folder. */
function choose(options: Record<string, string> = {}) {
  const context = { ...recorded(), ...options };
  return chooseMetricStore(dev, (key) => context[key]);
}

/** The environment that the command line gives to the app with credentials at hand, and something in Timestream's place. */
async function haveCredentials(answer: RequestListener): Promise<void> {
  const server = createServer((request, response) => {
    calls.push(String(request.headers['x-amz-target']));
    answer(request, response);
  });
  timestream = server;
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('CDK_DEFAULT_ACCOUNT', account);
  vi.stubEnv('CDK_DEFAULT_REGION', region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_ENDPOINT_URL_TIMESTREAM_WRITE', `http://127.0.0.1:${port}`);
}

const saysOpen: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ Endpoints: [{ Address: 'ingest-cell1.timestream', CachePeriodInMinutes: 1440 }] }));
};
const refuses =
  (type: string, message: string): RequestListener =>
  (_request, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: `com.amazonaws.timestream.v20181101#${type}`, message }));
  };
const saysClosed = refuses(
  'AccessDeniedException',
  'Only existing Timestream for LiveAnalytics customers can access the service. Reach out to AWS support, for more information.',
);

describe('the first synthesis with credentials asks Timestream once, and records the answer of', () => {
  test.each([
    { name: 'an account that has it', answer: saysOpen, access: 'open', store: 'timestream', line: /^account 1111/ },
    { name: 'one that has not', answer: saysClosed, access: 'closed', store: 'dynamodb', line: /^AWS has closed/ },
  ])('$name', async ({ answer, access, store, line }) => {
    writeFileSync('cdk.context.json', JSON.stringify({ 'of:another': ['kept'] }));
    await haveCredentials(answer);
    expect(await choose()).toBe(store);
    expect(recorded()).toEqual({ 'of:another': ['kept'], [accessKey]: access, [storeKey]: store });

    expect(await choose()).toBe(store);
    expect(calls).toEqual(['Timestream_20181101.DescribeEndpoints']);
    expect(told).toEqual([expect.stringMatching(line)]);
  });
});

describe('what is no answer decides for DynamoDB, and is not recorded:', () => {
  const forbidden = 'User: arn:aws:iam::1:user/a is not authorized to perform: timestream:DescribeEndpoints';
  test.each([
    { name: 'silence', answer: () => undefined, because: 'no answer within 3 s' },
    {
      name: 'a policy that forbids to ask',
      answer: refuses('AccessDeniedException', forbidden),
      because: `AccessDeniedException: ${forbidden}`,
    },
    {
      name: 'the right words in another error',
      answer: refuses('ValidationException', 'Only existing Timestream for LiveAnalytics customers'),
      because: 'ValidationException: Only existing Timestream for LiveAnalytics customers',
    },
  ])('$name', async ({ answer, because }) => {
    await haveCredentials(answer);
    expect(await choose()).toBe('dynamodb');
    expect(told).toEqual([expect.stringContaining(`is not known (${because}): dev keeps`)]);
    expect(calls).toHaveLength(1);
    expect(recorded()).toEqual({});
  });
});

test('without credentials nobody is asked and nothing is recorded', async () => {
  await haveCredentials(saysClosed);
  vi.stubEnv('CDK_DEFAULT_ACCOUNT', undefined);
  expect(await choose()).toBe('timestream');
  expect({ calls, told, recorded: recorded() }).toEqual({ calls: [], told: [], recorded: {} });
});

test('another store than the one in use is refused, and taken with migrate', async () => {
  await haveCredentials(saysOpen);
  expect(await choose({ metricStore: 'dynamodb' })).toBe('dynamodb');
  expect(recorded()).toEqual({ [storeKey]: 'dynamodb' });

  await expect(choose({ metricStore: 'timestream' })).rejects.toThrow(/^dev keeps its .*: add -c migrate=true/);
  expect(recorded()).toEqual({ [storeKey]: 'dynamodb' });

  expect(await choose({ metricStore: 'timestream', migrate: 'true' })).toBe('timestream');
  expect(await choose()).toBe('timestream');
  expect({ calls, recorded: recorded() }).toEqual({ calls: [], recorded: { [storeKey]: 'timestream' } });
});

test('the app itself follows what is recorded', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [appFile], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_DEFAULT_ACCOUNT: account,
      CDK_DEFAULT_REGION: region,
      CDK_OUTDIR: 'cdk.out',
      CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [], [storeKey]: 'dynamodb' }),
    },
  });
  expect({ status, output: `${stdout}${stderr}` }).toEqual({ status: 0, output: '' });
  expect(existsSync(join('cdk.out', 'Fleetpulse-dev-State.template.json'))).toBe(true);
  expect(existsSync(join('cdk.out', 'Fleetpulse-dev-Metrics.template.json'))).toBe(false);
});
