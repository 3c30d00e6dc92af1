import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dev } from '../../infra/config/dev.ts';
import { defineEnvironment, type EnvironmentConfig } from '../../infra/config/environment-config.ts';
import { prod } from '../../infra/config/prod.ts';
import { historyInRollups } from '../../infra/metric-store/metric-history.ts';
import { ActionsStack } from '../../infra/stacks/actions.ts';
import { AlertsStack } from '../../infra/stacks/alerts.ts';
import { AnalysisStack } from '../../infra/stacks/analysis.ts';
import { IngestStack } from '../../infra/stacks/ingest.ts';
import { OpsStack } from '../../infra/stacks/ops.ts';
import { ReviewsStack } from '../../infra/stacks/reviews.ts';
import { StateStack } from '../../infra/stacks/state.ts';
import { CANARY_SYSTEM } from '../../lib/core/model/canary-system.ts';

const outdir = mkdtempSync(join(tmpdir(), 'fleetpulse-operations-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

function synth(more: Partial<EnvironmentConfig>) {
  const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
  const props = { config: defineEnvironment({ ...dev, canary: true, ...more }) };
  const { state, rollups } = new StateStack(app, 'Fleetpulse-dev-State', props);
  const stores = { ...props, state, rollups, history: historyInRollups };
  const ingest = new IngestStack(app, 'Fleetpulse-dev-Ingest', stores);
  const { api } = ingest;
  const alerts = new AlertsStack(app, 'Fleetpulse-dev-Alerts', { ...props, state });
  const { bus, topic } = alerts;
  new ActionsStack(app, 'Fleetpulse-dev-Actions', { ...props, state, bus });
  const analysis = new AnalysisStack(app, 'Fleetpulse-dev-Analysis', { ...stores, bus });
  new ReviewsStack(app, 'Fleetpulse-dev-Reviews', stores);
  const ops = new OpsStack(app, 'Fleetpulse-dev-Ops', { ...props, state, rollups, api, alerts: topic });
  return {
    ops: Template.fromStack(ops),
    alerts: Template.fromStack(alerts),
    analysis: Template.fromStack(analysis),
    ingest: Template.fromStack(ingest),
  };
}

let asItComes: ReturnType<typeof synth>;
beforeAll(() => {
  asItComes = synth({});
}, 240_000);

describe('the ping', () => {
  test.each([
    { env: 'prod', heartbeatPing: 'https://ping.example.com/3f1c' },
    { env: 'dev', heartbeatPing: 'http://127.0.0.1:8080/3f1c' },
  ] as const)('in $env may go to $heartbeatPing', ({ env, heartbeatPing }) => {
    const defaults = env === 'dev' ? dev : prod;
    expect(defineEnvironment({ ...defaults, heartbeatPing }).heartbeatPing).toBe(heartbeatPing);
  });

  test.each([
    { env: 'prod', heartbeatPing: 'http://127.0.0.1:8080/3f1c' },
    { env: 'dev', heartbeatPing: 'http://ping.example.com/3f1c' },
  ] as const)('in $env is refused without TLS: $heartbeatPing', ({ env, heartbeatPing }) => {
    const defaults = env === 'dev' ? dev : prod;
    expect(() => defineEnvironment({ ...defaults, heartbeatPing })).toThrow(
      `infra/config/${env}.ts is not valid: heartbeatPing: must be a URL that begins with https://`,
    );
  });
});

const iam = (system: string, scopes: ('ingest' | 'read')[]) => ({
  iam: { grants: [{ arn: 'arn:aws:iam::123456789012:role/Fleetpulse-dev-Ops-Canary*', system, scopes }] },
});

describe('the canary', () => {
  test('signs where its role is granted what it needs, and may call just that', () => {
    const authorizers = iam(CANARY_SYSTEM, ['ingest', 'read']);
    const { ops } = synth({ edgeAuth: { ingest: 'iam', query: 'iam' }, authorizers });
    ops.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ API_AUTH: '{"ingest":"iam","query":"iam"}' }) },
    });
    const statements = Object.values(ops.findResources('AWS::IAM::Policy')).flatMap(
      ({ Properties }) => Properties['PolicyDocument'].Statement,
    );
    const invoke = statements.find(({ Action }) => Action === 'execute-api:Invoke');
    const paths = [invoke.Resource].flat().map((arn) => JSON.stringify(arn).match(/\/\$default\/[\w/]+/)?.[0]);
    expect(paths).toEqual(['/$default/POST/v1/events', '/$default/GET/v1/series']);
  });

  test.each([
    {
      name: 'its role is not granted to report',
      more: { edgeAuth: { ingest: 'iam', query: 'key' }, authorizers: iam('default', ['ingest']) },
    },
    {
      name: 'its role is not granted to read',
      more: { edgeAuth: { ingest: 'iam', query: 'iam' }, authorizers: iam(CANARY_SYSTEM, ['ingest']) },
    },
    {
      name: 'people show tokens',
      more: {
        edgeAuth: { ingest: 'key', query: 'jwt' },
        authorizers: {
          jwt: { issuer: 'https://login.example.com', audience: ['a'], systemClaim: 's', scopeClaim: 'c' },
        },
      },
    },
    { name: 'the configuration says so', more: { canary: false } },
  ] as const)('is left out, with its alarm, where $name', ({ more }) => {
    const { ops } = synth(more as unknown as Partial<EnvironmentConfig>);
    ops.resourceCountIs('AWS::Lambda::Function', 0);
    ops.resourceCountIs('AWS::Scheduler::Schedule', 0);
    expect(Object.keys(ops.findResources('AWS::CloudWatch::Alarm')).join()).not.toContain('CanaryFailing');
  });
});

test('a ping, a budget and subscriptions are told of as they are configured', () => {
  const { ops, alerts, analysis } = synth({
    ...{ heartbeatPing: 'https://ping.example.com/3f1c', monthlyBudgetUsd: 150 },
    everyone: [{ protocol: 'email', endpoint: 'oncall@example.com' }],
    reviewReaders: ['lead@example.com'],
  });
  analysis.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ HEARTBEAT_PING: 'https://ping.example.com/3f1c' }) },
  });
  ops.hasResourceProperties('AWS::Budgets::Budget', {
    Budget: { BudgetType: 'COST', TimeUnit: 'MONTHLY', BudgetLimit: { Amount: 150, Unit: 'USD' } },
    NotificationsWithSubscribers: [
      ...[['ACTUAL', 80] as const, ['ACTUAL', 100] as const, ['FORECASTED', 100] as const].map(([type, threshold]) =>
        Match.objectLike({
          Notification: Match.objectLike({ NotificationType: type, Threshold: threshold }),
          Subscribers: [Match.objectLike({ SubscriptionType: 'SNS' })],
        }),
      ),
    ],
  });
  alerts.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'sns:Publish',
          Principal: { Service: 'budgets.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ]),
    },
  });
  const alarms = Object.keys(ops.findResources('AWS::CloudWatch::Alarm')).map((id) => id.slice(0, -8));
  expect(alarms).toEqual(expect.arrayContaining(['AlertsUndelivered', 'ReviewsUndelivered']));
});

test('without a budget there is none, and nobody of AWS Budgets may publish', () => {
  const { ops, alerts } = asItComes;
  ops.resourceCountIs('AWS::Budgets::Budget', 0);
  expect(JSON.stringify(alerts.toJSON())).not.toContain('budgets.amazonaws.com');
});

test('which functions are traced is the choice of an environment, and only these may upload traces', () => {
  const { ingest, alerts, analysis } = synth({ untraced: ['query', 'analyze'] });
  const tracingOf = (stack: Template) =>
    Object.entries(stack.findResources('AWS::Lambda::Function')).map(([id, { Properties }]) => [
      id.slice(0, -8),
      Properties['TracingConfig']?.Mode,
    ]);
  expect(Object.fromEntries([ingest, alerts, analysis].flatMap(tracingOf))).toEqual({
    ...{ Ingest: 'Active', Query: undefined, Mcp: 'Active', History: 'Active', Plan: 'Active' },
    ...{ Notify: 'Active', Analyze: undefined, Optimize: 'Active' },
  });
  const uploading = (stack: Template) =>
    Object.entries(stack.findResources('AWS::IAM::Policy'))
      .filter(([, policy]) => JSON.stringify(policy).includes('xray:'))
      .map(([id]) => id.replace(/ServiceRoleDefaultPolicy[0-9A-F]{8}$/, ''));
  expect([ingest, alerts, analysis].flatMap(uploading).sort()).toEqual([
    ...['History', 'Ingest', 'Mcp', 'Notify', 'Optimize', 'Plan'],
  ]);
});

describe('the dashboard in CloudWatch', () => {
  test('is not there as an environment comes', () => {
    asItComes.ops.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    expect(asItComes.ops.findOutputs('CloudWatchDashboard')).toEqual({});
  });

  test('shows what it is made of on one page without a name of its own, of no more metrics than are free', () => {
    const { ops } = synth({ cloudWatchDashboard: true });
    const [[id, { Properties }], ...more] = Object.entries(ops.findResources('AWS::CloudWatch::Dashboard')) as [
      [string, { Properties: { DashboardBody: { 'Fn::Join': [string, unknown[]] }; DashboardName?: string } }],
    ];
    expect(more).toEqual([]);
    expect(Properties.DashboardName).toBeUndefined();
    ops.hasOutput('CloudWatchDashboard', { Value: { Ref: id } });
    const [, parts] = Properties.DashboardBody['Fn::Join'];
    const body = parts.map((part) => (typeof part === 'string' ? part : 'of-another-stack')).join('');
    const { widgets }: { widgets: { properties: { title?: string; metrics?: unknown[][] } }[] } = JSON.parse(body);
    expect(widgets.flatMap(({ properties }) => properties.metrics ?? []).length).toBeLessThanOrEqual(50);
    const graphs = widgets.flatMap(({ properties }) => (properties.metrics ? [properties.title] : []));
    expect(graphs).toEqual([
      ...['Age of the newest figures in seconds', 'Requests', 'Answers in ms', 'Failed runs', 'Longest runs in ms'],
      ...['Capacity taken', 'Refused', 'In dead-letter queues'],
    ]);
  });
});
