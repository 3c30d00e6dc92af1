import { QueryCommand, TimestreamQueryClient } from '@aws-sdk/client-timestream-query';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readCloudAssembly } from '../../lib/local/cloud-assembly.ts';
import { type LocalCloud, startLocalCloud } from '../../lib/local/local-cloud.ts';
import { PhysicalIds } from '../../lib/local/physical-ids.ts';
import { readDeployment } from '../../lib/local/read-deployment.ts';
import type { Fault, SdkCall } from '../../lib/local/sdk-call.ts';
import {
  allow,
  bundleHandlers,
  httpApi,
  lambda,
  type Resources,
  temporaryFolder,
  writeAssembly,
} from './fixture-app.ts';

const source = `
import { QueryCommand, TimestreamQueryClient } from '@aws-sdk/client-timestream-query';
import { TimestreamWriteClient, WriteRecordsCommand } from '@aws-sdk/client-timestream-write';

const commands = { QueryCommand, WriteRecordsCommand };
const clients = { QueryCommand: new TimestreamQueryClient({}), WriteRecordsCommand: new TimestreamWriteClient({}) };

// Carries out a call for a test; $NOW is the time of the function, $A and $B are the tables.
const carryOut = async ({ body }) => {
  const values = { NOW: Date.now(), DB: process.env.DB, A: process.env.A, B: process.env.B };
  const { command, input } = JSON.parse(body.replace(/\\$([A-Z]+)/g, (_match, name) => values[name]));
  try {
    const { $metadata, ...output } = await clients[command].send(new commands[command](input));
    return { output, attempts: $metadata.attempts };
  } catch (error) {
    return { error: { name: error.name, message: error.message, attempts: error.$metadata?.attempts } };
  }
};
export const call = carryOut;
export const stranger = carryOut;
`;

interface Outcome {
  output?: Record<string, unknown>;
  attempts?: number;
  error?: { name: string; message: string; attempts: number };
}

const tableArn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

function timestreamTable(properties: object = {}): Resources[string] {
  return {
    Type: 'AWS::Timestream::Table',
    Properties: {
      DatabaseName: { Ref: 'Metrics' },
      RetentionProperties: { MemoryStoreRetentionPeriodInHours: '6', MagneticStoreRetentionPeriodInDays: '90' },
      MagneticStoreWriteProperties: { EnableMagneticStoreWrites: true },
      ...properties,
    },
  };
}

const environment = {
  DB: { Ref: 'Metrics' },
  A: { 'Fn::GetAtt': ['Minutes', 'Name'] },
  B: { 'Fn::GetAtt': ['Closed', 'Name'] },
};
const resources: Resources = {
  Metrics: { Type: 'AWS::Timestream::Database' },
  Minutes: timestreamTable(),
  Closed: timestreamTable({ TableName: 'closed' }),
  ...lambda('Caller', {
    handler: 'call',
    timeout: 30,
    environment,
    statements: [
      allow(['timestream:WriteRecords', 'timestream:Select'], tableArn('Minutes')),
      allow(['timestream:DescribeEndpoints'], '*'),
    ],
  }),
  ...lambda('Stranger', {
    handler: 'stranger',
    environment,
    statements: [allow(['timestream:WriteRecords'], tableArn('Minutes'))],
  }),
  ...httpApi({ 'POST /call': 'Caller', 'POST /stranger': 'Stranger' }),
};

const AT_MS = Date.parse('2026-11-24T10:00:00Z');
const directory = temporaryFolder();
const printed: string[] = [];
let fault: (call: SdkCall) => Fault | undefined = () => undefined;
let assemblyDirectory: string;
let cloud: LocalCloud;

beforeAll(async () => {
  assemblyDirectory = writeAssembly({ Data: { resources } }, bundleHandlers(source));
  await start();
});
afterAll(() => cloud.close());
afterEach(() => {
  printed.length = 0;
  fault = () => undefined;
});

async function start(): Promise<void> {
  cloud = await startLocalCloud({
    assemblyDirectory,
    dataDirectory: directory,
    port: 0,
    clock: { kind: 'manual', atMs: Math.max(AT_MS, cloud?.nowMs() ?? 0) },
    print: (line) => printed.push(line),
    intercept: (call) => fault(call),
  });
}

async function call(command: string, input: object, path = '/call'): Promise<Outcome> {
  const response = await fetch(`${cloud.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ command, input }),
  });
  return (await response.json()) as Outcome;
}

const records = (agent: string, table = '$A', time = '$NOW') => ({
  DatabaseName: '$DB',
  TableName: table,
  Records: [
    {
      Dimensions: [{ Name: 'agent', Value: agent }],
      MeasureName: 'minute',
      MeasureValueType: 'MULTI',
      MeasureValues: [{ Name: 'done', Value: '7', Type: 'BIGINT' }],
      Time: time,
    },
  ],
});
const selecting = (agent: string) => ({
  QueryString: `SELECT done, time FROM "$DB"."$A" WHERE agent = '${agent}' AND time > ago(1h)`,
});
const found = { Rows: [{ Data: [{ ScalarValue: '7' }, { ScalarValue: '2026-11-24 10:00:00.000000000' }] }] };

describe('a function that is allowed to', () => {
  test('writes and reads on the clock of the cloud', async () => {
    expect(await call('WriteRecordsCommand', records('a'))).toEqual({
      output: { RecordsIngested: { Total: 1, MemoryStore: 1, MagneticStore: 0 } },
      attempts: 1,
    });
    expect((await call('QueryCommand', selecting('a'))).output).toMatchObject(found);
  });

  test('finds it again when the cloud is started again', async () => {
    await call('WriteRecordsCommand', records('kept'));
    await cloud.close();
    await start();
    expect((await call('QueryCommand', selecting('kept'))).output).toMatchObject(found);
  });

  test('gets the errors of Timestream as they are', async () => {
    const { error } = await call('WriteRecordsCommand', records('a', '$A', '0'));
    expect(error).toMatchObject({ name: 'RejectedRecordsException', attempts: 1 });
    const malformed = await call('QueryCommand', { QueryString: 'DROP TABLE minutes' });
    expect(malformed.error).toMatchObject({ name: 'ValidationException', attempts: 1 });
  });
});

describe('a call that the role does not allow is refused, naming action and resource', () => {
  const database = 'arn:aws:timestream:us-east-1:000000000000:database/Data-Metrics';
  test.each([
    {
      name: 'writing to a table',
      command: 'WriteRecordsCommand',
      input: records('a', '$B'),
      refused: `timestream:WriteRecords on resource: ${database}/table/closed`,
    },
    {
      name: 'reading a table, if only in a join',
      command: 'QueryCommand',
      input: { QueryString: 'SELECT m.done FROM "$DB"."$A" m JOIN "$DB"."$B" c ON m.agent = c.agent' },
      refused: `timestream:Select on resource: ${database}/table/closed`,
    },
    {
      name: 'reading no table',
      command: 'QueryCommand',
      input: { QueryString: 'SELECT 1 AS one' },
      refused: 'timestream:SelectValues on resource: *',
    },
    {
      name: 'finding the endpoint',
      command: 'WriteRecordsCommand',
      input: records('a'),
      path: '/stranger',
      // The SDK keeps the reason to itself; the console has it.
      says: 'The operation to discover endpoint failed',
      refused: 'timestream:DescribeEndpoints on resource: *',
    },
  ])('$name', async ({ command, input, path, refused, says }) => {
    const { error } = await call(command, input, path);
    expect(error?.message).toContain(says ?? `is not authorized to perform: ${refused}`);
    expect(printed.join('\n')).toContain(`was refused: ${refused.replace('resource: ', '')}`);
  });
});

test('a fault can be injected: what is throttled once is tried again', async () => {
  let left = 1;
  fault = ({ service, operation }) => {
    if (service !== 'timestream' || operation !== 'WriteRecords' || left === 0) return undefined;
    left -= 1;
    return 'throttle';
  };
  expect(await call('WriteRecordsCommand', records('throttled'))).toMatchObject({ attempts: 2 });
  fault = ({ operation }) => (operation === 'Query' ? 'fail-before' : undefined);
  expect((await call('QueryCommand', selecting('a'))).error).toMatchObject({
    name: 'InternalServerException',
    attempts: 3,
  });
});

test('the operator looks behind the scenes', async () => {
  await call('WriteRecordsCommand', records('seen'));
  const { database, table } = cloud.resources.timestreamTableNamed('Minutes');
  const operator = new TimestreamQueryClient({
    endpoint: cloud.awsEndpoint,
    region: cloud.region,
    credentials: cloud.operatorCredentials,
  });
  const QueryString = `SELECT agent FROM "${database}"."${table}" WHERE agent = 'seen'`;
  expect((await operator.send(new QueryCommand({ QueryString }))).Rows).toHaveLength(1);
});

describe('a template', () => {
  const deploy = (more: Resources, outputs: object = {}) =>
    readDeployment(
      readCloudAssembly(
        writeAssembly({ Data: { resources: { Metrics: { Type: 'AWS::Timestream::Database' }, ...more }, outputs } }),
      ),
      new PhysicalIds('eu-central-1', 'http://127.0.0.1:1'),
    );

  test('gives tables their names, retention and partition key', () => {
    const Schema = {
      CompositePartitionKey: [{ Type: 'DIMENSION', Name: 'system', EnforcementInRecord: 'REQUIRED' }],
    };
    expect(deploy({ Minutes1A2B3C4D: timestreamTable({ Schema }) }).timestreamTables).toEqual([
      {
        stack: 'Data',
        logicalId: 'Minutes1A2B3C4D',
        id: 'Minutes',
        name: 'Data-Minutes1A2B3C4D',
        arn: 'arn:aws:timestream:eu-central-1:000000000000:database/Data-Metrics/table/Data-Minutes1A2B3C4D',
        database: 'Data-Metrics',
        table: 'Data-Minutes1A2B3C4D',
        memoryHours: 6,
        magneticDays: 90,
        magneticWrites: true,
        requiredDimensions: ['system'],
      },
    ]);
  });

  test('that sets no retention gets that of AWS: six hours, and then 200 years without writes', () => {
    const bare = { Type: 'AWS::Timestream::Table', Properties: { DatabaseName: { Ref: 'Metrics' } } };
    expect(deploy({ Bare: bare }).timestreamTables).toMatchObject([
      { memoryHours: 6, magneticDays: 73_000, magneticWrites: false },
    ]);
  });

  test('refers to a table by database and name', () => {
    const { functions } = deploy({
      Minutes: timestreamTable({ TableName: 'minutes' }),
      ...lambda('Reader', {
        handler: 'call',
        environment: { REF: { Ref: 'Minutes' }, DATABASE_ARN: { 'Fn::GetAtt': ['Metrics', 'Arn'] } },
      }),
    });
    expect(functions[0]?.environment).toEqual({
      REF: 'Data-Metrics|minutes',
      DATABASE_ARN: 'arn:aws:timestream:eu-central-1:000000000000:database/Data-Metrics',
    });
  });

  test.each([
    {
      name: 'a database that is not part of it',
      table: timestreamTable({ DatabaseName: 'elsewhere' }),
      message: 'Data/Table (AWS::Timestream::Table): DatabaseName names elsewhere, which is no Timestream database',
    },
    {
      name: 'a retention out of range',
      table: timestreamTable({ RetentionProperties: { MemoryStoreRetentionPeriodInHours: '0' } }),
      message: 'RetentionProperties.MemoryStoreRetentionPeriodInHours must be from 1 to 8766',
    },
    {
      name: 'an unknown property',
      table: timestreamTable({ Surprise: 1 }),
      message: 'property Surprise is not supported',
    },
  ])('is refused for $name', ({ table, message }) => {
    expect(() => deploy({ Table: table as object as NonNullable<Resources[string]> })).toThrow(message);
  });
});
