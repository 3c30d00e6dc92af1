import { beforeAll, describe, expect, test } from 'vitest';
import { fullConfiguration } from '../fixtures/full-configuration.ts';
import {
  type PolicyDocument,
  type Reference,
  type SynthesizedApp,
  synthChecked,
} from '../fixtures/synthesized-apps.ts';

interface Permission {
  Action: string;
  FunctionName: Reference;
  Principal: string;
  SourceArn?: Reference;
}
interface Role {
  AssumeRolePolicyDocument: PolicyDocument;
  ManagedPolicyArns?: Reference[];
}

const store = { metricStore: 'dynamodb' };
describe.each([
  { name: 'in dev with Timestream', context: { env: 'dev', metricStore: 'timestream' }, configured: {} },
  { name: 'in prod', context: { env: 'prod', ...store }, configured: {} },
  { name: 'with everything configured', context: { env: 'prod', ...store }, configured: fullConfiguration },
])('the app $name', ({ context, configured }) => {
  let app: SynthesizedApp;
  beforeAll(() => {
    app = synthChecked([context], configured)[0]!;
  }, 240_000);

  const permissions = () => app.ofType<Permission>('AWS::Lambda::Permission').map(([, { Properties }]) => Properties);

  test('lets the gateway call the function of each route for its path alone', () => {
    interface Route {
      RouteKey: string;
      Target: Reference;
    }
    const integrations = new Map(app.ofType<{ IntegrationUri: Reference }>('AWS::ApiGatewayV2::Integration'));
    const wanted = app.ofType<Route>('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => {
      const integration = integrations.get(app.target(Properties.Target).replace('integrations/', ''));
      return `${app.named(integration!.Properties.IntegrationUri)} for ${Properties.RouteKey.split(' ')[1]}`;
    });
    const given = permissions()
      .filter(({ Principal }) => Principal === 'apigateway.amazonaws.com')
      .map(({ Action, FunctionName, SourceArn }) => {
        expect(Action).toBe('lambda:InvokeFunction');
        // arn:PARTITION:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH, of any stage and method.
        const [, api, stage, method, path] = /:([^:/]+)\/([^/]+)\/([^/]+)(\/.*)$/.exec(app.target(SourceArn!)) ?? [];
        expect([app.named(api!), stage, method]).toEqual(['Api', '*', '*']);
        return `${app.named(FunctionName)} for ${path}`;
      });
    expect(given.sort()).toEqual(wanted.sort());
  });

  test('lets the bus call the function of each rule for that rule alone, and nobody else call any', () => {
    const rules = app.ofType<{ Targets: { Arn: Reference }[] }>('AWS::Events::Rule');
    const wanted = rules.flatMap(([rule, { Properties }]) =>
      Properties.Targets.map(({ Arn }) => `${app.named(Arn)} by ${rule}.Arn`),
    );
    const given = permissions().filter(({ Principal }) => Principal !== 'apigateway.amazonaws.com');
    expect(new Set(given.map(({ Principal }) => Principal))).toEqual(new Set(['events.amazonaws.com']));
    expect(given.map((one) => `${app.named(one.FunctionName)} by ${app.spelt(one.SourceArn!)}`).sort()).toEqual(
      wanted.sort(),
    );
  });

  test('has a role for each function that Lambda alone takes, and that writes its logs', () => {
    const roles = new Map(app.ofType<Role>('AWS::IAM::Role'));
    for (const [id, { Properties }] of app.ofType<{ Role: Reference }>('AWS::Lambda::Function')) {
      const role = roles.get(app.target(Properties.Role))?.Properties;
      expect(role?.AssumeRolePolicyDocument.Statement, id).toEqual([
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
      ]);
      expect(role?.ManagedPolicyArns?.map(app.target), id).toEqual([
        expect.stringMatching(/:iam::aws:policy\/service-role\/AWSLambdaBasicExecutionRole$/),
      ]);
    }
  });

  test('has a role for each schedule that only schedules of this account take: it calls the function, and keeps what fails', () => {
    interface Target {
      Arn: Reference;
      RoleArn: Reference;
    }
    const roles = new Map(app.ofType<Role>('AWS::IAM::Role'));
    const schedules = app.ofType<{ Target: Target }>('AWS::Scheduler::Schedule');
    expect(schedules.length).toBeGreaterThan(0);
    for (const [id, { Properties }] of schedules) {
      const role = app.target(Properties.Target.RoleArn);
      expect(roles.get(role)?.Properties.AssumeRolePolicyDocument.Statement, id).toEqual([
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': expect.anything(), 'aws:SourceArn': expect.anything() },
          },
        },
      ]);
      const name = app.named(Properties.Target.Arn);
      expect(app.grantsOf(role), id).toEqual({
        [name]: ['lambda:InvokeFunction'],
        [`${name}:*`]: ['lambda:InvokeFunction'],
        // The next run of the canary is its retry, and its failure is what an alarm tells of.
        ...(name === 'Canary' ? {} : { [`${name}DeadLetters`]: ['sqs:SendMessage'] }),
      });
    }
  });

  test('lets rules and topics put into a dead-letter queue what they could not deliver, each of them alone', () => {
    interface Queue {
      Queues: Reference[];
      PolicyDocument: PolicyDocument;
    }
    const rules = app.ofType<{ Targets: { DeadLetterConfig: { Arn: Reference } }[] }>('AWS::Events::Rule');
    const subscriptions = app.ofType<{
      TopicArn: Reference;
      RedrivePolicy: { deadLetterTargetArn: Reference };
    }>('AWS::SNS::Subscription');
    const wanted = new Set([
      ...rules.flatMap(([id, { Properties }]) =>
        Properties.Targets.map(({ DeadLetterConfig }) => `events from ${id} to ${app.target(DeadLetterConfig.Arn)}`),
      ),
      ...subscriptions.map(
        ([, { Properties }]) =>
          `sns from ${app.target(Properties.TopicArn)} to ${app.target(Properties.RedrivePolicy.deadLetterTargetArn)}`,
      ),
    ]);
    const given = app
      .ofType<Queue>('AWS::SQS::QueuePolicy')
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
      .filter(({ Effect }) => Effect === 'Allow')
      .map(({ Action, Principal, Resource, Condition }) => {
        expect(Action).toBe('sqs:SendMessage');
        const { Service } = Principal as { Service: string };
        const [[, source]] = Object.values(Condition as Record<string, Record<string, Reference>>).map(
          (condition) => Object.entries(condition)[0],
        ) as [[string, Reference]];
        return `${Service.replace('.amazonaws.com', '')} from ${app.target(source)} to ${app.target(Resource as Reference)}`;
      });
    expect(given.sort()).toEqual([...wanted].sort());
  });

  test('takes and gives the objects of buckets, and what buckets are, over TLS only', () => {
    const buckets = app.ofType('AWS::S3::Bucket').map(([id]) => id);
    const refused = app
      .ofType<{ PolicyDocument: PolicyDocument }>('AWS::S3::BucketPolicy')
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
      .filter(
        ({ Effect, Action, Condition }) =>
          Effect === 'Deny' &&
          Action === 's3:*' &&
          JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
      )
      .flatMap(({ Resource }) => [Resource].flat().map(app.target));
    expect(refused.sort()).toEqual(buckets.flatMap((id) => [id, `${id}/*`]).sort());
  });

  test('takes and gives the messages of every queue over TLS only', () => {
    const refused = app
      .ofType<{ PolicyDocument: PolicyDocument }>('AWS::SQS::QueuePolicy')
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
      .filter(
        ({ Effect, Action, Condition }) =>
          Effect === 'Deny' &&
          Action === 'sqs:*' &&
          JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
      )
      .map(({ Resource }) => app.target(Resource as Reference));
    expect(refused.sort()).toEqual(
      app
        .ofType('AWS::SQS::Queue')
        .map(([id]) => id)
        .sort(),
    );
  });
});
