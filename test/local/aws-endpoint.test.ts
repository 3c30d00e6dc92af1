import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../lib/local/local-cloud.ts';
import type { Fault, SdkCall } from '../../lib/local/sdk-call.ts';
import { allow, bundleHandlers, httpApi, lambda, table, temporaryFolder, writeAssembly } from './fixture-app.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const source = `
import { BatchWriteItemCommand, DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { DescribeServicesCommand, ECSClient, StopTaskCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { PublishBatchCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';

const commands = { BatchWriteItemCommand, DeleteItemCommand, GetItemCommand, PutItemCommand, QueryCommand, TransactWriteItemsCommand, PutEventsCommand, PublishBatchCommand, PublishCommand, DescribeServicesCommand, StopTaskCommand, UpdateServiceCommand, InvokeCommand, PutFunctionConcurrencyCommand };
const clients = { dynamodb: new DynamoDBClient({}), events: new EventBridgeClient({}), sns: new SNSClient({}), ecs: new ECSClient({}), lambda: new LambdaClient({}) };

// Carries out any call a test asks for, with the names of the app's resources filled in.
export const call = async ({ body }) => {
  const filled = body.replace(/\\$([A-Z_]+)/g, (_match, name) => process.env[name]);
  const { client, command, input } = JSON.parse(filled);
  try {
    const { $metadata, ...output } = await clients[client].send(new commands[command](input));
    return { output };
  } catch (error) {
    return { error: { name: error.name, message: error.message, status: error.$metadata?.httpStatusCode, attempts: error.$metadata?.attempts } };
  }
};
`;

interface Outcome {
  output?: Record<string, unknown>;
  error?: { name: string; message: string; status: number; attempts: number };
}

let cloud: LocalCloud;
let fault: (call: SdkCall) => Fault | undefined = () => undefined;
const calls: SdkCall[] = [];
const printed: string[] = [];

beforeAll(async () => {
  const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
  const resources = {
    Allowed: table(),
    Forbidden: table(),
    Topic: { Type: 'AWS::SNS::Topic' },
    Closed: { Type: 'AWS::SNS::Topic' },
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'bus' } },
    ...lambda('Caller', {
      handler: 'call',
      timeout: 30,
      environment: {
        ALLOWED: { Ref: 'Allowed' },
        FORBIDDEN: { Ref: 'Forbidden' },
        TOPIC: { Ref: 'Topic' },
        CLOSED: { Ref: 'Closed' },
        BUS: { Ref: 'Bus' },
        AWS_MAX_ATTEMPTS: '2',
      },
      statements: [
        allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:BatchWriteItem', 'dynamodb:Query'], arn('Allowed')),
        allow(['sns:Publish'], { Ref: 'Topic' }),
        allow(['events:PutEvents'], arn('Bus')),
        allow(['ecs:UpdateService'], 'arn:aws:ecs:us-east-1:000000000000:service/fleet/writers'),
        allow(['ecs:StopTask'], 'arn:aws:ecs:us-east-1:000000000000:task/fleet/*'),
        allow(['lambda:PutFunctionConcurrency'], 'arn:aws:lambda:us-east-1:000000000000:function:writer'),
      ],
    }),
    ...httpApi({ 'POST /call': 'Caller' }),
  };
  cloud = await startLocalCloud({
    assemblyDirectory: writeAssembly({ Data: { resources } }, bundleHandlers(source)),
    dataDirectory: temporaryFolder(),
    port: 0,
    clock: { kind: 'real' },
    print: (line) => printed.push(line),
    intercept: (call) => {
      calls.push(call);
      return fault(call);
    },
  });
});
afterAll(() => cloud.close());
beforeEach(() => {
  calls.length = 0;
  printed.length = 0;
  fault = () => undefined;
});

async function post(client: string, command: string, input: object): Promise<Response> {
  return fetch(`${cloud.url}/call`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client, command, input }),
  });
}

async function call(client: string, command: string, input: object): Promise<Outcome> {
  return (await (await post(client, command, input)).json()) as Outcome;
}

const item = (pk: string) => ({ TableName: '$ALLOWED', Item: { pk: { S: pk } } });
const stored = (pk: string) =>
  operator().send(new GetItemCommand({ TableName: 'Data-Allowed', Key: { pk: { S: pk } } }));
const operator = () =>
  new DynamoDBClient({ endpoint: cloud.awsEndpoint, region: cloud.region, credentials: cloud.operatorCredentials });

describe('a call that the role allows', () => {
  test('reaches DynamoDB', async () => {
    expect(await call('dynamodb', 'PutItemCommand', item('a'))).toEqual({ output: {} });
    expect((await stored('a')).Item).toEqual({ pk: { S: 'a' } });
  });

  test('reaches DynamoDB in a batch', async () => {
    const RequestItems = { $ALLOWED: [{ PutRequest: { Item: { pk: { S: 'batch' } } } }] };
    const { output } = await call('dynamodb', 'BatchWriteItemCommand', { RequestItems });
    expect(output).toEqual({ UnprocessedItems: {} });
  });

  test('gets the errors of DynamoDB as they are', async () => {
    const { error } = await call('dynamodb', 'PutItemCommand', {
      ...item('a'),
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    expect(error).toMatchObject({ name: 'ConditionalCheckFailedException', status: 400 });
  });

  test('publishes to SNS with a text for each protocol and attributes', async () => {
    const { output } = await call('sns', 'PublishCommand', {
      TopicArn: '$TOPIC',
      Subject: 'About <this> & that',
      Message: JSON.stringify({ default: 'long text', sms: 'short text' }),
      MessageStructure: 'json',
      MessageAttributes: {
        severity: { DataType: 'String', StringValue: 'critical' },
        count: { DataType: 'Number', StringValue: '3' },
        tags: { DataType: 'String.Array', StringValue: '["a","b"]' },
      },
    });
    expect(cloud.published().at(-1)).toMatchObject({
      topic: 'Topic',
      topicArn: cloud.resources.topicNamed('Topic').arn,
      messageId: output?.['MessageId'],
      subject: 'About <this> & that',
      attributes: { severity: 'critical', count: 3, tags: ['a', 'b'] },
      bodies: { default: 'long text', sms: 'short text' },
    });
    expect(printed).toContain('Topic: About <this> & that');
  });

  test('publishes a batch and names the entries that are wrong', async () => {
    const { output } = await call('sns', 'PublishBatchCommand', {
      TopicArn: '$TOPIC',
      PublishBatchRequestEntries: [
        { Id: 'good', Message: 'hello', MessageAttributes: { a: { DataType: 'String', StringValue: 'x' } } },
        { Id: 'bad', Message: '{}', MessageStructure: 'json' },
      ],
    });
    expect(output).toMatchObject({
      Successful: [{ Id: 'good' }],
      Failed: [{ Id: 'bad', Code: 'InvalidParameter', SenderFault: true }],
    });
    expect(cloud.published().at(-1)).toMatchObject({ bodies: { default: 'hello' }, attributes: { a: 'x' } });
  });

  test('puts events and names the entries that are wrong', async () => {
    const { output } = await call('events', 'PutEventsCommand', {
      Entries: [
        { EventBusName: '$BUS', Source: 'test', DetailType: 'Thing', Detail: '{}' },
        { EventBusName: '$BUS', Source: 'test', DetailType: 'Thing', Detail: '{' },
      ],
    });
    expect(output).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ EventId: expect.any(String) }, { ErrorCode: 'MalformedDetail' }],
    });
  });
});

describe('a call to what runs agents, of which there is nothing here, is refused politely when the role allows it', () => {
  const service = { cluster: 'fleet', service: 'writers', desiredCount: 4 };
  const concurrency = { FunctionName: 'writer', ReservedConcurrentExecutions: 4 };
  test.each([
    { client: 'ecs', command: 'UpdateServiceCommand', input: service, says: /^UpdateService is allowed, but .*dryRun/ },
    {
      client: 'ecs',
      command: 'StopTaskCommand',
      input: { cluster: 'fleet', task: 'a1' },
      says: /^StopTask is allowed/,
    },
    {
      ...{ client: 'lambda', command: 'PutFunctionConcurrencyCommand', input: concurrency },
      says: /^PutFunctionConcurrency is allowed, but there is no function of anybody else/,
    },
  ])('$command', async ({ client, command, input, says }) => {
    const { error } = await call(client, command, input);
    expect(error).toEqual({ name: 'NotImplemented', message: expect.stringMatching(says), status: 501, attempts: 1 });
  });

  test.each([
    {
      ...{ client: 'ecs', command: 'UpdateServiceCommand', input: { ...service, service: 'billing' } },
      says: 'not authorized to perform: ecs:UpdateService on resource: arn:aws:ecs:us-east-1:000000000000:service/fleet/billing',
    },
    {
      ...{ client: 'ecs', command: 'DescribeServicesCommand', input: { cluster: 'fleet', services: ['writers'] } },
      says: 'not authorized to perform: ecs:DescribeServices on resource: ',
    },
    {
      ...{ client: 'lambda', command: 'PutFunctionConcurrencyCommand', input: { ...concurrency, FunctionName: 'w' } },
      says: 'not authorized to perform: lambda:PutFunctionConcurrency on resource: ',
    },
    {
      ...{ client: 'lambda', command: 'InvokeCommand', input: { FunctionName: 'writer' } },
      says: 'is not part of the local cloud',
    },
  ])('and $command otherwise is refused for that', async ({ client, command, input, says }) => {
    expect((await call(client, command, input)).error?.message).toContain(says);
  });
});

describe('a call that the role does not allow is refused, naming action, resource and function', () => {
  const tableArn = (name: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/Data-${name}`;
  const put = { Put: item('t') };
  const condition = {
    ConditionCheck: { TableName: '$ALLOWED', Key: { pk: { S: 'a' } }, ConditionExpression: 'attribute_exists(pk)' },
  };
  test.each([
    {
      client: 'dynamodb',
      command: 'GetItemCommand',
      input: { TableName: '$FORBIDDEN', Key: { pk: { S: 'a' } } },
      action: 'dynamodb:GetItem',
      resource: tableArn('Forbidden'),
    },
    {
      client: 'dynamodb',
      command: 'DeleteItemCommand',
      input: { TableName: '$ALLOWED', Key: { pk: { S: 'a' } } },
      action: 'dynamodb:DeleteItem',
      resource: tableArn('Allowed'),
    },
    {
      client: 'dynamodb',
      command: 'QueryCommand',
      input: {
        TableName: '$ALLOWED',
        IndexName: 'byTeam',
        KeyConditionExpression: 'pk = :a',
        ExpressionAttributeValues: { ':a': { S: 'a' } },
      },
      action: 'dynamodb:Query',
      resource: `${tableArn('Allowed')}/index/byTeam`,
    },
    {
      client: 'dynamodb',
      command: 'BatchWriteItemCommand',
      input: {
        RequestItems: {
          $ALLOWED: [{ PutRequest: { Item: { pk: { S: 'x' } } } }],
          $FORBIDDEN: [{ PutRequest: { Item: { pk: { S: 'x' } } } }],
        },
      },
      action: 'dynamodb:BatchWriteItem',
      resource: tableArn('Forbidden'),
    },
    {
      client: 'dynamodb',
      command: 'TransactWriteItemsCommand',
      input: { TransactItems: [put, condition] },
      action: 'dynamodb:ConditionCheckItem',
      resource: tableArn('Allowed'),
    },
    {
      client: 'events',
      command: 'PutEventsCommand',
      input: { Entries: [{ Source: 's', DetailType: 'd', Detail: '{}' }] },
      action: 'events:PutEvents',
      resource: 'arn:aws:events:us-east-1:000000000000:event-bus/default',
    },
  ])('$command: $action on $resource', async ({ client, command, input, action, resource }) => {
    const { error } = await call(client, command, input);
    expect(error).toMatchObject({
      name: 'AccessDeniedException',
      status: 400,
      attempts: 1,
      message: `User: arn:aws:sts::000000000000:assumed-role/Data-Caller is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
    });
    expect(printed).toEqual([expect.stringContaining(`Caller was refused: ${action} on ${resource}`)]);
  });

  test('by SNS in its own words', async () => {
    const { error } = await call('sns', 'PublishCommand', { TopicArn: '$CLOSED', Message: 'x' });
    expect(error).toMatchObject({ name: 'AuthorizationErrorException', status: 403 });
    expect(error?.message).toContain('sns:Publish on resource: arn:aws:sns:us-east-1:000000000000:Data-Closed');
  });
});

test('a caller without a known key is refused', async () => {
  const stranger = new DynamoDBClient({
    endpoint: cloud.awsEndpoint,
    region: cloud.region,
    credentials: { accessKeyId: 'stranger', secretAccessKey: 'x' },
  });
  const refused = stranger.send(new PutItemCommand({ TableName: 'Data-Allowed', Item: { pk: { S: 'x' } } }));
  await expect(refused).rejects.toThrow('The security token included in the request is invalid.');
});

test('an interceptor sees every call with its place in the invocation', async () => {
  fault = ({ sequence }) => (sequence === 1 ? 'fail-before' : undefined);
  await call('dynamodb', 'PutItemCommand', item('seen'));
  expect(
    calls.map(({ functionName, service, operation, sequence }) => ({ functionName, service, operation, sequence })),
  ).toEqual([
    { functionName: 'Caller', service: 'dynamodb', operation: 'PutItem', sequence: 1 },
    { functionName: 'Caller', service: 'dynamodb', operation: 'PutItem', sequence: 2 },
  ]);
  expect(calls[0]?.request).toEqual({ TableName: 'Data-Allowed', Item: { pk: { S: 'seen' } } });
});

describe('an injected fault', () => {
  test.each([
    { injected: 'kill-before', httpStatus: 500, isStored: false },
    { injected: 'kill-after', httpStatus: 500, isStored: true },
    { injected: 'throttle', httpStatus: 200, isStored: false, error: 'ThrottlingException' },
    { injected: 'fail-before', httpStatus: 200, isStored: false, error: 'InternalServerError' },
    { injected: 'fail-after', httpStatus: 200, isStored: true, error: 'InternalServerError' },
  ] as const)(
    '$injected leaves the item stored: $isStored',
    async ({ injected, httpStatus, isStored, ...expected }) => {
      fault = () => injected;
      const response = await post('dynamodb', 'PutItemCommand', item(injected));
      expect(response.status).toBe(httpStatus);
      if ('error' in expected)
        expect(((await response.json()) as Outcome).error).toMatchObject({ name: expected.error, attempts: 2 });
      expect((await stored(injected)).Item !== undefined).toBe(isStored);
    },
  );

  test('that kills a function does not keep the next invocation from working', async () => {
    fault = () => 'kill-before';
    await post('dynamodb', 'PutItemCommand', item('x'));
    fault = () => undefined;
    expect(await call('dynamodb', 'PutItemCommand', item('x'))).toEqual({ output: {} });
  });
});
