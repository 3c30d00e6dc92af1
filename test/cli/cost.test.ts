import { expect, test } from 'vitest';
import { CommandError } from '../../lib/cli/command-error.ts';
import { cost } from '../../lib/cli/cost.ts';

function run(...args: string[]): string[] {
  const lines: string[] = [];
  cost(args, { assemblyDirectory: 'no-such-folder', print: (line) => lines.push(line) });
  return lines;
}

test('a fleet is told line by line, with what it costs idle and elsewhere', () => {
  const lines = run('--agents', '10000');
  expect(lines[0]).toMatch(/^prod, 10,000 agents, 1 task types with 2 tasks a minute each, 25 agents a host/);
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
