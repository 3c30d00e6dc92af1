import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from '../../lib/local/local-cloud.ts';
import { allow, bundleHandlers, lambda, schedule, table, temporaryFolder, writeAssembly } from './fixture-app.ts';
import { startWebhook } from './webhook.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const source = `
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
const dynamodb = new DynamoDBClient({}); const events = new EventBridgeClient({}); const sns = new SNSClient({});
const note = (pk, more = {}) => dynamodb.send(new PutItemCommand({ TableName: process.env.LOG, Item: { pk: { S: pk }, at: { S: new Date().toISOString() }, ...more } }));

export const minute = async ({ at, id }) => {
  await note('minute ' + at, { id: { S: id } });
  if (at.endsWith(':02:00Z')) {
    await events.send(new PutEventsCommand({ Entries: [{ EventBusName: process.env.BUS, Source: 'fleetpulse', DetailType: 'Alert opened', Detail: JSON.stringify({ at, severity: 'critical' }) }] }));
    await events.send(new PutEventsCommand({ Entries: [{ EventBusName: process.env.BUS, Source: 'fleetpulse', DetailType: 'Nothing', Detail: '{}' }] }));
  }
};
export const quarter = async ({ at }) => { await note('quarter ' + at); };
export const notify = async (event) => {
  await note('notify ' + event.detail.at, { event: { S: JSON.stringify(event) } });
  await sns.send(new PublishCommand({ TopicArn: process.env.TOPIC, Message: JSON.stringify({ default: 'long', http: 'for webhooks' }), MessageStructure: 'json', Subject: 'Alert', MessageAttributes: { severity: { DataType: 'String', StringValue: event.detail.severity } } }));
};
export const listen = async (event) => { await note('listen ' + event.Records[0].Sns.Message); };
`;

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const environment = { LOG: { Ref: 'Log' }, BUS: { Ref: 'Bus' }, TOPIC: { Ref: 'Topic' } };
const writeLog = allow(['dynamodb:PutItem'], arn('Log'));
let assemblyDirectory = '';
const running: LocalCloud[] = [];
const printed: string[] = [];

beforeAll(() => {
  const resources = {
    Log: table({ TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } }),
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'bus' } },
    Topic: { Type: 'AWS::SNS::Topic' },
    ...lambda('Minute', {
      handler: 'minute',
      environment,
      statements: [writeLog, allow(['events:PutEvents'], arn('Bus'))],
    }),
    ...lambda('Quarter', { handler: 'quarter', environment, statements: [writeLog] }),
    ...lambda('Notify', {
      handler: 'notify',
      environment,
      statements: [writeLog, allow(['sns:Publish'], { Ref: 'Topic' })],
    }),
    ...lambda('Listen', { handler: 'listen', environment, statements: [writeLog] }),
    MinuteRetries: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'Minute' },
        MaximumRetryAttempts: 2,
        MaximumEventAgeInSeconds: 200,
        Qualifier: '$LATEST',
      },
    },
    EveryMinute: schedule('cron(* * * * ? *)', 'Minute'),
    EveryQuarter: schedule('rate(15 minutes)', 'Quarter'),
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventBusName: { Ref: 'Bus' },
        EventPattern: { source: ['fleetpulse'], 'detail-type': [{ prefix: 'Alert' }] },
        State: 'ENABLED',
        Targets: [{ Arn: arn('Notify'), Id: 'Target0' }],
      },
    },
    Email: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'email', Endpoint: 'ops@example.com' },
    },
    ToListen: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'Topic' },
        Protocol: 'lambda',
        Endpoint: arn('Listen'),
        FilterPolicy: { severity: ['critical'] },
      },
    },
  };
  assemblyDirectory = writeAssembly({ App: { resources } }, bundleHandlers(source));
});

afterEach(async () => {
  for (const cloud of running.splice(0)) await cloud.close();
  printed.length = 0;
});

const tenOClock = Date.parse('2026-11-24T10:00:00Z');
const at = (minutes: number, seconds = 0) => tenOClock + minutes * 60_000 + seconds * 1000;

async function start(more: Partial<LocalCloudOptions> = {}): Promise<LocalCloud> {
  const cloud = await startLocalCloud({
    assemblyDirectory,
    dataDirectory: temporaryFolder(),
    port: 0,
    clock: { kind: 'manual', atMs: tenOClock },
    print: (line) => printed.push(line),
    ...more,
  });
  running.push(cloud);
  return cloud;
}

const client = ({ awsEndpoint, region, operatorCredentials }: LocalCloud) =>
  new DynamoDBClient({ endpoint: awsEndpoint, region, credentials: operatorCredentials });

/** What functions noted, as `[time of the clock when they did, what]`, in the order of both. */
async function log(cloud: LocalCloud): Promise<string[]> {
  const { Items: items = [] } = await client(cloud).send(new ScanCommand({ TableName: 'App-Log' }));
  return items.map(({ pk, at }) => `${at?.S?.slice(11, 19)} ${pk?.S}`).toSorted();
}

describe.each(['native', 'javascript'] as const)('with the %s store', (dynamodb) => {
  test('schedules fire in order, each at its own time, and what they cause is finished before the next', async () => {
    const cloud = await start({ dynamodb });
    expect(await cloud.advanceTo(at(3, 30))).toEqual({ now: at(3, 30), fired: 3 });
    expect(await log(cloud)).toEqual([
      '10:01:00 minute 2026-11-24T10:01:00Z',
      '10:02:00 listen long',
      '10:02:00 minute 2026-11-24T10:02:00Z',
      '10:02:00 notify 2026-11-24T10:02:00Z',
      '10:03:00 minute 2026-11-24T10:03:00Z',
    ]);
    expect(cloud.published().map(({ at: when, topic, recipients }) => ({ when, topic, recipients }))).toEqual([
      {
        when: '2026-11-24T10:02:00.000Z',
        topic: 'Topic',
        recipients: [
          { protocol: 'email', endpoint: 'ops@example.com' },
          { protocol: 'lambda', endpoint: 'App-Listen' },
        ],
      },
    ]);
  });

  test('a restart keeps items, messages, subscriptions and the clock', async () => {
    const dataDirectory = temporaryFolder();
    const webhook = await startWebhook();
    const first = await start({ dataDirectory, dynamodb });
    await subscribe(first, { topic: 'Topic', protocol: 'http', endpoint: webhook.url });
    await first.advanceTo(at(2, 30));
    const before = { log: await log(first), published: first.published() };
    await first.close();

    const second = await start({ dataDirectory, dynamodb, clock: { kind: 'manual' } });
    expect(second.nowMs()).toBe(at(2, 30));
    expect({ log: await log(second), published: second.published() }).toEqual(before);
    expect(await second.advanceTo(at(62))).toEqual({ now: at(62), fired: 60 + 4 });
    expect(webhook.received).toHaveLength(2);
    await webhook.close();
  });

  test('items past their time to live go when the clock passes the hour', async () => {
    const cloud = await start({ dynamodb });
    const items = { over: at(59), later: at(61), mistake: 0 };
    for (const [pk, ttlMs] of Object.entries(items)) {
      await client(cloud).send(
        new PutItemCommand({ TableName: 'App-Log', Item: { pk: { S: pk }, ttl: { N: String(ttlMs / 1000) } } }),
      );
    }
    const left = async () => (await log(cloud)).filter((line) => /(over|later|mistake)$/.test(line));
    await cloud.advanceTo(at(59, 59));
    expect(await left()).toHaveLength(3);
    await cloud.advanceTo(at(60));
    expect(await left()).toEqual(['undefined later', 'undefined mistake']);
  });
});

test('the same hour replayed gives the same executions', async () => {
  const executions = async () => {
    const cloud = await start();
    await cloud.advanceTo(at(3));
    const { Items: items = [] } = await client(cloud).send(new ScanCommand({ TableName: 'App-Log' }));
    return items.map(({ pk, id, at: when }) => [pk?.S, id?.S, when?.S]).toSorted();
  };
  expect(await executions()).toEqual(await executions());
});

async function subscribe(cloud: LocalCloud, body: object): Promise<Response> {
  return fetch(`${cloud.url}/_local/subscriptions`, { method: 'POST', body: JSON.stringify(body) });
}

test('an event goes over bus, function and topic to the webhooks whose filter lets it through, exactly once', async () => {
  const [wanted, unwanted] = [await startWebhook(), await startWebhook()];
  const cloud = await start();
  const topic = cloud.resources.topicNamed('Topic').arn;
  const answer = await subscribe(cloud, {
    topic,
    protocol: 'http',
    endpoint: wanted.url,
    filterPolicy: { severity: [{ prefix: 'crit' }] },
  });
  expect(answer.status).toBe(201);
  await subscribe(cloud, {
    topic: 'Topic',
    protocol: 'http',
    endpoint: unwanted.url,
    filterPolicy: { severity: ['low'] },
  });
  await cloud.advanceTo(at(10));
  expect(unwanted.received).toEqual([]);
  expect(wanted.received).toHaveLength(1);
  const [{ headers, body } = { headers: {}, body: {} }] = wanted.received;
  expect(headers).toMatchObject({ 'x-amz-sns-message-type': 'Notification', 'x-amz-sns-topic-arn': topic });
  expect(body).toMatchObject({
    Type: 'Notification',
    MessageId: cloud.published()[0]?.messageId,
    TopicArn: topic,
    Subject: 'Alert',
    Message: 'for webhooks',
    Timestamp: '2026-11-24T10:02:00.000Z',
    MessageAttributes: { severity: { Type: 'String', Value: 'critical' } },
  });
  await Promise.all([wanted.close(), unwanted.close()]);
});

test('the event a rule hands on has the envelope of EventBridge', async () => {
  const cloud = await start();
  await cloud.advanceTo(at(2));
  const { Items: items = [] } = await client(cloud).send(new ScanCommand({ TableName: 'App-Log' }));
  const event = items.find(({ pk }) => pk?.S?.startsWith('notify'))?.['event']?.S ?? '{}';
  expect(JSON.parse(event)).toEqual({
    version: '0',
    id: expect.any(String),
    'detail-type': 'Alert opened',
    source: 'fleetpulse',
    account: '000000000000',
    time: '2026-11-24T10:02:00Z',
    region: 'us-east-1',
    resources: [],
    detail: { at: '2026-11-24T10:02:00Z', severity: 'critical' },
  });
});

test('a webhook that fails for a moment is tried again, one that refuses is not', async () => {
  const [shaky, refusing] = [await startWebhook(), await startWebhook()];
  shaky.refusals.push(500, 503);
  refusing.refusals.push(404);
  const cloud = await start();
  for (const { url } of [shaky, refusing]) await subscribe(cloud, { topic: 'Topic', protocol: 'http', endpoint: url });
  await cloud.advanceTo(at(2));
  expect(shaky.received).toHaveLength(3);
  expect(refusing.received).toHaveLength(1);
  expect(printed).toContain(`webhook ${refusing.url} did not take a message of Topic: it answered 404`);
  await Promise.all([shaky.close(), refusing.close()]);
});

describe('a subscription is refused', () => {
  const good = { topic: 'Topic', protocol: 'http', endpoint: 'http://127.0.0.1:9/hook' };
  test.each([
    { field: 'topic', body: { ...good, topic: 'Nope' }, detail: 'no topic is called Nope; there are: Topic (App)' },
    { field: 'topic', body: { ...good, topic: 3 }, detail: 'must name a topic' },
    { field: 'protocol', body: { ...good, protocol: 'email' }, detail: 'must be "http"' },
    {
      field: 'endpoint',
      body: { ...good, endpoint: 'http://example.com/' },
      detail: 'must be an http URL of this machine',
    },
    {
      field: 'endpoint',
      body: { ...good, endpoint: 'http://127.0.0.1.example.com/' },
      detail: 'must be an http URL of this machine',
    },
    { field: 'filterPolicy', body: { ...good, filterPolicy: { a: 'x' } }, detail: 'must have a list of values for a' },
  ])('by $field: $detail', async ({ field, body, detail }) => {
    const cloud = await start();
    const answer = await subscribe(cloud, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ status: 400, field, detail: expect.stringContaining(detail) });
  });
});

describe('a function that is killed', () => {
  test('is tried again one minute later on the clock, for the same scheduled time', async () => {
    let kills = 1;
    const cloud = await start({
      intercept: ({ functionName }) => (functionName === 'Minute' && kills-- > 0 ? 'kill-before' : undefined),
    });
    await cloud.advanceTo(at(1, 59));
    expect(await log(cloud)).toEqual([]);
    expect(printed).toEqual([expect.stringMatching(/^Minute failed: .*killed/)]);
    await cloud.advanceTo(at(2));
    expect(await log(cloud)).toContain('10:02:00 minute 2026-11-24T10:01:00Z');
  });

  test('again and again is given up after its retries', async () => {
    const dataDirectory = temporaryFolder();
    const firstMinute = 'minute 2026-11-24T10:01:00Z';
    const isFirst = (request: object) => JSON.stringify(request).includes(firstMinute);
    const cloud = await start({
      dataDirectory,
      intercept: ({ request }) => (isFirst(request) ? 'kill-before' : undefined),
    });
    await cloud.advanceTo(at(3, 59));
    const deadLetters = join(dataDirectory, 'dead-letters.ndjson');
    expect(() => readFileSync(deadLetters)).toThrow('ENOENT');
    // One minute after the first try and two after the second.
    await cloud.advanceTo(at(4));
    const [entry = '', ...others] = readFileSync(deadLetters, 'utf8').trim().split('\n');
    expect(others).toEqual([]);
    expect(JSON.parse(entry)).toMatchObject({
      at: '2026-11-24T10:04:00.000Z',
      function: 'Minute',
      cause: 'schedule App-EveryMinute',
      condition: 'RetriesExhausted',
      attempts: 3,
      event: { at: '2026-11-24T10:01:00Z' },
    });
    expect(printed.filter((line) => line.includes('gave up after 3 tries'))).toHaveLength(1);
  });

  test('while idle starts afresh', async () => {
    const cloud = await start();
    cloud.kill('Minute');
    await cloud.advanceTo(at(1));
    expect(await log(cloud)).toEqual(['10:01:00 minute 2026-11-24T10:01:00Z']);
  });
});

test('an event for a function that the app has no more is given up, not fatal', async () => {
  const dataDirectory = temporaryFolder();
  const due = {
    functionName: 'App-Gone',
    payload: '{}',
    cause: 'rule',
    enqueuedAtMs: at(0),
    dueAtMs: at(0),
    attempt: 0,
  };
  writeFileSync(join(dataDirectory, 'unfinished-events.json'), JSON.stringify([{ id: '1', ...due }]));
  const cloud = await start({ dataDirectory });
  await cloud.advanceTo(at(0));
  expect(printed).toEqual([expect.stringContaining('App-Gone gave up after 1 tries (RetriesExhausted)')]);
});

test('a retry that waits survives a restart', async () => {
  const dataDirectory = temporaryFolder();
  const first = await start({ dataDirectory, intercept: () => 'kill-before' });
  await first.advanceTo(at(1));
  await first.close();
  const second = await start({ dataDirectory, clock: { kind: 'manual' } });
  await second.advanceTo(at(2));
  expect(await log(second)).toContain('10:02:00 minute 2026-11-24T10:01:00Z');
});

test('stopping in the middle of an advance loses no firing', async () => {
  const dataDirectory = temporaryFolder();
  const first = await start({ dataDirectory });
  const advanced = first.advanceTo(at(20));
  await vi.waitFor(() => expect(first.nowMs()).toBeGreaterThan(at(2)), { timeout: 30_000, interval: 1 });
  await first.close();
  expect((await advanced).now).toBeLessThan(at(20));
  const second = await start({ dataDirectory, clock: { kind: 'manual' } });
  await second.advanceTo(at(20));
  const minutes = (await log(second)).filter((line) => line.includes(' minute '));
  expect(minutes).toHaveLength(20);
  expect(minutes.every((line) => line.slice(0, 8) === line.slice(-9, -1))).toBe(true);
});

test('a message half written by a crash spoils neither the ones before nor the ones after', async () => {
  const dataDirectory = temporaryFolder();
  const file = join(dataDirectory, 'notifications.ndjson');
  writeFileSync(file, `${JSON.stringify({ messageId: 'whole' })}\n{"messageId":"ha`);
  await (await start({ dataDirectory })).advanceTo(at(2));
  await running.pop()?.close();
  const again = await start({ dataDirectory, clock: { kind: 'manual' } });
  expect(again.published()).toMatchObject([{ messageId: 'whole' }, { subject: 'Alert' }]);
});

test('a data directory is one process at a time, and remembers which store wrote it', async () => {
  const dataDirectory = temporaryFolder();
  const first = await start({ dataDirectory, dynamodb: 'javascript' });
  await expect(start({ dataDirectory })).rejects.toThrow(`${dataDirectory} is in use by process ${process.pid}`);
  await first.close();
  await expect(start({ dataDirectory, dynamodb: 'native' })).rejects.toThrow('was written with --dynamodb javascript');
  await expect(
    start({ dataDirectory, dynamodb: 'javascript', clock: { kind: 'manual', atMs: at(-1) } }),
  ).rejects.toThrow('cannot go back to 2026-11-24T09:59:00.000Z');
});

test('a taken port and a broken bundle are one clear line, and leave nothing behind', async () => {
  const first = await start();
  const port = Number(new URL(first.url).port);
  await expect(start({ port })).rejects.toThrow(`port ${port} is taken: choose another with --port`);
  const broken = writeAssembly(
    { App: { resources: lambda('Broken', { handler: 'missing' }) } },
    'export const other = 1;',
  );
  const dataDirectory = temporaryFolder();
  const failing = { assemblyDirectory: broken, dataDirectory };
  await expect(start(failing)).rejects.toThrow(
    'a function cannot be loaded: Broken: TypeError: the bundle exports no function missing',
  );
  await expect(start(failing)).rejects.toThrow('a function cannot be loaded');
});

/** Ids of the running processes whose command line mentions a text. */
function processesNaming(text: string): string[] {
  return readdirSync('/proc').filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

test.runIf(process.platform === 'linux')(
  'nothing that was acknowledged is lost when the process is killed, and its emulator ends with it',
  async () => {
    const dataDirectory = temporaryFolder();
    const program = join(temporaryFolder(), 'program.ts');
    const localCloud = fileURLToPath(new URL('../../lib/local/local-cloud.ts', import.meta.url));
    writeFileSync(
      program,
      `import { startLocalCloud } from ${JSON.stringify(localCloud)};
     const cloud = await startLocalCloud({ assemblyDirectory: ${JSON.stringify(assemblyDirectory)}, dataDirectory: ${JSON.stringify(dataDirectory)},
       port: 0, clock: { kind: 'manual', atMs: ${tenOClock} }, print: () => undefined });
     await cloud.advanceTo(${at(2)});
     console.log('done');`,
    );
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    await vi.waitFor(() => expect(processesNaming(dataDirectory)).toEqual([]), { timeout: 30_000 });
    const cloud = await start({ dataDirectory, clock: { kind: 'manual' } });
    expect(cloud.nowMs()).toBe(at(2));
    expect(cloud.published()).toHaveLength(1);
    expect(await log(cloud)).toContain('10:02:00 minute 2026-11-24T10:02:00Z');
  },
);
