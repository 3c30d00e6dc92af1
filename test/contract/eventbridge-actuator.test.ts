import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventBridgeActuator } from '../../lib/aws/actuators/eventbridge.ts';
import { type LocalCloud, startLocalCloud } from '../../lib/local/local-cloud.ts';
import { routeDirective } from '../fixtures/directive.ts';
import { allow, bundleHandlers, lambda, table, temporaryFolder, writeAssembly } from '../local/fixture-app.ts';
import { type ActuatorUnderTest, actuatorContract, endedBy, requestFor } from './actuator.ts';
import { NOW_MS } from './fresh-store.ts';
import { startLoopback } from './loopback-server.ts';

interface DirectiveEvent {
  id: string;
  source: string;
  'detail-type': string;
  detail: { system: string; request: string; directive: { id: string; status: string; endedBecause?: string } };
}

/** An orchestrator that keeps every event it is sent. */
const orchestrator = `
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
const dynamodb = new DynamoDBClient({});
export const listen = (event) => dynamodb.send(new PutItemCommand({ TableName: process.env.LOG, Item: { pk: { S: event.id }, event: { S: JSON.stringify(event) } } }));
`;

let cloud: LocalCloud;
beforeAll(async () => {
  const logArn = { 'Fn::GetAtt': ['Log', 'Arn'] };
  const resources = {
    Log: table(),
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'bus' } },
    ...lambda('Orchestrator', {
      handler: 'listen',
      environment: { LOG: { Ref: 'Log' } },
      statements: [allow(['dynamodb:PutItem'], logArn)],
    }),
    Subscription: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventBusName: { Ref: 'Bus' },
        EventPattern: { source: ['fleetpulse.directives'] },
        Targets: [{ Arn: { 'Fn::GetAtt': ['Orchestrator', 'Arn'] }, Id: 'Target0' }],
      },
    },
  };
  cloud = await startLocalCloud({
    assemblyDirectory: writeAssembly({ App: { resources } }, bundleHandlers(orchestrator)),
    dataDirectory: temporaryFolder(),
    port: 0,
    clock: { kind: 'real' },
    print: () => undefined,
  });
});
afterAll(() => cloud.close());

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

const access = () => ({ endpoint: cloud.awsEndpoint, region: cloud.region, credentials: cloud.operatorCredentials });

async function received(): Promise<DirectiveEvent[]> {
  await cloud.settled();
  const { Items = [] } = await new DynamoDBClient(access()).send(
    new ScanCommand({ TableName: cloud.resources.tableNamed('Log').name, ConsistentRead: true }),
  );
  return Items.map(({ event }) => JSON.parse(event?.S ?? '') as DirectiveEvent);
}

/** Of a bus that takes what it is sent and never answers. */
async function silentClient(): Promise<EventBridgeClient> {
  const { url, close } = await startLoopback(() => 'silent');
  cleanUp.push(close);
  return new EventBridgeClient({ ...access(), endpoint: url });
}

let directives = 0;

async function fresh(): Promise<ActuatorUnderTest> {
  const before = new Set((await received()).map(({ id }) => id));
  const client = new EventBridgeClient(access());
  const busArn = cloud.resources.busNamed('Bus').arn;
  directives += 1;
  return {
    actuator: eventBridgeActuator(client, busArn),
    directive: routeDirective(NOW_MS, { id: `directive-${directives}` }),
    failing: {
      missing: {
        actuator: eventBridgeActuator(client, busArn.replace(/bus$/, 'nobodys-bus')),
        says: /nobodys-bus: .*does not exist/,
      },
      silent: { actuator: eventBridgeActuator(await silentClient(), busArn, 200), says: /abort/i },
    },
    // The same request twice is one for those who listen: they know it by its id.
    changes: async () => [
      ...new Set(
        (await received())
          .filter(({ id }) => !before.has(id))
          .map(({ 'detail-type': type, detail }) => `${type} ${detail.request} ${detail.directive.id}`),
      ),
    ],
    takesBack: 'at any end',
    mapsPools: false,
  };
}

describe('the EventBridge actuator', () => {
  actuatorContract(fresh, ['missing', 'silent']);

  test('tells how and why a directive has ended', async () => {
    const { actuator, directive } = await fresh();
    await actuator.actuate(requestFor(endedBy('rolled_back', directive), { verb: 'revert' }));
    const [sent] = (await received()).filter(({ detail }) => detail.directive.id === directive.id);
    expect(sent).toMatchObject({
      'detail-type': 'DirectiveRevert',
      detail: { directive: { status: 'rolled_back', endedBecause: 'it was measured to do harm' } },
    });
  });

  test('sends the directive as the API gives it, from a source that no rule of Fleetpulse listens to', async () => {
    const { actuator } = await fresh();
    const directive = routeDirective(NOW_MS, { id: 'directive-as-sent' });
    await actuator.actuate({ system: 'shop', id: 'request-1', verb: 'apply', directive, dryRun: false });
    const sent = (await received()).filter(({ detail }) => detail.directive.id === directive.id);
    expect(sent.map(({ source, detail }) => ({ source, detail }))).toEqual([
      {
        source: 'fleetpulse.directives',
        detail: {
          version: 1,
          system: 'shop',
          request: 'request-1',
          directive: {
            id: 'directive-as-sent',
            kind: 'route',
            response: 'automatic_load_balancing',
            summary: 'route around a',
            params: directive.params,
            mode: 'auto',
            status: 'active',
            issuedAt: '2025-02-19T21:20:00.000Z',
            renewedAt: '2025-02-19T21:20:00.000Z',
            expiresAt: '2025-02-19T21:35:00.000Z',
            onsetAt: '2025-02-19T21:18:00.000Z',
            alerts: ['alert 1'],
            evidence: ['a is slow'],
            expected: {
              kpi: 'average_response_time',
              scope: 'pool:workers',
              direction: 'down',
              size: 300,
              unit: 'ms',
              by: '2025-02-19T21:35:00.000Z',
            },
            blastRadius: directive.blastRadius,
            undo: 'roll it back',
          },
        },
      },
    ]);
  });
});
