import { expect, test } from 'vitest';
import { readCloudAssembly } from '../../lib/local/cloud-assembly.ts';
import { PhysicalIds } from '../../lib/local/physical-ids.ts';
import { readDeployment } from '../../lib/local/read-deployment.ts';
import { undeliveredHere } from '../../lib/local/undelivered-here.ts';
import { allow, lambda, type Resources, writeAssembly } from './fixture-app.ts';

const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/1';

function deploy(resources: Resources) {
  const throughKey = { ...allow(['kms:Decrypt'], KEY), Condition: { StringEquals: { 'kms:ViaService': 'sqs' } } };
  const echo = lambda('Echo', { handler: 'echo', statements: [throughKey] });
  const assembly = readCloudAssembly(
    writeAssembly({ App: { resources: { ...echo, News: { Type: 'AWS::SNS::Topic' }, ...resources } } }),
  );
  return readDeployment(assembly, new PhysicalIds('eu-central-1', 'http://127.0.0.1:1'));
}

const subscription = (Protocol: string, Endpoint: unknown) => ({
  Type: 'AWS::SNS::Subscription',
  Properties: { TopicArn: { Ref: 'News' }, Protocol, Endpoint },
});
const ownFunction = subscription('lambda', { 'Fn::GetAtt': ['Echo', 'Arn'] });

test('whom messages cannot reach from here is said in one line, and keeps nothing from starting', () => {
  const deployment = deploy({
    Own: ownFunction,
    Mail: subscription('email', 'a@example.com'),
    Queue: subscription('sqs', 'arn:aws:sqs:eu-central-1:123456789012:alerts'),
    Foreign: subscription('lambda', 'arn:aws:lambda:eu-central-1:123456789012:function:on-alert'),
    Slack: {
      Type: 'AWS::Chatbot::SlackChannelConfiguration',
      Properties: {
        ConfigurationName: 'x',
        SlackWorkspaceId: 'T1',
        SlackChannelId: 'C1',
        IamRoleArn: 'arn:aws:iam::1:role/x',
      },
    },
    Teams: {
      Type: 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration',
      Properties: { ConfigurationName: 'x', TeamsTenantId: 'a', TeamId: 'b', TeamsChannelId: '19%3Ac%40thread.tacv2' },
    },
  });
  expect(undeliveredHere(deployment)).toBe(
    'not on this machine, so it gets no messages from here (GET /_local/sns lists them): ' +
      'sqs arn:aws:sqs:eu-central-1:123456789012:alerts, ' +
      'lambda arn:aws:lambda:eu-central-1:123456789012:function:on-alert, Slack C1, Teams 19%3Ac%40thread.tacv2',
  );
  expect(deployment.subscriptions.map(({ protocol, functionName }) => [protocol, functionName])).toEqual([
    ['lambda', 'App-Echo'],
    ['email', undefined],
    ['sqs', undefined],
    ['lambda', undefined],
  ]);
});

test('nothing is said where all of them are here', () => {
  expect(undeliveredHere(deploy({ Own: ownFunction }))).toBeUndefined();
});

test('what may be done with a key gives nothing else: a condition on anything else is refused', () => {
  const [echo] = deploy({}).functions;
  expect(echo?.statements).toEqual([{ effect: 'Allow', actions: ['kms:Decrypt'], resources: [KEY] }]);
});

test('a function of this app that is none is refused', () => {
  const unknown = subscription('lambda', 'arn:aws:lambda:eu-central-1:000000000000:function:App-Nobody');
  expect(() => deploy({ Unknown: unknown })).toThrow(/Endpoint names .*, which is no Lambda function of this app/);
});
