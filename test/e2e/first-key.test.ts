import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAwsAccount } from '../fixtures/aws-account.ts';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';

let fleetpulse: Fleetpulse;
let aws: Awaited<ReturnType<typeof startAwsAccount>>;
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(Date.parse('2026-03-02T10:00:00Z'));
  aws = await startAwsAccount();
});
afterAll(async () => {
  await fleetpulse.stop();
  await aws.close();
});

/** The account is the stand-in, apart from its tables, which are those of the local cloud. */
function cli(args: string[], more: Record<string, string> = {}) {
  const { awsEndpoint, operatorCredentials, region } = fleetpulse.cloud;
  const env = {
    ...{ ...process.env, ...aws.env, AWS_ENDPOINT_URL_DYNAMODB: awsEndpoint, AWS_REGION: region },
    ...{
      AWS_ACCESS_KEY_ID: operatorCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: operatorCredentials.secretAccessKey,
    },
    ...more,
  };
  return promisify(execFile)(process.execPath, ['lib/cli/main.ts', 'keys', 'create', ...args], { env });
}

test('the first key of an environment is put into the table that its stack names, and opens the API', async () => {
  const table = fleetpulse.cloud.resources.tableNamed('State').name;
  aws.state.stacks = [
    { name: 'Fleetpulse-staging-State', status: 'CREATE_COMPLETE', outputs: { StateTableName: 'anothers' } },
    { name: 'Fleetpulse-dev-State', status: 'CREATE_COMPLETE', outputs: { StateTableName: table } },
  ];
  const { stdout } = await cli(['--env', 'dev', '--name', 'first', '--scopes', 'admin']);
  expect(stdout).toMatch(/^key "first" of system default \(admin\), id key_\w+, shown once:\nfp_[\w-]{43}\n$/);
  const key = stdout.trim().split('\n').at(-1) ?? '';
  const { status, body } = await fleetpulse.request('GET', '/v1/keys', { headers: { 'x-api-key': key } });
  expect(status).toBe(200);
  expect(body.keys).toContainEqual(
    expect.objectContaining({ name: 'first', scopes: ['admin'], createdBy: 'command line' }),
  );
});

test.each([
  {
    name: 'the environment is not deployed',
    stacks: [],
    says: /there is no stack Fleetpulse-dev-State in this account and region: deploy it \(npm run deploy -- dev\)/,
  },
  {
    name: 'its stack was deployed before it had the output',
    stacks: [{ name: 'Fleetpulse-dev-State', status: 'UPDATE_COMPLETE' }],
    says: /stack Fleetpulse-dev-State \(UPDATE_COMPLETE\) has no output StateTableName: deploy it again/,
  },
  {
    name: 'AWS refuses to show stacks',
    stacks: [],
    refusals: { DescribeStacks: { status: 403, code: 'AccessDenied', message: 'no cloudformation:DescribeStacks' } },
    says: /AWS refuses: no cloudformation:DescribeStacks: ask whoever administers the account/,
  },
  {
    name: 'the credentials are of nobody',
    stacks: [],
    refusals: { GetCallerIdentity: { status: 403, code: 'InvalidClientTokenId', message: 'invalid token' } },
    says: /AWS does not accept the credentials: invalid token: sign in/,
  },
])('no key is made where $name, and one line says what to do', async ({ stacks, says, refusals = {} }) => {
  Object.assign(aws.state, { stacks, refusals });
  const refused = cli(['--env', 'dev', '--name', 'first', '--scopes', 'admin']);
  await expect(refused).rejects.toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(says) });
});

test('no key is made without credentials, for an environment that nobody configured, or with limits', async () => {
  Object.assign(aws.state, { stacks: [], refusals: {} });
  const asked = aws.operations.length;
  const without = cli(['--env', 'dev', '--name', 'first'], { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
  await expect(without).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^there are no AWS credentials: /),
  });
  await expect(cli(['--env', 'production', '--name', 'first'])).rejects.toMatchObject({
    ...{ code: 2, stderr: 'unknown environment "production": use -c env=dev | staging | prod\n' },
  });
  await expect(cli(['--env', 'dev', '--name', 'first', '--pools', 'a'])).rejects.toMatchObject({
    ...{ code: 2, stderr: expect.stringMatching(/^--env and --table make the first key/) },
  });
  expect(aws.operations.length).toBe(asked);
});
