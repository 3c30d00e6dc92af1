import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(`${root}/${file}`, 'utf8');

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, string | number>;
}

interface Job {
  needs?: string;
  environment?: string;
  permissions?: Record<string, string>;
  concurrency?: { 'cancel-in-progress': boolean };
  steps: Step[];
}

const { jobs, permissions }: { jobs: Record<string, Job>; permissions: Record<string, string> } = parse(
  read('examples/ci/github-actions-deploy.yml'),
);
const commandsOf = ({ steps }: Job) => steps.flatMap(({ run }) => run ?? []);

test('every command of the pipeline is one of npm, of package.json, or of a package that is installed', () => {
  const { scripts, devDependencies }: Record<string, Record<string, string>> = JSON.parse(read('package.json'));
  const commands = Object.values(jobs).flatMap(commandsOf);
  expect(commands.length).toBeGreaterThan(8);
  for (const command of commands) {
    const [program, ...words] = command.split(' ').filter((word) => word !== '-s');
    if (program === 'npx') {
      expect(words[0]).toBe('cdk');
      expect(devDependencies?.['aws-cdk']).toBeDefined();
      continue;
    }
    expect(program).toBe('npm');
    if (words[0] === 'ci') continue;
    expect(Object.keys(scripts ?? {})).toContain(words[0] === 'run' ? words[1] : words[0]);
  }
});

test('it deploys environments that are configured, without being asked, each after the one before', () => {
  const deployed = Object.entries(jobs).flatMap(([name, job]) =>
    commandsOf(job).flatMap((command) => {
      const [, env, rest] = /^npm run deploy -- (\w+)(.*)$/.exec(command) ?? [];
      return env === undefined ? [] : [{ name, env, rest, github: job.environment, needs: job.needs }];
    }),
  );
  expect(deployed).toEqual([
    { name: 'dev', env: 'dev', rest: ' --yes', github: 'dev', needs: 'check' },
    { name: 'prod', env: 'prod', rest: ' --yes', github: 'prod', needs: 'dev' },
  ]);
  for (const { env } of deployed) expect(existsSync(`${root}/infra/config/${env}.ts`)).toBe(true);
});

test('only the jobs that deploy get a token, no key of AWS is stored, and no deployment is cut short', () => {
  expect(permissions).toEqual({ contents: 'read' });
  for (const [name, { permissions: own, steps, concurrency }] of Object.entries(jobs)) {
    const isDeploying = steps.some(({ run }) => run?.startsWith('npm run deploy'));
    expect([name, own?.['id-token'] === 'write']).toEqual([name, isDeploying]);
    if (isDeploying) expect(concurrency?.['cancel-in-progress']).toBe(false);
    for (const { uses, with: given = {} } of steps) {
      if (!uses?.startsWith('aws-actions/')) continue;
      expect(Object.keys(given).sort()).toEqual(['aws-region', 'role-to-assume']);
    }
  }
});

interface Statement {
  Action: string | string[];
  Resource: string | string[];
  Condition: { StringEquals: Record<string, string> };
}

test('the role is for one repository, environment and branch, and has a wildcard only where an action takes no resource', () => {
  const [trust]: Statement[] = JSON.parse(read('examples/ci/trust-policy.json')).Statement;
  const provider = 'token.actions.githubusercontent.com';
  expect(trust?.Condition).toEqual({
    StringEquals: {
      [`${provider}:aud`]: 'sts.amazonaws.com',
      [`${provider}:sub`]: 'repo:OWNER/REPOSITORY:environment:ENV',
      [`${provider}:ref`]: 'refs/heads/main',
    },
  });
  const statements: Statement[] = JSON.parse(read('examples/ci/permissions-policy.json')).Statement;
  const onEverything = statements.filter(({ Resource }) => [Resource].flat().includes('*'));
  expect(onEverything.flatMap(({ Action }) => Action)).toEqual([
    ...['cloudformation:DescribeStacks', 'servicequotas:GetServiceQuota', 'timestream:DescribeEndpoints'],
  ]);
  expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
});
