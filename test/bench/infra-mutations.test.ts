import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { mutationsOf } from '../fixtures/template-mutations.ts';

vi.setConfig({ testTimeout: 600_000 });

const root = fileURLToPath(new URL('../..', import.meta.url));

test('whatever is drawn and taken out of the templates turns a test red, and with nothing taken out all are green', () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['bench/run.ts', 'infra-mutations', '--sample', '4', '--seed', '7'],
    { cwd: root, encoding: 'utf8' },
  );
  const lines = stdout.trim().split('\n');
  expect(lines.filter((line) => !/^(killed|accepted) /.test(line))).toEqual([
    expect.stringMatching(/^with nothing taken out all \d+ tests are green$/),
    expect.stringMatching(
      /^4 of \d+ taken out one at a time: \d+ killed, \d+ survived for a written reason, 0 survived$/,
    ),
  ]);
  expect(status).toBe(0);
});

test('each action and resource of a grant, variable, alarm action and resource is taken out by itself', () => {
  const template = () => ({
    Resources: {
      Policy12345678: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Action: ['a:Get', 'a:Put'], Resource: { 'Fn::GetAtt': ['Table12345678', 'Arn'] } },
            ],
          },
        },
      },
      Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmActions: [{ Ref: 'Topic' }, 'arn:aws:sns:::b'] } },
      Function: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: { A: '1', B: '2' } } } },
    },
  });
  const whole = JSON.stringify(template());
  const names = mutationsOf(template()).map(({ name }) => name);
  expect(names).toEqual([
    'Policy (AWS::IAM::Policy)',
    'Policy.PolicyDocument: a:Get, a:Put on Table.Arn: the statement',
    'Policy.PolicyDocument: a:Get, a:Put on Table.Arn.Action: a:Get',
    'Policy.PolicyDocument: a:Get, a:Put on Table.Arn.Action: a:Put',
    'Alarm (AWS::CloudWatch::Alarm)',
    'Alarm.AlarmActions: Topic',
    'Alarm.AlarmActions: arn:aws:sns:::b',
    'Function (AWS::Lambda::Function)',
    'Function.Environment.Variables.A',
    'Function.Environment.Variables.B',
  ]);
  const results = names.map((_name, index) => {
    const mutated = template();
    mutationsOf(mutated)[index]?.apply();
    return JSON.stringify(mutated);
  });
  expect(new Set(results).size).toBe(names.length);
  for (const result of results) expect(result.length).toBeLessThan(whole.length);
});
