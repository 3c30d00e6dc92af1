import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defineEnvironment } from '../../infra/config/environment-config.ts';
import { prod } from '../../infra/config/prod.ts';
import { CommandError } from '../../lib/cli/command-error.ts';
import { cost } from '../../lib/cli/cost.ts';

function run(...args: string[]): string[] {
  const lines: string[] = [];
  cost(args, { assemblyDirectory: 'no-such-folder', print: (line) => lines.push(line) });
  return lines;
}

test('a fleet is told line by line, with what it costs idle and elsewhere', () => {
  const lines = run('--agents', '10000');
  expect(lines[0]).toMatch(/^prod, 10,000 agents, 1 task type with 2 tasks a minute each, 25 agents a host/);
  for (const item of [
    'API Gateway',
    'Lambda Ingest, time',
    'DynamoDB writes, Analyze',
    'DynamoDB storage',
    'Alarms',
    'total',
  ]) {
    expect(lines.filter((line) => line.startsWith(item))).toHaveLength(1);
  }
  const total = /^total\s+([\d.]+)\s+([\d.]+)$/.exec(lines.find((line) => line.startsWith('total')) ?? '');
  expect(Number(total?.[1])).toBeGreaterThan(Number(total?.[2]));
  const sumOf = (name: string) => {
    const [, busy, idle] = new RegExp(`^${name}\\s+(-?[\\d.]+)\\s+(-?[\\d.]+)$`, 'm').exec(lines.join('\n')) ?? [];
    return [Number(busy), Number(idle)] as const;
  };
  const [allowances, toPay] = [sumOf('allowances of the account'), sumOf('to pay in an account with nothing else')];
  for (const column of [0, 1] as const) {
    expect(allowances[column]).toBeLessThan(0);
    expect(toPay[column]).toBeCloseTo(Number(total?.[column + 1]) + allowances[column], 1);
  }
  expect(sumOf('the total at three task types')[0]).toBeGreaterThan(Number(total?.[1]));
  expect(lines.filter((line) => /^(CloudWatch|Datadog|Langfuse)/.test(line))).toHaveLength(3);
  expect(lines.join('\n')).toContain('not read off the pages of AWS');
});

test('as JSON it says what it rests on', () => {
  const told = JSON.parse(run('--agents', '1000', '--task-types', '3', '--json').join('\n'));
  expect(told).toMatchObject({
    env: 'prod',
    load: { agents: 1_000, taskTypes: 3, agentsPerHost: 25 },
    pricesVerified: false,
  });
  expect(told.idle.totalUsd).toBeLessThan(told.totalUsd);
  expect(told.atThreeTaskTypes).toEqual({ totalUsd: told.totalUsd, toPayUsd: told.toPayUsd });
  for (const cost of [told, told.idle]) {
    const allowed = cost.allowances.reduce((sum: number, { usd }: { usd: number }) => sum + usd, 0);
    expect(cost.toPayUsd).toBeCloseTo(cost.totalUsd + allowed, 9);
    expect(cost.allowances).toContainEqual({ price: 'alarmMetrics', quantity: 10, usd: -1 });
  }
});

test('after the total stands what provisioned capacity would make of it, with the setting to write, where that is cheaper', () => {
  const lines = run('--agents', '10000', '--batch', '1', '--flush', '10');
  const at = lines.findIndex((line) => /^total\s/.test(line));
  const usd = /^the total with provisioned capacity\s+([\d.]+)\s+([\d.]+)$/.exec(lines[at + 1] ?? '');
  const told = JSON.parse(run('--agents', '10000', '--batch', '1', '--flush', '10', '--json').join('\n'));
  const { tableCapacity, totalUsd, idle } = told.withProvisionedCapacity;
  expect([usd?.[1], usd?.[2]]).toEqual([totalUsd.toFixed(2), idle.totalUsd.toFixed(2)]);
  expect(totalUsd).toBeLessThan(told.totalUsd);
  const setting = /write tableCapacity: (\{.*\}) to infra\/config\/prod\.ts/.exec(lines.join('\n'))?.[1] ?? '';
  const written = JSON.parse(setting.replaceAll(/(\w+):/g, '"$1":'));
  expect(written).toEqual(tableCapacity);
  // As the environment takes it.
  expect(defineEnvironment({ ...prod, tableCapacity: written }).tableCapacity).toEqual(tableCapacity);
});

test('where it is no cheaper nothing is said of it', () => {
  expect(run('--agents', '10').join('\n')).not.toContain('provisioned');
  expect(JSON.parse(run('--agents', '10', '--json').join('\n')).withProvisionedCapacity).toBeNull();
});

test('an environment that has too little capacity is told so, by the templates that were synthesized', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fleetpulse-cost-'));
  const scaled = (min: number, max: number) => ({
    ...{ MinCapacity: min, MaxCapacity: max, SeedCapacity: min },
    TargetTrackingScalingPolicyConfiguration: { TargetValue: 70 },
  });
  const table = {
    Type: 'AWS::DynamoDB::GlobalTable',
    Properties: {
      BillingMode: 'PROVISIONED',
      WriteProvisionedThroughputSettings: { WriteCapacityAutoScalingSettings: scaled(1, 2) },
      Replicas: [{ ReadProvisionedThroughputSettings: { ReadCapacityAutoScalingSettings: scaled(10, 20) } }],
    },
  };
  const schedule = {
    Type: 'AWS::Scheduler::Schedule',
    Properties: { Target: { Arn: { 'Fn::GetAtt': ['Optimize0A1B2C3D', 'Arn'] } } },
  };
  try {
    const Resources = { Rollups0A1B2C3D: table, EveryHour: schedule };
    writeFileSync(join(directory, 'Fleetpulse-dev-State.template.json'), JSON.stringify({ Resources }));
    const lines: string[] = [];
    const print = (line: string) => lines.push(line);
    cost(['--agents', '10000', '--env', 'dev'], { assemblyDirectory: directory, print });
    const told = lines.join('\n');
    expect(told).toMatch(/^DynamoDB write capacity, Rollups +1,460 +hours of a write capacity unit +0\.95 +0\.47$/m);
    expect(told).toMatch(
      /^tableCapacity\.rollups\.write\.max is 2, too little: the mean load needs \d+ at its target/m,
    );
    expect(told).toMatch(/^tableCapacity\.rollups\.read\.min is 10, too little: scheduled jobs .* of \d+ at once/m);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test('a fleet of three task types is asked for by name, and then told once', () => {
  const several = run('--agents', '1000', '--task-types', '3').join('\n');
  expect(several).not.toContain('at three task types');
  const told = JSON.parse(run('--agents', '1000', '--json').join('\n'));
  expect(several).toMatch(new RegExp(`^total\\s+${told.atThreeTaskTypes.totalUsd.toFixed(2)}\\s`, 'm'));
});

test('smaller batches and shorter flushes cost more', () => {
  const totalOf = (...args: string[]) => JSON.parse(run('--agents', '1000', ...args, '--json').join('\n')).totalUsd;
  const usual = totalOf();
  expect(totalOf('--flush', '10')).toBeGreaterThan(usual);
  expect(totalOf('--batch', '1', '--flush', '10')).toBeGreaterThan(2 * usual);
});

test.each([
  { args: [], message: /cost needs --agents N/ },
  { args: ['--agents', 'many'], message: /--agents takes a whole number from 0 to 1000000; got many/ },
  { args: ['--agents', '10', '--batch', '0'], message: /--batch takes a whole number from 1/ },
  { args: ['--agents', '10', '--env', 'test'], message: /--env takes dev, staging or prod; got test/ },
  { args: ['--agents', '10', '--region', 'eu-central-1'], message: /prices of eu-central-1 are not known here/ },
])('$args is refused with what it takes', ({ args, message }) => {
  expect(() => run(...args)).toThrow(CommandError);
  expect(() => run(...args)).toThrow(message);
});
