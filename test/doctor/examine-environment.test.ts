import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cloudAccount } from '../../lib/aws/operator-deps.ts';
import type { CheckedConfig, LocalCheckup } from '../../lib/doctor/checkup.ts';
import { examineEnvironment } from '../../lib/doctor/examine-environment.ts';
import { type AccountState, REGION, startAwsAccount } from '../fixtures/aws-account.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:Alerts';
const config: CheckedConfig = { metricStore: 'auto', throttle: { ratePerSecond: 500, burst: 1_000 } };
const checkup: LocalCheckup = {
  ...{ env: 'dev', nodeVersion: '24.21.0', config: { status: 'valid', config }, surroundingRegion: REGION },
};
const MINUTE_MS = 60_000;

let aws: Awaited<ReturnType<typeof startAwsAccount>>;
beforeEach(async () => {
  aws = await startAwsAccount();
  for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value);
  // What the machine of whoever tests has must not be found.
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN']) vi.stubEnv(name, undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

async function examine(account: Partial<AccountState> = {}, more: Partial<LocalCheckup> = {}) {
  Object.assign(aws.state, account);
  const found = await examineEnvironment({ ...checkup, ...more }, cloudAccount(REGION));
  return found.map(({ check, status, ...rest }) => ({ check, status, ...rest }));
}

const withConfig = (over: Partial<CheckedConfig>): Partial<LocalCheckup> => ({
  config: { status: 'valid', config: { ...config, ...over } },
});

test('an account that is prepared has nothing to say against a first deployment', async () => {
  const found = await examine();
  expect(found.map(({ check, status }) => `${check}: ${status}`)).toEqual([
    ...[
      'Node: ok',
      'configuration: ok',
      'region: ok',
      'credentials: ok',
      'clock: ok',
      'CDK bootstrap: ok',
      'Timestream: ok',
    ],
    ...['Lambda concurrency: ok', 'API Gateway throttle: ok', 'stacks: ok', 'subscriptions: skipped'],
  ]);
  expect(found).toContainEqual({
    ...{ check: 'Timestream', status: 'ok', says: expect.stringMatching(/closed .* KPI history is kept in DynamoDB$/) },
  });
  expect(found).toContainEqual({ check: 'stacks', status: 'ok', says: 'dev is not deployed yet' });
});

const stack = (status: string, reason?: string) => ({
  stacks: [{ name: 'Fleetpulse-dev-Alerts', status, ...(reason === undefined ? {} : { reason }) }],
});
const refuses = (operation: string, code: string, message: string) => ({
  refusals: { [operation]: { status: code === 'ThrottlingException' ? 400 : 403, code, message } },
});

interface Case {
  name: string;
  account?: Partial<AccountState>;
  given?: Partial<LocalCheckup>;
  check: string;
  status: 'failed' | 'warning';
  says: RegExp;
  fix: RegExp;
}

const cases: Case[] = [
  {
    name: 'an old Node',
    given: { nodeVersion: '20.11.1' },
    ...{
      check: 'Node',
      status: 'failed',
      says: /this is Node 20\.11\.1/,
      fix: /npm rebuild --ignore-scripts=false node/,
    },
  },
  {
    name: 'a configuration with a wrong field',
    given: { config: { status: 'invalid', because: 'infra/config/dev.ts is not valid: throttle.burst: too small' } },
    ...{ check: 'configuration', status: 'failed', says: /throttle\.burst/, fix: /npx cdk synth -q -c env=dev/ },
  },
  {
    name: 'no region anywhere',
    given: { surroundingRegion: undefined },
    ...{ check: 'region', status: 'failed', says: /^no region is set$/, fix: /export AWS_REGION=/ },
  },
  {
    name: 'another region in the surroundings than in the configuration',
    given: withConfig({ region: 'eu-west-1' }),
    ...{
      check: 'region',
      status: 'warning',
      says: /says eu-west-1, .* say eu-central-1/,
      fix: /export AWS_REGION=eu-west-1/,
    },
  },
  {
    name: 'credentials for another account',
    given: withConfig({ account: '999999999999' }),
    ...{
      check: 'credentials',
      status: 'failed',
      says: /for account 123456789012 .* says 999999999999/,
      fix: /AWS_PROFILE/,
    },
  },
  {
    name: 'expired credentials',
    account: refuses('GetCallerIdentity', 'ExpiredToken', 'The security token included in the request is expired'),
    ...{ check: 'credentials', status: 'failed', says: /have expired/, fix: /aws sso login/ },
  },
  {
    name: 'credentials that AWS does not know',
    account: refuses('GetCallerIdentity', 'InvalidClientTokenId', 'The security token is invalid'),
    ...{ check: 'credentials', status: 'failed', says: /does not accept the credentials/, fix: /AWS_PROFILE/ },
  },
  {
    name: 'a clock that is off beyond what signatures take',
    account: { aheadMs: 6 * MINUTE_MS },
    ...{ check: 'clock', status: 'failed', says: /36\d s|359 s/, fix: /timedatectl set-ntp true/ },
  },
  {
    name: 'a clock that is off by a minute',
    account: { aheadMs: -MINUTE_MS },
    ...{
      check: 'clock',
      status: 'warning',
      says: /(59|60|61) s ahead of that of AWS/,
      fix: /timedatectl set-ntp true/,
    },
  },
  {
    name: 'no CDK bootstrap',
    account: { parameters: {} },
    ...{
      check: 'CDK bootstrap',
      status: 'failed',
      says: /not bootstrapped/,
      fix: /^npx cdk bootstrap aws:\/\/123456789012\/eu-central-1$/,
    },
  },
  {
    name: 'an old CDK bootstrap',
    account: { parameters: { '/cdk-bootstrap/hnb659fds/version': '5' } },
    ...{ check: 'CDK bootstrap', status: 'failed', says: /in version 5, and 6 is needed/, fix: /^npx cdk bootstrap/ },
  },
  {
    name: 'a question that the credentials may not ask',
    account: refuses('GetParameter', 'AccessDeniedException', 'not authorized to perform: ssm:GetParameter'),
    ...{
      check: 'CDK bootstrap',
      status: 'warning',
      says: /^not known: AWS refuses: .*ssm:GetParameter/,
      fix: /allow that action/,
    },
  },
  {
    name: 'Timestream that is configured and closed',
    given: withConfig({ metricStore: 'timestream' }),
    ...{
      check: 'Timestream',
      status: 'failed',
      says: /closed/,
      fix: /metricStore to 'auto' or 'dynamodb' in infra\/config\/dev\.ts/,
    },
  },
  {
    name: 'Timestream that does not say',
    account: refuses('DescribeEndpoints', 'ThrottlingException', 'Rate exceeded'),
    ...{
      check: 'Timestream',
      status: 'warning',
      says: /^not known: ThrottlingException: Rate exceeded/,
      fix: /run it again/,
    },
  },
  {
    name: 'the concurrency of a new account',
    account: { quotas: { 'lambda/L-B99A9384': 10, 'apigateway/L-8A5B8E43': 10_000, 'apigateway/L-CDF5615A': 5_000 } },
    // 500 requests/s × 0.05 s, 20 long polls, 10 jobs
    ...{
      check: 'Lambda concurrency',
      status: 'warning',
      says: /^10 functions .* 55 are needed/,
      fix: /--quota-code L-B99A9384 --desired-value 1000$/,
    },
  },
  {
    name: 'a concurrency that Service Quotas does not know',
    account: { quotas: {} },
    ...{ check: 'Lambda concurrency', status: 'warning', says: /does not say/, fix: /L-B99A9384/ },
  },
  {
    name: 'a throttle above what the account may take',
    given: withConfig({ throttle: { ratePerSecond: 20_000, burst: 1_000 } }),
    account: {
      quotas: { 'lambda/L-B99A9384': 5_000, 'apigateway/L-8A5B8E43': 10_000, 'apigateway/L-CDF5615A': 5_000 },
    },
    ...{
      check: 'API Gateway throttle',
      status: 'warning',
      says: /ratePerSecond is 20000, .* 10000/,
      fix: /--quota-code L-8A5B8E43 --desired-value 20000$/,
    },
  },
  {
    name: 'a burst above that of the account',
    given: withConfig({ throttle: { ratePerSecond: 500, burst: 6_000 } }),
    ...{
      check: 'API Gateway throttle',
      status: 'warning',
      says: /burst is 6000, .* 5000/,
      fix: /throttle\.burst in infra\/config\/dev\.ts to 5000/,
    },
  },
  {
    name: 'a stack that could not be created',
    account: stack('ROLLBACK_COMPLETE', 'The following resource(s) failed to create: [Bus].'),
    ...{
      check: 'stacks',
      status: 'failed',
      says: /ROLLBACK_COMPLETE: .*\[Bus\]/,
      fix: /delete-stack --stack-name Fleetpulse-dev-Alerts/,
    },
  },
  {
    name: 'an update that was taken back',
    account: stack('UPDATE_ROLLBACK_COMPLETE'),
    ...{ check: 'stacks', status: 'warning', says: /last deployment was taken back/, fix: /describe-stack-events/ },
  },
  {
    name: 'an update that was taken back halfway',
    account: stack('UPDATE_ROLLBACK_FAILED'),
    ...{
      check: 'stacks',
      status: 'failed',
      says: /halfway/,
      fix: /continue-update-rollback --stack-name Fleetpulse-dev-Alerts/,
    },
  },
  {
    name: 'a stack that is deleted halfway',
    account: stack('DELETE_FAILED'),
    ...{ check: 'stacks', status: 'failed', says: /deleted halfway/, fix: /delete-stack/ },
  },
  {
    name: 'a deployment that is under way',
    account: stack('UPDATE_IN_PROGRESS'),
    ...{
      check: 'stacks',
      status: 'failed',
      says: /somebody is changing it/,
      fix: /wait until aws cloudformation describe-stacks/,
    },
  },
  {
    name: 'a topic that nobody is subscribed to',
    account: {
      stacks: [{ name: 'Fleetpulse-dev-Alerts', status: 'CREATE_COMPLETE', outputs: { AlertsTopicArn: TOPIC } }],
    },
    ...{
      check: 'subscriptions',
      status: 'warning',
      says: /nobody is subscribed/,
      fix: /aws sns subscribe --topic-arn arn:aws:sns:eu-central-1:123456789012:Alerts --protocol email/,
    },
  },
  {
    name: 'a subscription that nobody has confirmed',
    account: {
      stacks: [{ name: 'Fleetpulse-dev-Alerts', status: 'CREATE_COMPLETE', outputs: { AlertsTopicArn: TOPIC } }],
      subscriptions: [{ topicArn: TOPIC, protocol: 'email', endpoint: 'oncall@example.com', isConfirmed: false }],
    },
    ...{
      check: 'subscriptions',
      status: 'warning',
      says: /^oncall@example\.com \(email\) has not confirmed/,
      fix: /open the link .* sends it again$/,
    },
  },
];

test.each(cases)('$name is found, with what to do', async ({ account, given, check, status, says, fix }) => {
  const found = await examine(account, given);
  const wrong = found.filter((finding) => finding.status === 'failed' || finding.status === 'warning');
  expect(wrong).toContainEqual({ check, status, says: expect.stringMatching(says), fix: expect.stringMatching(fix) });
  expect(new Set(wrong.map((finding) => finding.check))).toEqual(new Set([check]));
});

describe('what is not asked', () => {
  test('nothing of the account while the credentials are wrong', async () => {
    const found = await examine({}, withConfig({ account: '999999999999' }));
    expect(aws.operations).toEqual(['GetCallerIdentity']);
    expect(found.at(-1)).toMatchObject({
      check: 'account',
      status: 'skipped',
      says: expect.stringMatching(/^CDK bootstrap, Timestream/),
    });
  });

  test('Timestream, where DynamoDB is configured', async () => {
    const found = await examine({}, withConfig({ metricStore: 'dynamodb' }));
    expect(found).toContainEqual({
      check: 'Timestream',
      status: 'skipped',
      says: expect.stringContaining('as configured'),
    });
    expect(aws.operations).not.toContain('DescribeEndpoints');
  });

  test('anything at all, without credentials, and the finding says how to get some', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    const found = await examine();
    expect(found).toContainEqual({
      ...{ check: 'credentials', status: 'failed', says: expect.stringMatching(/^there are no AWS credentials/) },
      fix: expect.stringMatching(/aws sso login/),
    });
    expect(found).toContainEqual({
      check: 'clock',
      status: 'skipped',
      says: expect.stringContaining('has not answered'),
    });
    expect(aws.operations).toEqual([]);
  });

  test('more than once, where AWS cannot be reached', async () => {
    await aws.close();
    const found = await examine();
    expect(found).toContainEqual({
      ...{
        check: 'credentials',
        status: 'failed',
        says: expect.stringMatching(/^AWS cannot be reached \(ECONNREFUSED\)/),
      },
      fix: expect.stringMatching(/aws sts get-caller-identity must answer/),
    });
  });
});

test('stacks of other environments do not count, and all pages of the list are read', async () => {
  const others = ['prod-State', 'prod-Ingest', 'staging-State'].map((name) => ({
    name: `Fleetpulse-${name}`,
    status: 'DELETE_FAILED',
  }));
  const found = await examine({ stacks: [...others, { name: 'Fleetpulse-dev-State', status: 'UPDATE_COMPLETE' }] });
  expect(found).toContainEqual({ check: 'stacks', status: 'ok', says: 'deployed and at rest: Fleetpulse-dev-State' });
});
