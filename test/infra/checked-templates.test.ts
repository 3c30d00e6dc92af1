import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

// The rules are loaded once, which takes a while.
vi.setConfig({ testTimeout: 120_000 });

const outdir = mkdtempSync(join(tmpdir(), 'fleetpulse-checked-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));
// What the app is synthesized with by everyone: its own settings.
const { context }: { context: Record<string, unknown> } = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../cdk.json', import.meta.url)), 'utf8'),
);

let told: string;
beforeEach(() => {
  told = '';
  vi.spyOn(console, 'error').mockImplementation((line) => {
    told += `${line}\n`;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** Synthesizes one stack with what is planted in it; what came of it. */
function synthWith(plant: (stack: Stack) => void): { fails: boolean; told: string } {
  const app = new App({ outdir, context });
  plant(new Stack(app, 'Planted'));
  try {
    app.synth();
  } catch (error) {
    return { fails: true, told: `${told}${String(error)}` };
  }
  return { fails: process.exitCode === 1, told };
}

describe('synth fails on a template', () => {
  test.each([
    {
      name: 'with a property that the resource has not',
      plant: (stack: Stack) =>
        new CfnResource(stack, 'Queue', { type: 'AWS::SQS::Queue', properties: { VisibilityTimeOut: 30 } }),
      says: /VisibilityTimeOut/,
    },
    {
      name: 'with a value of the wrong kind',
      plant: (stack: Stack) =>
        new CfnResource(stack, 'Queue', { type: 'AWS::SQS::Queue', properties: { VisibilityTimeout: 'long' } }),
      says: /VisibilityTimeout|integer/,
    },
    {
      name: 'with a type that there is not',
      plant: (stack: Stack) => new CfnResource(stack, 'Queue', { type: 'AWS::SQS::Queu', properties: {} }),
      says: /AWS::SQS::Queu/,
    },
    {
      name: 'that the rules only warn of, such as Timestream, which is closed to new accounts',
      plant: (stack: Stack) =>
        new CfnResource(stack, 'Database', { type: 'AWS::Timestream::Database', properties: {} }),
      says: /W3697/,
    },
  ])('$name', ({ plant, says }) => {
    const { fails, told } = synthWith((stack) => void plant(stack));
    expect(fails).toBe(true);
    expect(told).toMatch(says);
  });

  test('and not on one that is in order, or whose finding is acknowledged with a reason', () => {
    const { fails, told } = synthWith((stack) => {
      new Topic(stack, 'Topic');
      const database = new CfnResource(stack, 'Database', { type: 'AWS::Timestream::Database', properties: {} });
      Validations.of(database).acknowledge({ id: 'CloudFormation-Validate::W3697', reason: 'The account has it' });
    });
    expect({ fails, told }).toEqual({ fails: false, told: '' });
  });
});
