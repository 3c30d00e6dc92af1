import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { afterAll, describe, expect, test } from 'vitest';
import { dev } from '../../infra/config/dev.ts';
import { defineEnvironment, type EnvironmentConfig } from '../../infra/config/environment-config.ts';
import { prod } from '../../infra/config/prod.ts';
import { staging } from '../../infra/config/staging.ts';
import { alertKinds, alertSeverities } from '../../infra/config/subscription.ts';
import { AlertsStack } from '../../infra/stacks/alerts.ts';
import { StateStack } from '../../infra/stacks/state.ts';
import { severities, severityOf } from '../../lib/core/alert/alert.ts';
import { notificationFor } from '../../lib/core/alert/notification.ts';
import { firingAlert, noticeOf } from '../fixtures/alert.ts';

const outdir = mkdtempSync(join(tmpdir(), 'fleetpulse-subscriptions-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** The stack of alerts for a configuration, without bundling. */
function synth(more: Partial<EnvironmentConfig>) {
  const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
  const props = { config: defineEnvironment({ ...dev, ...more }) };
  const { state } = new StateStack(app, 'State', props);
  return { app, alerts: new AlertsStack(app, 'Alerts', { ...props, state }) };
}

interface Properties {
  Protocol: string;
  Endpoint: string;
  TopicArn: object;
  FilterPolicy?: Record<string, string[]>;
  RedrivePolicy?: { deadLetterTargetArn: object };
}

function subscriptionsIn(template: Template): Properties[] {
  const found = Object.values(template.findResources('AWS::SNS::Subscription'));
  return found.map((resource) => resource['Properties'] as Properties);
}

function subscriptionsOf(more: Partial<EnvironmentConfig>): Properties[] {
  return subscriptionsIn(Template.fromStack(synth(more).alerts));
}

const teams: EnvironmentConfig['teams'] = [
  {
    team: 'core',
    subscriptions: [
      { protocol: 'email', endpoint: 'core@example.com' },
      { protocol: 'sms', endpoint: '+4915112345678', only: { severity: ['critical'], state: ['firing'] } },
    ],
  },
  {
    team: 'content',
    subscriptions: [
      {
        protocol: 'https',
        endpoint: 'https://hooks.example.com/fleet?key=a%20b',
        only: { kind: ['system_failure', 'latency_increase'], pool: ['writers', 'editors'] },
      },
    ],
  },
];
const everyone: EnvironmentConfig['everyone'] = [
  { protocol: 'email', endpoint: 'all@example.com' },
  { protocol: 'https', endpoint: 'https://hooks.example.com/all', only: { severity: ['critical', 'high'] } },
];

test('a team is told of its own alerts, everyone of all, and either of what it asked for only', () => {
  const subscriptions = subscriptionsOf({ teams, everyone });
  const filters = subscriptions.map(({ Protocol, Endpoint, FilterPolicy }) => [
    `${Protocol} ${Endpoint}`,
    FilterPolicy,
  ]);
  expect(Object.fromEntries(filters)).toEqual({
    'email core@example.com': { team: ['core'] },
    'sms +4915112345678': { team: ['core'], severity: ['critical'], state: ['firing'] },
    'https https://hooks.example.com/fleet?key=a%20b': {
      team: ['content'],
      kind: ['system_failure', 'latency_increase'],
      pool: ['writers', 'editors'],
    },
    'email all@example.com': undefined,
    'https https://hooks.example.com/all': { severity: ['critical', 'high'] },
  });
});

test('what cannot be delivered is kept in one queue, and the policy checks have nothing to add', () => {
  const { app, alerts } = synth({ teams, everyone });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  const template = Template.fromStack(alerts);
  const queues = Object.keys(template.findResources('AWS::SQS::Queue')).filter((id) => id.startsWith('Undelivered'));
  expect(queues).toHaveLength(1);
  for (const { RedrivePolicy } of subscriptionsIn(template)) {
    expect(RedrivePolicy).toEqual({ deadLetterTargetArn: { 'Fn::GetAtt': [queues[0], 'Arn'] } });
  }
  const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
  const packs: { conclusion: string; violations: unknown[] }[] = report.pluginReports;
  expect(packs.map(({ conclusion, violations }) => ({ conclusion, violations }))).toEqual(
    packs.map(() => ({ conclusion: 'success', violations: [] })),
  );
  expect(packs.length).toBeGreaterThanOrEqual(2);
});

test('an endpoint keeps its subscription when it moves in the configuration', () => {
  const idsOf = (more: Partial<EnvironmentConfig>) =>
    Object.keys(Template.fromStack(synth(more).alerts).findResources('AWS::SNS::Subscription')).sort();
  expect(idsOf({ teams: teams.toReversed(), everyone: everyone.toReversed() })).toEqual(idsOf({ teams, everyone }));
});

test.each([dev, staging, prod])('the configuration of $env subscribes nobody', ({ teams, everyone }) => {
  expect(subscriptionsOf({ teams, everyone })).toEqual([]);
});

test('filters know the severities and kinds that alerts have, by the attributes that notifications carry', () => {
  expect(alertSeverities).toEqual(severities);
  expect([...alertKinds].sort()).toEqual(Object.keys(severityOf).sort());
  const alert = firingAlert();
  const { attributes } = notificationFor('s', noticeOf(alert));
  expect(Object.keys(attributes).sort()).toEqual(['kind', 'pool', 'severity', 'state', 'team']);
});

describe('a wrong configuration is refused, naming the field:', () => {
  const team = (subscription: unknown) => ({ teams: [{ team: 't', subscriptions: [subscription] }] });
  test.each([
    [team({ protocol: 'email', endpoint: 'nobody' }), 'teams.0.subscriptions.0.endpoint: must be an e-mail address'],
    [
      team({ protocol: 'https', endpoint: 'http://example.com/hook' }),
      'teams.0.subscriptions.0.endpoint: must be a URL that begins with https://',
    ],
    [
      team({ protocol: 'sms', endpoint: '0151 12345678' }),
      'teams.0.subscriptions.0.endpoint: must be a phone number in E.164 form, such as +4915112345678',
    ],
    [team({ protocol: 'fax', endpoint: '+4915112345678' }), /teams\.0\.subscriptions\.0\.protocol: /],
    [
      team({ protocol: 'email', endpoint: 'a@example.com', only: { severity: ['urgent'] } }),
      /teams\.0\.subscriptions\.0\.only\.severity\.0: .*"critical"/,
    ],
    [
      team({ protocol: 'email', endpoint: 'a@example.com', only: { colour: ['red'] } }),
      /teams\.0\.subscriptions\.0\.only: .*colour/,
    ],
    [
      team({ protocol: 'email', endpoint: 'a@example.com', only: { state: [] } }),
      'teams.0.subscriptions.0.only.state: must name at least one value; leave it out to get all',
    ],
    [
      team({
        protocol: 'email',
        endpoint: 'a@example.com',
        only: { severity: [...severities], kind: [...alertKinds], pool: ['a', 'b', 'c', 'd', 'e', 'f'] },
      }),
      'teams.0.subscriptions.0.only: has 288 combinations of values; SNS takes 150',
    ],
    [{ teams: [{ team: '', subscriptions: [] }] }, /teams\.0\.team: .*; teams\.0\.subscriptions: /],
    [
      {
        teams: [{ team: 't', subscriptions: [everyone[0]] }],
        everyone: [{ protocol: 'sms', endpoint: '+4915112345678' }, everyone[0]],
      },
      'everyone.1.endpoint: is subscribed already by teams.0.subscriptions.0.endpoint; SNS has one subscription for each endpoint',
    ],
    [
      { actuators: { eventBridge: { enabled: true, busArn: 'orchestrators' } } },
      /actuators\.eventBridge\.busArn: must be the ARN of an event bus/,
    ],
  ])('%j', (more, says) => {
    const wrong = { ...dev, ...more } as EnvironmentConfig;
    const message = typeof says === 'string' ? `infra/config/dev.ts is not valid: ${says}` : says;
    expect(() => defineEnvironment(wrong)).toThrow(message);
  });
});
