import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { dev } from '../../infra/config/dev.ts';
import { defineEnvironment, type EnvironmentConfig } from '../../infra/config/environment-config.ts';
import { AlertsStack } from '../../infra/stacks/alerts.ts';
import { StateStack } from '../../infra/stacks/state.ts';

/** The subscriptions of the alerts stack, without bundling its function. */
function subscriptionsOf(more: Partial<EnvironmentConfig>) {
  const config = defineEnvironment({ ...dev, ...more });
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const { state } = new StateStack(app, 'State', { config });
  const stack: Stack = new AlertsStack(app, 'Alerts', { config, state });
  return Object.values(Template.fromStack(stack).findResources('AWS::SNS::Subscription')).map(
    ({ Properties: { Protocol, Endpoint, FilterPolicy } }) => ({ Protocol, Endpoint, FilterPolicy }),
  );
}

test('nobody is subscribed unless the configuration says so', () => {
  expect(subscriptionsOf({})).toEqual([]);
});

test('a team is told of its own, narrowed as it wants; everyone of everything', () => {
  const found = subscriptionsOf({
    teams: [
      {
        team: 'assistant',
        subscriptions: [
          { protocol: 'email', endpoint: 'oncall@example.com' },
          { protocol: 'sms', endpoint: '+4930123456', only: { severity: ['critical'], state: ['firing'] } },
        ],
      },
      {
        team: 'tools',
        subscriptions: [
          {
            protocol: 'https',
            endpoint: 'https://example.com/hook',
            only: { kind: ['system_failure'], pool: ['code'] },
          },
        ],
      },
    ],
    everyone: [{ protocol: 'email', endpoint: 'all@example.com' }],
  });
  expect(found).toEqual([
    { Protocol: 'email', Endpoint: 'oncall@example.com', FilterPolicy: { team: ['assistant'] } },
    {
      Protocol: 'sms',
      Endpoint: '+4930123456',
      FilterPolicy: { team: ['assistant'], severity: ['critical'], state: ['firing'] },
    },
    {
      Protocol: 'https',
      Endpoint: 'https://example.com/hook',
      FilterPolicy: { team: ['tools'], kind: ['system_failure'], pool: ['code'] },
    },
    { Protocol: 'email', Endpoint: 'all@example.com', FilterPolicy: undefined },
  ]);
});

describe('a subscription that could not work is refused at synth, with its field:', () => {
  const pools = Array.from({ length: 51 }, (_, i) => `pool-${i}`);
  test.each([
    [{ protocol: 'email', endpoint: 'nobody' }, 'everyone.0.endpoint: must be an e-mail address'],
    [
      { protocol: 'https', endpoint: 'http://example.com' },
      'everyone.0.endpoint: must be a URL that begins with https://',
    ],
    [{ protocol: 'sms', endpoint: '030 123' }, 'everyone.0.endpoint: must be a phone number such as +4930123456'],
    [{ protocol: 'pigeon', endpoint: 'x' }, 'everyone.0.protocol: '],
    [{ protocol: 'email', endpoint: 'a@example.com', only: { severity: ['urgent'] } }, 'everyone.0.only.severity.0: '],
    [
      { protocol: 'email', endpoint: 'a@example.com', only: { pool: pools, severity: ['critical', 'high', 'low'] } },
      'everyone.0.only: must have at most 150 combinations',
    ],
  ])('%j', (subscription, says) => {
    const candidate = { ...dev, everyone: [subscription] } as EnvironmentConfig;
    expect(() => defineEnvironment(candidate)).toThrow(`infra/config/dev.ts is not valid: ${says}`);
  });
});
