import { beforeAll, describe, expect, test } from 'vitest';
import { fullConfiguration } from '../fixtures/full-configuration.ts';
import { type Reference, type SynthesizedApp, synthChecked } from '../fixtures/synthesized-apps.ts';

describe('the app in an environment in which everything is configured', () => {
  let app: SynthesizedApp;
  beforeAll(() => {
    app = synthChecked([{ env: 'prod', metricStore: 'dynamodb' }], fullConfiguration)[0]!;
  }, 240_000);

  test('has no finding of any check that is not acknowledged', () => {
    expect(app.report.pluginReports.length).toBeGreaterThanOrEqual(2);
    expect(app.report.pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  });

  test('subscribes each team to the alerts that it asks for, everyone to all, and readers to reviews', () => {
    interface Subscription {
      TopicArn: Reference;
      Protocol: string;
      Endpoint: string;
      FilterPolicy?: object;
      RedrivePolicy: { deadLetterTargetArn: Reference };
    }
    const subscriptions = app.ofType<Subscription>('AWS::SNS::Subscription').map(([, { Properties }]) => {
      const { TopicArn, Protocol, Endpoint, FilterPolicy, RedrivePolicy } = Properties;
      const undelivered = app.named(RedrivePolicy.deadLetterTargetArn);
      return [`${app.named(TopicArn)} by ${Protocol} to ${Endpoint}`, { only: FilterPolicy, undelivered }];
    });
    const alerts = { undelivered: 'Undelivered' };
    expect(Object.fromEntries(subscriptions)).toEqual({
      'Alerts by email to core@example.com': { ...alerts, only: { team: ['core'] } },
      'Alerts by sms to +4915112345678': {
        ...alerts,
        only: { team: ['core'], severity: ['critical'], state: ['firing'] },
      },
      'Alerts by https to https://hooks.example.com/fleet': {
        ...alerts,
        only: { team: ['content'], kind: ['system_failure', 'latency_increase'], pool: ['writers', 'editors'] },
      },
      'Alerts by email to all@example.com': alerts,
      'Reviews by email to readers@example.com': { undelivered: 'UndeliveredReviews' },
    });
  });

  test('lets act do what its actuators do, on what is mapped alone', () => {
    const [act] = app
      .ofType<{ Role: Reference }>('AWS::Lambda::Function')
      .filter(([id]) => app.named(id) === 'Act')
      .map(([, { Properties }]) => Properties);
    const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:123456789012:${rest}`;
    const onService = ['ecs:DescribeServices', 'ecs:UpdateService'];
    const onTasks = ['ecs:DescribeTasks', 'ecs:StopTask'];
    const onFunction = ['Delete', 'Get', 'Put'].map((verb) => `lambda:${verb}FunctionConcurrency`);
    expect(app.grantsOf(app.target(act!.Role))).toEqual({
      '*': ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
      ActDeadLetters: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
      State: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      [arn('events', 'event-bus/orchestrators')]: ['events:PutEvents'],
      [arn('ecs', 'service/fleet/writers')]: onService,
      [arn('ecs', 'service/fleet/editors')]: onService,
      [arn('ecs', 'service/shop/writers')]: onService,
      [arn('ecs', 'task/fleet/*')]: onTasks,
      [arn('ecs', 'task/shop/*')]: onTasks,
      [arn('lambda', 'function:reviewer')]: onFunction,
      [arn('lambda', 'function:shop-editor')]: onFunction,
      [arn('secretsmanager', 'secret:fleetpulse/webhook-??????')]: ['secretsmanager:GetSecretValue'],
    });
  });

  test('lets the uploader of CDK read the assets of the account and region, and write the page', () => {
    const [uploader] = app
      .ofType<{ Role: Reference }>('AWS::Lambda::Function')
      .filter(([id]) => id.startsWith('CustomCDKBucketDeployment'))
      .map(([, { Properties }]) => Properties);
    const assets = 'arn:aws:s3:::cdk-hnb659fds-assets-123456789012-eu-central-1';
    const read = ['s3:GetBucket*', 's3:GetObject*', 's3:List*'];
    const grants = app.grantsOf(app.target(uploader!.Role));
    expect(grants).toEqual({
      [assets]: read,
      [`${assets}/*`]: read,
      Page: expect.arrayContaining([...read, 's3:PutObject', 's3:DeleteObject*']),
      'Page/*': expect.arrayContaining([...read, 's3:PutObject', 's3:DeleteObject*']),
    });
  });

  test('tells the alerts topic when alerts or reviews were not taken by whom they are for, and when they are again', () => {
    interface Alarm {
      AlarmActions: Reference[];
      OKActions: Reference[];
      Dimensions: { Name: string; Value: Reference }[];
    }
    const alarms = app
      .ofType<Alarm>('AWS::CloudWatch::Alarm')
      .map(([id, { Properties }]) => ({ name: app.named(id), ...Properties }))
      .filter(({ name }) => name.endsWith('Undelivered'));
    const told = alarms.map(({ name, Dimensions, AlarmActions, OKActions }) => [
      name,
      { of: Dimensions.map(({ Value }) => app.named(Value)), tells: [...AlarmActions, ...OKActions].map(app.named) },
    ]);
    expect(Object.fromEntries(told)).toEqual({
      AlertsUndelivered: { of: ['Undelivered'], tells: ['Alerts', 'Alerts'] },
      ReviewsUndelivered: { of: ['UndeliveredReviews'], tells: ['Alerts', 'Alerts'] },
    });
  });

  test('tells functions what is configured', () => {
    const functions = app.ofType<{ Environment?: { Variables: Record<string, Reference> } }>('AWS::Lambda::Function');
    const variable = (name: string, key: string) => {
      const found = functions.find(([id]) => app.named(id) === name)?.[1].Properties.Environment?.Variables[key];
      return found === undefined ? undefined : app.target(found);
    };
    const { eventBridge, ...others } = fullConfiguration.actuators;
    expect(JSON.parse(variable('Act', 'ACTUATORS')!)).toEqual({
      eventBridge: { busArn: eventBridge.busArn },
      ...others,
    });
    expect(JSON.parse(variable('Notify', 'ALERTMANAGER_WEBHOOKS')!)).toEqual(['https://alertmanager.example.com/hook']);
    for (const name of ['Review', 'Mcp']) expect(variable(name, 'PUBLIC_URL')).toBe('https://fleet.example.com');
    const { iam, jwt } = fullConfiguration.authorizers;
    expect(JSON.parse(variable('Ingest', 'EDGE_AUTH')!)).toEqual({ kind: 'iam', grants: iam.grants });
    for (const name of ['Query', 'Mcp', 'History', 'Plan']) {
      const { systemClaim, scopeClaim } = jwt;
      expect(JSON.parse(variable(name, 'EDGE_AUTH')!), name).toEqual({ kind: 'jwt', systemClaim, scopeClaim });
    }
  });

  test('asks agents for signatures and people for tokens of the issuer, and nobody where health and description are', () => {
    interface Route {
      RouteKey: string;
      AuthorizationType?: string;
      AuthorizerId?: Reference;
    }
    const routes = app.ofType<Route>('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => {
      const { RouteKey, AuthorizationType, AuthorizerId } = Properties;
      return [RouteKey, [AuthorizationType, ...(AuthorizerId === undefined ? [] : [app.named(AuthorizerId)])]];
    });
    const byToken = ['JWT', 'ApiTokens'];
    expect(Object.fromEntries(routes)).toEqual({
      'POST /v1/events': ['AWS_IAM'],
      'POST /v1/traces': ['AWS_IAM'],
      'POST /v1/metrics': ['AWS_IAM'],
      'POST /v1/logs': ['AWS_IAM'],
      'POST /v1/history': byToken,
      'POST /v1/plan': byToken,
      'ANY /mcp': byToken,
      'ANY /{proxy+}': byToken,
      'GET /v1/health': ['NONE'],
      'GET /openapi.json': ['NONE'],
    });
    expect(app.ofType('AWS::ApiGatewayV2::Authorizer').map(([, { Properties }]) => Properties)).toEqual([
      expect.objectContaining({
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Audience: ['fleetpulse'], Issuer: 'https://login.example.com/pool' },
      }),
    ]);
  });
});
