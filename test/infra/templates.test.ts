import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { historyEndpoints, ingestEndpoints, planEndpoints } from '../../lib/api/registry.ts';
import {
  type PolicyDocument,
  type Reference,
  type Report,
  type SynthesizedApp,
  synth,
  synthChecked,
} from '../fixtures/synthesized-apps.ts';

const privateAndEncrypted = {
  BucketEncryption: {
    ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
  },
  PublicAccessBlockConfiguration: {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  },
};
const overTlsOnly = expect.objectContaining({
  Effect: 'Deny',
  Action: 's3:*',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

const traces = { '*': ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'] };
const deadLetters = ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'];
const minuteJob = [
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
];

/** CDK's own function, which copies the files of the page into their bucket during a deployment, and its grants. */
const uploader = 'CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C256MiB';
const readFiles = ['s3:GetBucket*', 's3:GetObject*', 's3:List*'];
const writeFiles = [
  's3:Abort*',
  's3:DeleteObject*',
  ...readFiles,
  's3:PutObject',
  's3:PutObjectLegalHold',
  's3:PutObjectRetention',
  's3:PutObjectTagging',
  's3:PutObjectVersionTagging',
];
const assets = 'arn:AWS::Partition:s3:::cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}';
const uploads = { [assets]: readFiles, [`${assets}/*`]: readFiles, Page: writeFiles, 'Page/*': writeFiles };

/** CDK's own function again, which empties a bucket when its stack is deleted: the policy of the bucket lets it. */
const emptier = 'CustomS3AutoDeleteObjectsCustomResourceProviderHandler';

/** All that each function may do, beside writing its logs. */
const grantedWithDynamodb = {
  // Not traced, so without a grant for traces: Ingest and Notify.
  Ingest: {
    State: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    Rollups: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
  },
  Query: {
    ...traces,
    State: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    Rollups: ['dynamodb:GetItem', 'dynamodb:Query'],
  },
  Mcp: {
    ...traces,
    State: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    Rollups: ['dynamodb:GetItem', 'dynamodb:Query'],
  },
  History: {
    ...traces,
    State: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    Rollups: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
  },
  Analyze: {
    ...traces,
    AnalyzeDeadLetters: deadLetters,
    State: minuteJob,
    Rollups: minuteJob,
    Bus: ['events:PutEvents'],
  },
  Notify: {
    NotifyDeadLetters: deadLetters,
    State: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    Alerts: ['sns:Publish'],
    AlertsForChat: ['sns:Publish'],
  },
  Act: {
    ...traces,
    ActDeadLetters: deadLetters,
    State: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    Bus: ['events:PutEvents'],
  },
  Optimize: {
    ...traces,
    OptimizeDeadLetters: deadLetters,
    State: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    Rollups: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
  },
  Canary: { ...traces, State: ['dynamodb:GetItem', 'dynamodb:PutItem'] },
  Plan: { ...traces, State: ['dynamodb:GetItem', 'dynamodb:UpdateItem'] },
  Benchmark: {
    ...traces,
    BenchmarkDeadLetters: deadLetters,
    State: ['dynamodb:GetItem', 'dynamodb:Query'],
    Rollups: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
  },
  Review: {
    ...traces,
    ReviewDeadLetters: deadLetters,
    State: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    Rollups: ['dynamodb:GetItem', 'dynamodb:Query'],
    Reviews: ['sns:Publish'],
    Digests: ['sns:Publish'],
  },
};

const tracesAndEndpoints = { '*': ['timestream:DescribeEndpoints', ...traces['*']] };
const onHistory = (actions: string[]) => ({ MinuteHistory: actions, HourHistory: actions, DayHistory: actions });

const granted = {
  dynamodb: grantedWithDynamodb,
  timestream: {
    ...grantedWithDynamodb,
    Query: { ...grantedWithDynamodb.Query, ...tracesAndEndpoints, ...onHistory(['timestream:Select']) },
    Mcp: { ...grantedWithDynamodb.Mcp, ...tracesAndEndpoints, ...onHistory(['timestream:Select']) },
    History: {
      ...tracesAndEndpoints,
      State: grantedWithDynamodb.History.State,
      ...onHistory(['timestream:WriteRecords']),
    },
    Analyze: {
      ...grantedWithDynamodb.Analyze,
      ...tracesAndEndpoints,
      ...onHistory(['timestream:Select', 'timestream:WriteRecords']),
    },
    Optimize: {
      ...grantedWithDynamodb.Optimize,
      Rollups: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
      ...tracesAndEndpoints,
      ...onHistory(['timestream:Select']),
      HourHistory: ['timestream:Select', 'timestream:WriteRecords'],
    },
    Benchmark: { ...grantedWithDynamodb.Benchmark, ...tracesAndEndpoints, ...onHistory(['timestream:Select']) },
    Review: { ...grantedWithDynamodb.Review, ...tracesAndEndpoints, ...onHistory(['timestream:Select']) },
  },
};

const dev = {
  canary: false,
  logDays: 7,
  throttle: { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 },
  keepsData: false,
};
const staging = { ...dev, canary: true, logDays: 30 };
const prod = {
  canary: true,
  logDays: 90,
  throttle: { ThrottlingRateLimit: 2000, ThrottlingBurstLimit: 4000 },
  keepsData: true,
};

const deployments = [
  // Without credentials and a word on it, history is kept in Timestream.
  { env: 'dev', context: {}, store: 'timestream' as const, ...dev },
  { env: 'staging', context: { metricStore: 'dynamodb' }, store: 'dynamodb' as const, ...staging },
  { env: 'prod', context: { metricStore: 'dynamodb' }, store: 'dynamodb' as const, ...prod },
  { env: 'prod', context: { metricStore: 'timestream' }, store: 'timestream' as const, ...prod },
];
let apps: SynthesizedApp[];
beforeAll(() => {
  apps = synthChecked(deployments.map(({ env, context }) => ({ env, ...context })));
}, 240_000);

describe.each(deployments.map((it, index) => ({ ...it, index })))(
  'the app in $env with $store',
  ({ index, store, canary, keepsData, logDays, throttle }) => {
    const { Canary, ...others } = granted[store];
    const ofFunctions = canary ? { ...others, Canary } : others;
    const ifCanary = <Value>(...values: Value[]) => (canary ? values : []);
    let app: SynthesizedApp;
    beforeAll(() => {
      app = apps[index]!;
    });
    /** Only a bucket that data come into, and that goes with its stack, has to be emptied. */
    const emptiers = store === 'timestream' && !keepsData ? [emptier] : [];

    test('has no finding of the policy checks that is not acknowledged with a reason', () => {
      expectAllAcknowledged(app.report);
    });

    test('lets each function do exactly what it must, on exactly what it needs', () => {
      const functions = app.ofType<{ Role: Reference }>('AWS::Lambda::Function');
      const grants = functions.map(([id, { Properties }]) => [
        app.named(id),
        app.grantsOf(app.target(Properties.Role)),
      ]);
      expect(Object.fromEntries(grants)).toEqual({
        ...{ ...ofFunctions, [uploader]: uploads },
        ...Object.fromEntries(emptiers.map((it) => [it, {}])),
      });
    });

    test('has functions that are not its own for deployments alone: they upload the page, and empty what is deleted', () => {
      const functions = app.ofType('AWS::Lambda::Function').map(([id]) => id);
      const foreign = functions.filter((id) => !(app.named(id) in granted[store]));
      expect(foreign.map(app.named).sort()).toEqual([uploader, ...emptiers]);
      const callers = [...app.resources.values()].filter(
        ({ Properties }) => Properties && foreign.some((id) => JSON.stringify(Properties).includes(id)),
      );
      expect(callers.map(({ Type }) => Type).sort()).toEqual([
        'Custom::CDKBucketDeployment',
        ...emptiers.map(() => 'Custom::S3AutoDeleteObjects'),
      ]);
    });

    test('gives roles nothing but logs beside those grants', () => {
      const roles = app.ofType<{ ManagedPolicyArns?: Reference[]; Policies?: unknown }>('AWS::IAM::Role');
      expect(roles).toHaveLength((canary ? 18 : 16) + (keepsData ? 1 : 0) + emptiers.length);
      for (const [, { Properties }] of roles) {
        expect(Properties.Policies).toBeUndefined();
        for (const policy of Properties.ManagedPolicyArns ?? [])
          expect(app.target(policy)).toMatch(/:iam::aws:policy\/service-role\/AWSLambdaBasicExecutionRole$/);
      }
      const types = new Set([...app.resources.values()].map(({ Type }) => Type).filter((type) => /::IAM::/.test(type)));
      expect([...types].sort()).toEqual(['AWS::IAM::Policy', 'AWS::IAM::Role']);
    });

    test('uses a wildcard for traces, backups of one table, endpoints of Timestream, versions of scheduled functions and the uploader of CDK, and nowhere else', () => {
      const roles = app.ofType('AWS::IAM::Role').filter(([role]) => app.named(role) !== `${uploader}ServiceRole`);
      expect(roles).toHaveLength((canary ? 17 : 15) + (keepsData ? 1 : 0) + emptiers.length);
      const wildcards = roles.flatMap(([role]) =>
        Object.entries(app.grantsOf(role))
          .filter(([resource, actions]) => `${resource} ${actions}`.includes('*'))
          .map(([resource, actions]) => `${actions.join(' and ')} on ${resource}`),
      );
      expect(wildcards.sort()).toEqual([
        // AWS makes up their names, below the name of this table.
        ...(keepsData ? ['dynamodb:DeleteBackup and dynamodb:DescribeBackup on Rollups/backup/*'] : []),
        'lambda:InvokeFunction on Analyze:*',
        'lambda:InvokeFunction on Benchmark:*',
        ...ifCanary('lambda:InvokeFunction on Canary:*'),
        'lambda:InvokeFunction on Optimize:*',
        'lambda:InvokeFunction on Review:*',
        ...Array(store === 'timestream' ? 7 : 0).fill(
          'timestream:DescribeEndpoints and xray:PutTelemetryRecords and xray:PutTraceSegments on *',
        ),
        ...Array((store === 'timestream' ? 2 : 9) + (canary ? 1 : 0)).fill(
          'xray:PutTelemetryRecords and xray:PutTraceSegments on *',
        ),
      ]);
    });

    test('runs every function on Node 24 on ARM, with JSON logs in a group of its own that expires', () => {
      interface Properties {
        LoggingConfig: { LogGroup: Reference };
      }
      const groups = new Map(app.ofType<{ RetentionInDays?: number }>('AWS::Logs::LogGroup'));
      const used = new Set<string>();
      const functions = app.ofType<Properties>('AWS::Lambda::Function');
      for (const [id, { Properties }] of functions) {
        if (![uploader, emptier].includes(app.named(id))) {
          expect(Properties).toMatchObject({
            Runtime: 'nodejs24.x',
            Architectures: ['arm64'],
            LoggingConfig: { LogFormat: 'JSON' },
          });
        }
        used.add(app.target(Properties.LoggingConfig.LogGroup));
      }
      expect(used.size).toBe(functions.length);
      for (const group of used) expect(groups.get(group)?.Properties.RetentionInDays).toBe(logDays);
    });

    test('tries again what is invoked asynchronously, and keeps what still fails', () => {
      interface Target {
        Arn: Reference;
        DeadLetterConfig?: { Arn: Reference };
        RetryPolicy?: { MaximumRetryAttempts: number };
      }
      interface InvokeConfig {
        FunctionName: Reference;
        MaximumRetryAttempts: number;
        DestinationConfig?: { OnFailure: { Destination: Reference } };
      }
      const targets = [
        ...app.ofType<{ Targets: Target[] }>('AWS::Events::Rule').flatMap(([, rule]) => rule.Properties.Targets),
        ...app.ofType<{ Target: Target }>('AWS::Scheduler::Schedule').map(([, schedule]) => schedule.Properties.Target),
      ];
      const configs = new Map(
        app
          .ofType<InvokeConfig>('AWS::Lambda::EventInvokeConfig')
          .map(([, { Properties }]) => [app.named(Properties.FunctionName), Properties]),
      );
      expect(targets.map(({ Arn }) => app.named(Arn)).sort()).toEqual([
        ...['Act', 'Analyze', 'Benchmark', ...ifCanary('Canary'), 'Notify'],
        // By its schedule, and when a plan is due.
        ...['Optimize', 'Optimize'],
        // Of a day, and of a week.
        ...['Review', 'Review'],
      ]);
      expect([...configs.keys()].sort()).toEqual([
        ...['Act', 'Analyze', 'Benchmark', ...ifCanary('Canary'), 'Notify', 'Optimize', 'Review'],
      ]);
      for (const { Arn, DeadLetterConfig, RetryPolicy } of targets) {
        const name = app.named(Arn);
        const config = configs.get(name)!;
        expect(RetryPolicy?.MaximumRetryAttempts).toBeGreaterThan(0);
        if (name === 'Canary') {
          // Failing is what it is for: it is told by its alarm, and the next run is the retry.
          expect(config.MaximumRetryAttempts).toBe(0);
          expect([DeadLetterConfig, config.DestinationConfig]).toEqual([undefined, undefined]);
          continue;
        }
        expect(app.named(DeadLetterConfig!.Arn)).toBe(`${name}DeadLetters`);
        expect(config.MaximumRetryAttempts).toBeGreaterThan(0);
        expect(app.named(config.DestinationConfig!.OnFailure.Destination)).toBe(`${name}DeadLetters`);
      }
    });

    test('wakes each function by the events it is for, and by none that it causes', () => {
      const rules = app.ofType<{ EventPattern: unknown; Targets: { Arn: Reference }[] }>('AWS::Events::Rule');
      const patterns = rules.map(([, { Properties }]) => [
        Properties.Targets.map(({ Arn }) => app.named(Arn)).join(),
        Properties.EventPattern,
      ]);
      expect(Object.fromEntries(patterns)).toEqual({
        Notify: { source: ['fleetpulse'], 'detail-type': ['Notice'] },
        Act: { source: ['fleetpulse'], 'detail-type': ['DirectiveIssued', 'DirectiveRenewed', 'DirectiveEnded'] },
        Optimize: { source: ['fleetpulse'], 'detail-type': ['PlanDue'] },
      });
    });

    test('runs the minute job every minute, for the minute that the schedule names, plans at twenty past, compares and tells of days, reviews weeks, and where it has a canary tries itself every five minutes', () => {
      const schedules = app.ofType<{ Target: { Arn: Reference; Input: string } }>('AWS::Scheduler::Schedule');
      const found = schedules.map(([, { Properties }]) => [app.named(Properties.Target.Arn), Properties] as const);
      const every = (ScheduleExpression: string) =>
        expect.objectContaining({ ScheduleExpression, ScheduleExpressionTimezone: 'Etc/UTC', State: 'ENABLED' });
      expect(found.toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual([
        ['Analyze', every('cron(* * * * ? *)')],
        ['Benchmark', every('cron(13 2 * * ? *)')],
        ...ifCanary(['Canary', every('cron(0/5 * * * ? *)')]),
        ['Optimize', every('cron(20 * * * ? *)')],
        ['Review', every('cron(41 2 * * ? *)')],
        ['Review', every('cron(17 3 ? * MON *)')],
      ]);
      for (const [, { Target }] of found) {
        expect(JSON.parse(Target.Input)).toMatchObject({ scheduledTime: '<aws.scheduler.scheduled-time>' });
      }
    });

    test('has an alarm on each thing that fails by itself, which tells the alerts topic when it begins and ends', () => {
      interface Properties {
        AlarmActions: Reference[];
        OKActions: Reference[];
        TreatMissingData: string;
        ComparisonOperator: string;
      }
      const alarms = app.ofType<Properties>('AWS::CloudWatch::Alarm');
      const whenNothingIsKnown = alarms.map(([id, { Properties }]) => [app.named(id), Properties.TreatMissingData]);
      const queues = app.ofType('AWS::SQS::Queue').map(([id]) => app.named(id));
      expect(Object.fromEntries(whenNothingIsKnown)).toEqual({
        ...{ MinuteJobSilent: 'breaching', AnalysisLate: 'notBreaching', AnalysisSlow: 'notBreaching' },
        ...(canary ? { CanaryFailing: 'breaching' } : {}),
        ...{ ApiFailing: 'notBreaching', FunctionsThrottled: 'notBreaching', TablesRefusing: 'notBreaching' },
        ...Object.fromEntries(queues.map((queue) => [queue.replace(/DeadLetters$/, 'GaveUp'), 'notBreaching'])),
      });
      for (const [, { Properties }] of alarms) {
        expect(Properties.AlarmActions.map(app.named)).toEqual(['Alerts']);
        expect(Properties.OKActions.map(app.named)).toEqual(['Alerts']);
      }
    });

    test('has a runbook for each alarm, which its description ends with', () => {
      const runbooks = readFileSync(new URL('../../docs/operations/alarms.md', import.meta.url), 'utf8');
      const headings = [...runbooks.matchAll(/^## (\w+)$/gm)].map(([, heading = '']) => heading);
      for (const [id, { Properties }] of app.ofType<{ AlarmDescription: string }>('AWS::CloudWatch::Alarm')) {
        const heading = app.named(id);
        expect(headings).toContain(heading);
        const ending = `. Runbook: docs/operations/alarms.md#${heading.toLowerCase()}`;
        expect(Properties.AlarmDescription.slice(-ending.length)).toBe(ending);
        const [, runbook = ''] = runbooks.split(`\n## ${heading}\n`);
        const [text = ''] = runbook.split('\n## ');
        for (const part of ['Means', 'Users notice', 'Look', 'Do', 'Resolves']) expect(text).toContain(`**${part}:**`);
      }
    });

    test('looks at few metrics, as each that an alarm looks at is paid for', () => {
      interface Properties {
        Namespace?: string;
        Metrics?: { MetricStat?: { Metric: { Namespace: string } } }[];
      }
      const looks = app
        .ofType<Properties>('AWS::CloudWatch::Alarm')
        .flatMap(([, { Properties }]) =>
          Properties.Namespace === undefined
            ? (Properties.Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Metric.Namespace ?? [])
            : [Properties.Namespace],
        );
      expect(looks).toHaveLength(canary ? 22 : 20);
      // The one that we pay for as such, and not only for being looked at.
      expect(looks.filter((namespace) => !namespace.startsWith('AWS/'))).toEqual(['Fleetpulse']);
    });

    test('has no dashboard in CloudWatch, which costs where three others are, unless it is asked for', () => {
      expect(app.ofType('AWS::CloudWatch::Dashboard')).toEqual([]);
    });

    test('lets expired items go', () => {
      const tables = app.ofType<{ TimeToLiveSpecification: unknown }>('AWS::DynamoDB::GlobalTable');
      expect(tables.map(([id]) => app.named(id)).sort()).toEqual(['Rollups', 'State']);
      for (const [, { Properties }] of tables)
        expect(Properties.TimeToLiveSpecification).toEqual({ AttributeName: 'ttl', Enabled: true });
    });

    test(keepsData ? 'protects its tables, and the precious one by backups' : 'leaves no table behind', () => {
      interface Replica {
        DeletionProtectionEnabled?: boolean;
        PointInTimeRecoverySpecification?: { PointInTimeRecoveryEnabled: boolean };
      }
      const tables = app.ofType<{ Replicas: Replica[] }>('AWS::DynamoDB::GlobalTable');
      const protection = tables.map(([id, { Properties, DeletionPolicy, UpdateReplacePolicy }]) => [
        app.named(id),
        {
          whenDeleted: DeletionPolicy,
          whenReplaced: UpdateReplacePolicy,
          deletionProtection: Properties.Replicas.map((replica) => replica.DeletionProtectionEnabled ?? false),
          pointInTimeRecovery: Properties.Replicas.map(
            (replica) => replica.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled ?? false,
          ),
        },
      ]);
      const policy = keepsData ? 'Retain' : 'Delete';
      const shared = { whenDeleted: policy, whenReplaced: policy, deletionProtection: [keepsData] };
      expect(Object.fromEntries(protection)).toEqual({
        State: { ...shared, pointInTimeRecovery: [keepsData] },
        Rollups: { ...shared, pointInTimeRecovery: [false] },
      });
    });

    test(keepsData ? 'backs up its Rollups each day, and keeps each backup for two weeks' : 'makes no backups', () => {
      interface Rule {
        Lifecycle: { DeleteAfterDays: number };
        ScheduleExpression: string;
        TargetBackupVault: Reference;
      }
      const plans = app.ofType<{ BackupPlan: { BackupPlanRule: Rule[] } }>('AWS::Backup::BackupPlan');
      const vaults = app.ofType('AWS::Backup::BackupVault');
      const selections = app.ofType<{
        BackupPlanId: Reference;
        BackupSelection: { IamRoleArn: Reference; Resources: Reference[] };
      }>('AWS::Backup::BackupSelection');
      const count = keepsData ? 1 : 0;
      expect([plans.length, vaults.length, selections.length]).toEqual([count, count, count]);
      for (const [planId, { Properties: plan }] of plans) {
        const [rule, ...more] = plan.BackupPlan.BackupPlanRule;
        expect(more).toEqual([]);
        expect(rule).toMatchObject({
          ScheduleExpression: 'cron(40 4 * * ? *)',
          Lifecycle: { DeleteAfterDays: 14 },
        });
        const [[vaultId, vault]] = vaults as [(typeof vaults)[number]];
        expect(app.target(rule!.TargetBackupVault)).toBe(vaultId);
        expect(vault).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
        const [[, { Properties: selection }]] = selections as [(typeof selections)[number]];
        expect(app.target(selection.BackupPlanId)).toBe(planId);
        expect(selection.BackupSelection.Resources.map(app.named).join()).toContain('Rollups');
        expect(app.grantsOf(app.target(selection.BackupSelection.IamRoleArn))).toEqual({
          Rollups: [
            'dynamodb:CreateBackup',
            'dynamodb:DescribeTable',
            'dynamodb:ListTagsOfResource',
            'dynamodb:StartAwsBackupJob',
          ],
          'Rollups/backup/*': ['dynamodb:DeleteBackup', 'dynamodb:DescribeBackup'],
          RollupsBackupVault: ['backup:DescribeBackupVault'],
        });
      }
    });

    test('routes events to ingest, history that is brought in, plans and tools to theirs, and everything else to query', () => {
      const integrations = new Map(app.ofType<{ IntegrationUri: Reference }>('AWS::ApiGatewayV2::Integration'));
      const routes = app
        .ofType<{ RouteKey: string; Target: Reference }>('AWS::ApiGatewayV2::Route')
        .map(([, { Properties }]) => {
          const integration = integrations.get(app.target(Properties.Target).replace('integrations/', ''));
          return [Properties.RouteKey, app.named(integration!.Properties.IntegrationUri)];
        });
      const toIngest = Object.values(ingestEndpoints).map(({ method, path }) => [`${method} ${path}`, 'Ingest']);
      const toHistory = Object.values(historyEndpoints).map(({ method, path }) => [`${method} ${path}`, 'History']);
      const toPlan = Object.values(planEndpoints).map(({ method, path }) => [`${method} ${path}`, 'Plan']);
      expect(Object.fromEntries(routes)).toEqual({
        ...Object.fromEntries([...toIngest, ...toHistory, ...toPlan]),
        'ANY /mcp': 'Mcp',
        'ANY /{proxy+}': 'Query',
      });
    });

    test('throttles the API, and logs who was answered what', () => {
      interface Stage {
        DefaultRouteSettings: unknown;
        AccessLogSettings: { DestinationArn: Reference; Format: string };
      }
      const stages = app.ofType<Stage>('AWS::ApiGatewayV2::Stage');
      expect(stages).toHaveLength(1);
      const [[, { Properties }]] = stages as [(typeof stages)[number]];
      expect(Properties.DefaultRouteSettings).toEqual(throttle);
      const groups = new Map(app.ofType<{ RetentionInDays?: number }>('AWS::Logs::LogGroup'));
      const group = groups.get(app.target(Properties.AccessLogSettings.DestinationArn));
      expect(group?.Properties.RetentionInDays).toBe(logDays);
      expect(JSON.parse(Properties.AccessLogSettings.Format)).toMatchObject({ status: '$context.status' });
    });

    test.each([
      { kind: 'topic', type: 'AWS::SNS::Topic', policy: 'AWS::SNS::TopicPolicy', denied: 'sns:Publish', count: 4 },
      { kind: 'queue', type: 'AWS::SQS::Queue', policy: 'AWS::SQS::QueuePolicy', denied: 'sqs:*', count: 6 },
    ])('takes messages for a $kind over TLS only', ({ type, policy, denied, count }) => {
      const refusing = app
        .ofType<{ PolicyDocument: PolicyDocument }>(policy)
        .flatMap(([, { Properties }]) =>
          Properties.PolicyDocument.Statement.filter(
            ({ Effect, Action, Condition }) =>
              Effect === 'Deny' &&
              [Action].flat().includes(denied) &&
              JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
          ).flatMap(({ Resource }) => [Resource].flat().map(app.target)),
        );
      const ids = app.ofType(type).map(([id]) => id);
      expect(ids).toHaveLength(count);
      expect(refusing.sort()).toEqual(ids.sort());
    });

    test('keeps the page in a bucket that only its distribution reads, over TLS only', () => {
      expect(app.ofType('AWS::S3::Bucket').map(([id, { Properties }]) => [app.named(id), Properties])).toContainEqual([
        'Page',
        expect.objectContaining(privateAndEncrypted),
      ]);
      const policies = app
        .ofType<{ Bucket: Reference; PolicyDocument: PolicyDocument }>('AWS::S3::BucketPolicy')
        .filter(([, { Properties }]) => app.named(Properties.Bucket) === 'Page');
      expect(policies.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)).toEqual([
        overTlsOnly,
        expect.objectContaining({
          Effect: 'Allow',
          Action: 's3:GetObject',
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Condition: { StringEquals: { 'AWS:SourceArn': expect.anything() } },
        }),
      ]);
    });

    test('serves page and API from one origin: the page under a strict policy, the API uncached and with its own host', () => {
      interface Behavior {
        PathPattern: string;
        TargetOriginId: string;
        AllowedMethods?: string[];
        CachePolicyId: string;
        OriginRequestPolicyId?: string;
        ViewerProtocolPolicy: string;
        ResponseHeadersPolicyId?: Reference;
      }
      interface Config {
        DefaultRootObject: string;
        DefaultCacheBehavior: Behavior;
        CacheBehaviors: Behavior[];
        Origins: { Id: string; S3OriginConfig?: unknown; CustomOriginConfig?: { OriginProtocolPolicy: string } }[];
      }
      const distributions = app.ofType<{ DistributionConfig: Config }>('AWS::CloudFront::Distribution');
      expect(distributions).toHaveLength(1);
      const [[, { Properties }]] = distributions as [(typeof distributions)[number]];
      const { DefaultRootObject, DefaultCacheBehavior, CacheBehaviors, Origins } = Properties.DistributionConfig;
      const originOf = ({ TargetOriginId }: Behavior) => Origins.find(({ Id }) => Id === TargetOriginId);

      expect(DefaultRootObject).toBe('index.html');
      expect(originOf(DefaultCacheBehavior)?.S3OriginConfig).toBeDefined();
      expect(DefaultCacheBehavior.ViewerProtocolPolicy).toBe('redirect-to-https');
      expect(CacheBehaviors.map(({ PathPattern }) => PathPattern)).toEqual([
        '/v1/*',
        '/openapi.json',
        '/metrics',
        '/mcp',
      ]);
      for (const behavior of CacheBehaviors) {
        expect(originOf(behavior)?.CustomOriginConfig?.OriginProtocolPolicy).toBe('https-only');
        expect(behavior.ViewerProtocolPolicy).toBe('https-only');
        expect(behavior.AllowedMethods).toContain('POST');
        // The ids of the managed policies CachingDisabled and AllViewerExceptHostHeader in the CloudFront documentation.
        expect(behavior.CachePolicyId).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad');
        expect(behavior.OriginRequestPolicyId).toBe('b689b0a8-53d0-40ab-baf2-68738e2966ac');
      }

      const policies = new Map(app.ofType('AWS::CloudFront::ResponseHeadersPolicy'));
      expect(policies.get(app.target(DefaultCacheBehavior.ResponseHeadersPolicyId!))?.Properties).toMatchObject({
        ResponseHeadersPolicyConfig: {
          SecurityHeadersConfig: {
            ContentSecurityPolicy: {
              ContentSecurityPolicy:
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
              Override: true,
            },
            ContentTypeOptions: { Override: true },
            FrameOptions: { FrameOption: 'DENY' },
            ReferrerPolicy: { ReferrerPolicy: 'no-referrer' },
            StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, IncludeSubdomains: true },
          },
        },
      });
    });

    test('tells the functions that keep or read history where it is and how long it lasts, and no others', () => {
      interface Properties {
        Environment?: { Variables: Record<string, Reference> };
      }
      const told = app.ofType<Properties>('AWS::Lambda::Function').flatMap(([id, { Properties }]) => {
        const { METRIC_STORE, HISTORY_DAYS } = Properties.Environment?.Variables ?? {};
        if (METRIC_STORE === undefined || HISTORY_DAYS === undefined) return [];
        return [[app.named(id), JSON.parse(app.spelt(METRIC_STORE)), JSON.parse(app.target(HISTORY_DAYS))]];
      });
      const [database] = app.ofType('AWS::Timestream::Database').map(([id]) => id);
      // The attribute Name: a Ref to a table would give the name of the database too.
      const table = (name: string) =>
        app.ofType('AWS::Timestream::Table').flatMap(([id]) => (app.named(id) === name ? [`${id}.Name`] : []))[0];
      const settings = {
        dynamodb: { kind: 'dynamodb' },
        timestream: {
          kind: 'timestream',
          database,
          tables: { minute: table('MinuteHistory'), hour: table('HourHistory'), day: table('DayHistory') },
        },
      };
      const days = { minute: 14, hour: 90, day: 400 };
      expect(told.sort()).toEqual([
        ['Analyze', settings[store], days],
        ['Benchmark', settings[store], days],
        ['History', settings[store], days],
        ['Mcp', settings[store], days],
        ['Optimize', settings[store], days],
        ['Query', settings[store], days],
        ['Review', settings[store], days],
      ]);
    });

    if (store === 'dynamodb') {
      test('has nothing of Timestream', () => {
        expect([...app.resources.values()].filter(({ Type }) => Type.startsWith('AWS::Timestream::'))).toEqual([]);
      });
      return;
    }

    test('keeps history by minute, hour and day, takes late records, and finds the records of a subject together', () => {
      const rejected = app.ofType('AWS::S3::Bucket').find(([id]) => app.named(id) === 'RejectedRecords')?.[0];
      const policy = keepsData ? 'Retain' : 'Delete';
      const tables = app.ofType<{ TableName?: string }>('AWS::Timestream::Table');
      const table = (prefix: string, days: string) => ({
        Properties: {
          DatabaseName: { Ref: app.ofType('AWS::Timestream::Database')[0]?.[0] },
          RetentionProperties: { MemoryStoreRetentionPeriodInHours: '6', MagneticStoreRetentionPeriodInDays: days },
          MagneticStoreWriteProperties: {
            EnableMagneticStoreWrites: true,
            MagneticStoreRejectedDataLocation: {
              S3Configuration: { BucketName: { Ref: rejected }, EncryptionOption: 'SSE_S3', ObjectKeyPrefix: prefix },
            },
          },
          Schema: {
            CompositePartitionKey: [{ Type: 'DIMENSION', Name: 'scope', EnforcementInRecord: 'OPTIONAL' }],
          },
          Tags: expect.anything(),
        },
        DeletionPolicy: policy,
        UpdateReplacePolicy: policy,
      });
      const found = tables.map(([id, { Properties, DeletionPolicy, UpdateReplacePolicy }]) => [
        app.named(id),
        { Properties, DeletionPolicy, UpdateReplacePolicy },
      ]);
      expect(Object.fromEntries(found)).toEqual({
        MinuteHistory: table('MinuteHistory', '14'),
        HourHistory: table('HourHistory', '90'),
        DayHistory: table('DayHistory', '400'),
      });
      expect(app.ofType('AWS::Timestream::Database').map(([, { DeletionPolicy }]) => DeletionPolicy)).toEqual([policy]);
    });

    test('keeps reports of refused records for a month, in a bucket without public access, over TLS only', () => {
      const [bucket] = app.ofType('AWS::S3::Bucket').filter(([id]) => app.named(id) === 'RejectedRecords');
      expect(bucket?.[1].Properties).toMatchObject({
        ...privateAndEncrypted,
        LifecycleConfiguration: { Rules: [{ ExpirationInDays: 30, Status: 'Enabled' }] },
      });
      const policies = app
        .ofType<{ Bucket: Reference; PolicyDocument: PolicyDocument }>('AWS::S3::BucketPolicy')
        .filter(([, { Properties }]) => app.named(Properties.Bucket) === 'RejectedRecords');
      const arn = { 'Fn::GetAtt': [bucket?.[0], 'Arn'] };
      const emptying = {
        Effect: 'Allow',
        Action: ['s3:DeleteObject*', 's3:GetBucket*', 's3:List*', 's3:PutBucketPolicy'],
        Resource: [arn, { 'Fn::Join': ['', [arn, '/*']] }],
      };
      expect(policies.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)).toEqual([
        overTlsOnly,
        ...emptiers.map(() => expect.objectContaining(emptying)),
      ]);
    });
  },
);

test.each([
  { context: { env: 'production' }, says: 'unknown environment "production": use -c env=dev | staging | prod' },
  {
    context: { env: 'dev', metricStore: 'influx' },
    says: 'unknown metric store "influx": use -c metricStore=auto | timestream | dynamodb',
  },
])('what is not known is refused, in one line that says what is: $context', ({ context, says }) => {
  expect(synth([context])).toEqual({ status: 1, output: `Error: ${says}\n` });
});

function expectAllAcknowledged({ pluginReports }: Report) {
  const packs = pluginReports.filter(({ pluginName }) => ['AwsSolutions', 'Serverless'].includes(pluginName));
  expect(packs.map(({ pluginName }) => pluginName).sort()).toEqual(['AwsSolutions', 'Serverless']);
  expect(pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  for (const { conclusion, suppressedViolations = [] } of packs) {
    expect(conclusion).toBe('success');
    // Each pack has something to say about this app: an empty list would mean that it did not run.
    expect(suppressedViolations).not.toEqual([]);
    for (const { ruleName, reason } of suppressedViolations) expect(reason, ruleName).toMatch(/\S+ \S+/);
  }
}
