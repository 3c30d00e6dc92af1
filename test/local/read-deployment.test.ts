import { describe, expect, test } from 'vitest';
import { readCloudAssembly } from '../../lib/local/cloud-assembly.ts';
import type { Deployment } from '../../lib/local/deployment.ts';
import { PhysicalIds } from '../../lib/local/physical-ids.ts';
import { readDeployment } from '../../lib/local/read-deployment.ts';
import { allow, type FixtureStack, httpApi, lambda, schedule, table, writeAssembly } from './fixture-app.ts';

function deploy(stacks: Record<string, FixtureStack>): Deployment {
  return readDeployment(
    readCloudAssembly(writeAssembly(stacks)),
    new PhysicalIds('eu-central-1', 'http://127.0.0.1:1'),
  );
}

describe('values of another stack reach a function', () => {
  const environment = {
    BY_IMPORT: { 'Fn::ImportValue': 'shared-table' },
    BY_OUTPUT: { 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'TableArn', Region: { Ref: 'AWS::Region' } } },
    BY_SUB: { 'Fn::Sub': '${AWS::AccountId}/${AWS::Region}/${EchoRole}/${!kept}' },
    BY_SUB_LIST: { 'Fn::Sub': ['${name}-x', { name: { 'Fn::Select': [1, { 'Fn::Split': [',', 'a,b'] }] } }] },
    NO_VALUE: { Ref: 'AWS::NoValue' },
    URL: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] },
    VAULT: { 'Fn::GetAtt': ['Vault', 'BackupVaultArn'] },
  };
  const { functions } = deploy({
    Data: {
      resources: { Main: table() },
      outputs: {
        Table: { Value: { Ref: 'Main' }, Export: { Name: 'shared-table' } },
        TableArn: { Value: { 'Fn::GetAtt': ['Main', 'Arn'] } },
      },
    },
    App: {
      resources: {
        ...lambda('Echo', { handler: 'echo', environment }),
        ...httpApi({ $default: 'Echo' }),
        Vault: { Type: 'AWS::Backup::BackupVault', Properties: { BackupVaultName: 'Kept' } },
      },
    },
  });
  test.each([
    ['BY_IMPORT', 'Data-Main'],
    ['BY_OUTPUT', 'arn:aws:dynamodb:eu-central-1:000000000000:table/Data-Main'],
    ['BY_SUB', '000000000000/eu-central-1/App-EchoRole/${kept}'],
    ['BY_SUB_LIST', 'b-x'],
    ['NO_VALUE', undefined],
    ['URL', 'http://127.0.0.1:1'],
    ['VAULT', 'arn:aws:backup:eu-central-1:000000000000:backup-vault:Kept'],
  ])('%s is %s', (name, expected) => {
    expect(functions[0]?.environment[name]).toBe(expected);
  });
});

describe('what would behave differently is refused by name', () => {
  const withFunction = (resources: FixtureStack['resources']) => ({
    App: { resources: { ...lambda('Echo', { handler: 'echo' }), ...resources } },
  });
  test.each([
    {
      name: 'a resource type',
      stacks: withFunction({ Machine: { Type: 'AWS::StepFunctions::StateMachine' } }),
      message: 'App/Machine: resource type AWS::StepFunctions::StateMachine is not supported',
    },
    {
      name: 'a property',
      stacks: withFunction({
        Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP', CorsConfiguration: {} } },
      }),
      message: 'App/Api (AWS::ApiGatewayV2::Api): property CorsConfiguration is not supported',
    },
    {
      name: 'a route that API Gateway authorizes',
      stacks: withFunction({
        ...httpApi({ 'GET /x': 'Echo' }),
        Tokens: { Type: 'AWS::ApiGatewayV2::Authorizer', Properties: { AuthorizerType: 'JWT', Name: 'Tokens' } },
        Closed: {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: { RouteKey: 'GET /y', AuthorizationType: 'JWT', AuthorizerId: { Ref: 'Tokens' } },
        },
      }),
      message:
        'App/Closed (AWS::ApiGatewayV2::Route): AuthorizationType JWT is not supported on one machine, which has neither the issuer\'s keys nor IAM: run an environment whose edgeAuth is "key"',
    },
    {
      name: 'a schedule in local time',
      stacks: withFunction({
        Nightly: {
          Type: 'AWS::Scheduler::Schedule',
          Properties: { ...schedule('rate(1 day)', 'Echo')?.Properties, ScheduleExpressionTimezone: 'Europe/Berlin' },
        },
      }),
      message:
        'App/Nightly (AWS::Scheduler::Schedule): ScheduleExpressionTimezone Europe/Berlin is not supported: use UTC',
    },
    {
      name: 'a malformed schedule',
      stacks: withFunction({ Nightly: schedule('cron(0 0 * * * *)', 'Echo') }),
      message: 'App/Nightly (AWS::Scheduler::Schedule): ScheduleExpression schedule cron(0 0 * * * *)',
    },
    {
      name: 'a condition in the policy of a function',
      stacks: {
        App: {
          resources: lambda('Echo', {
            handler: 'echo',
            statements: [{ ...allow(['sns:Publish'], '*'), Condition: {} }],
          }),
        },
      },
      message: 'App/EchoPolicy (AWS::IAM::Policy): PolicyDocument cannot be evaluated: the policy element Condition',
    },
    {
      name: 'a handler that the bundle does not have',
      stacks: withFunction({
        Other: {
          Type: 'AWS::Lambda::Function',
          Properties: { ...lambda('Echo', { handler: 'echo' })['Echo']?.Properties, Handler: 'main.handler' },
        },
      }),
      message: 'App/Other (AWS::Lambda::Function): Handler main.handler: there is no ',
    },
    {
      name: 'a reference to nothing',
      stacks: { App: { resources: lambda('Echo', { handler: 'echo', environment: { A: { Ref: 'Nothing' } } }) } },
      message: 'App: nothing in the template is called Nothing',
    },
    {
      name: 'an unknown intrinsic function',
      stacks: { App: { resources: lambda('Echo', { handler: 'echo', environment: { A: { 'Fn::Cidr': 'x' } } }) } },
      message: 'App: the intrinsic function Fn::Cidr is not supported',
    },
  ])('$name', ({ stacks, message }) => {
    expect(() => deploy(stacks as Record<string, FixtureStack>)).toThrow(message);
  });
});

test('a table with capacity of its own is one like any other: here nothing is refused for its number', () => {
  const scaled = { MinCapacity: 1, MaxCapacity: 2, SeedCapacity: 1 };
  const { tables } = deploy({
    Data: {
      resources: {
        Global1A2B3C4D: {
          Type: 'AWS::DynamoDB::GlobalTable',
          Properties: {
            AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
            KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
            BillingMode: 'PROVISIONED',
            WriteProvisionedThroughputSettings: { WriteCapacityAutoScalingSettings: scaled },
            Replicas: [
              {
                Region: { Ref: 'AWS::Region' },
                ReadProvisionedThroughputSettings: { ReadCapacityAutoScalingSettings: scaled },
              },
            ],
          },
        },
      },
    },
  });
  expect(tables).toMatchObject([{ id: 'Global', definition: { BillingMode: 'PAY_PER_REQUEST' } }]);
});

test('tables of both kinds become one definition with the attribute that expires items', () => {
  const { tables } = deploy({
    Data: {
      resources: {
        Global1A2B3C4D: {
          Type: 'AWS::DynamoDB::GlobalTable',
          Properties: {
            AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
            KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
            Replicas: [{ Region: { Ref: 'AWS::Region' } }],
            TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
          },
        },
      },
    },
  });
  expect(tables).toEqual([
    {
      stack: 'Data',
      logicalId: 'Global1A2B3C4D',
      id: 'Global',
      name: 'Data-Global1A2B3C4D',
      arn: 'arn:aws:dynamodb:eu-central-1:000000000000:table/Data-Global1A2B3C4D',
      ttlAttribute: 'ttl',
      definition: {
        TableName: 'Data-Global1A2B3C4D',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      },
    },
  ]);
});
