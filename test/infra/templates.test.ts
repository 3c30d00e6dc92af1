import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'fleetpulse-infra-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates are looked at field by field
  Properties: any;
  DeletionPolicy?: string;
}

/** Synthesizes without bundling, as only templates are looked at. */
function synth(context: Record<string, string>) {
  const outdir = join(directory, Object.values(context).join('-'));
  const defaults = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')).context;
  const run = spawnSync(process.execPath, ['infra/app.ts'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...defaults, 'aws:cdk:bundling-stacks': [], ...context }),
    },
  });
  return { outdir, status: run.status, output: `${run.stdout}${run.stderr}` };
}

function resourcesOf(outdir: string): Map<string, Resource> {
  const files = readdirSync(outdir).filter((file) => file.endsWith('.template.json'));
  return new Map(
    files.flatMap((file) => Object.entries<Resource>(JSON.parse(readFileSync(join(outdir, file), 'utf8')).Resources)),
  );
}

function ofType(resources: ReadonlyMap<string, Resource>, type: string): [string, Resource][] {
  return [...resources].filter(([, resource]) => resource.Type === type);
}

describe.each(['dev', 'staging', 'prod'])('the app in %s', (env) => {
  let resources: Map<string, Resource>;
  beforeAll(() => {
    const { outdir, status, output } = synth({ env, nag: 'true' });
    // A non-zero status is an unacknowledged finding of the policy checks, or of the CloudFormation rules.
    expect({ status, output: status === 0 ? '' : output }).toEqual({ status: 0, output: '' });
    resources = resourcesOf(outdir);
  });

  // Traces and the dead-letter queue are CDK's own grants.
  test('lets each function do exactly what it must', () => {
    const granted = ofType(resources, 'AWS::IAM::Policy')
      .filter(([id]) => /^(Ingest|Query|Notify|Analyze)/.test(id))
      .map(([id, { Properties }]) => [
        /^[A-Z][a-z]+/.exec(id)?.[0],
        Properties.PolicyDocument.Statement.flatMap((statement: { Action: string | string[] }) => statement.Action)
          .filter((action: string) => !/^(xray|sqs):/.test(action))
          .sort(),
      ]);
    expect(Object.fromEntries(granted)).toEqual({
      Ingest: ['dynamodb:GetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      Query: ['dynamodb:GetItem', 'dynamodb:Query'],
      Notify: ['dynamodb:GetItem', 'dynamodb:PutItem', 'sns:Publish'],
      Analyze: [
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
        'events:PutEvents',
      ],
    });
  });

  test('grants nothing with a wildcard but the upload of traces', () => {
    for (const [, { Properties }] of ofType(resources, 'AWS::IAM::Policy')) {
      for (const { Action, Resource } of Properties.PolicyDocument.Statement) {
        const actions: string[] = [Action].flat();
        if (actions.every((action) => action.startsWith('xray:'))) continue;
        expect(actions.filter((action) => action.includes('*'))).toEqual([]);
        expect([Resource].flat()).not.toContain('*');
      }
    }
    expect.hasAssertions();
  });

  test('runs every function on Node 24 on ARM, with JSON logs in a group of its own', () => {
    const functions = ofType(resources, 'AWS::Lambda::Function');
    expect(functions).toHaveLength(4);
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        LoggingConfig: { LogFormat: 'JSON', LogGroup: expect.anything() },
      });
    }
    for (const [, { Properties }] of ofType(resources, 'AWS::Logs::LogGroup')) {
      expect(Properties.RetentionInDays).toBeGreaterThan(0);
    }
  });

  test('keeps what an asynchronous function failed to do', () => {
    const configured = ofType(resources, 'AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => Properties);
    expect(configured).toHaveLength(2);
    for (const { MaximumRetryAttempts, DestinationConfig } of configured) {
      expect(MaximumRetryAttempts).toBeGreaterThan(0);
      expect(DestinationConfig.OnFailure.Destination).toBeDefined();
    }
  });

  test('runs the minute job every minute, for the minute that the schedule names', () => {
    const [[, schedule] = []] = ofType(resources, 'AWS::Scheduler::Schedule');
    expect(schedule?.Properties).toMatchObject({
      ScheduleExpression: 'cron(* * * * ? *)',
      ScheduleExpressionTimezone: 'Etc/UTC',
    });
    expect(JSON.stringify(schedule?.Properties.Target.Input)).toContain('<aws.scheduler.scheduled-time>');
  });

  test('lets expired items go, and keeps the precious ones in prod', () => {
    const tables = new Map(ofType(resources, 'AWS::DynamoDB::GlobalTable'));
    expect(tables.size).toBe(2);
    for (const [id, { Properties, DeletionPolicy }] of tables) {
      expect(Properties.TimeToLiveSpecification).toEqual({ AttributeName: 'ttl', Enabled: true });
      const [replica] = Properties.Replicas;
      expect(DeletionPolicy).toBe(env === 'prod' ? 'Retain' : 'Delete');
      expect(replica.DeletionProtectionEnabled ?? false).toBe(env === 'prod');
      const hasPointInTimeRecovery = replica.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled ?? false;
      expect(hasPointInTimeRecovery).toBe(env === 'prod' && id.startsWith('State'));
    }
  });

  test('throttles the API, logs its accesses, and routes events to ingest and the rest to query', () => {
    const routes = ofType(resources, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties.RouteKey);
    expect(routes.sort()).toEqual(['ANY /{proxy+}', 'POST /v1/events']);
    const [[, stage] = []] = ofType(resources, 'AWS::ApiGatewayV2::Stage');
    expect(stage?.Properties.DefaultRouteSettings.ThrottlingRateLimit).toBeGreaterThan(0);
    expect(stage?.Properties.AccessLogSettings.DestinationArn).toBeDefined();
  });
});

test('Timestream is made where it is chosen, and nowhere else', () => {
  const chosen = resourcesOf(synth({ env: 'dev', metricStore: 'timestream' }).outdir);
  expect(ofType(chosen, 'AWS::Timestream::Table')).toHaveLength(1);
  const others = resourcesOf(synth({ env: 'dev' }).outdir);
  expect(ofType(others, 'AWS::Timestream::Table')).toHaveLength(0);
});

test.each([
  { context: { env: 'production' }, says: 'unknown environment "production": use -c env=dev | staging | prod' },
  { context: { env: 'dev', metricStore: 'influx' }, says: 'unknown metric store "influx"' },
])('what is not known is refused by name: $context', ({ context, says }) => {
  const { status, output } = synth(context);
  expect(status).not.toBe(0);
  expect(output).toContain(says);
});
