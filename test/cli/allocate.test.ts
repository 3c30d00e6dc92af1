import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { allocate } from '../../lib/cli/allocate.ts';
import { CommandError } from '../../lib/cli/command-error.ts';
import type { AllocationPlan } from '../../lib/core/optimize/allocation-plan.ts';
import { checkPlan } from '../../lib/core/optimize/check-plan.ts';
import { settleProblem } from '../../lib/core/optimize/settle-problem.ts';
import { loadLinearSolver } from '../../lib/highs/linear-solver.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const example = `${root}examples/plans/support-desk.json`;

/** What `cli allocate` answers, prints and tells, with a text on standard input. */
async function allocated(args: string[], text = '') {
  const [printed, told]: [string[], string[]] = [[], []];
  async function* input() {
    yield new TextEncoder().encode(text);
  }
  const status = await allocate(args, {
    input: input(),
    print: (it) => printed.push(it),
    tell: (line) => told.push(line),
    loadSolver: loadLinearSolver,
  });
  return { status, plan: JSON.parse(printed.join('')) as AllocationPlan, told: told.join('\n') };
}

test('the example is planned at its best, within all of its limits, and told as a table', async () => {
  const { status, plan, told } = await allocated([example]);
  expect(status).toBe('optimal');
  expect(checkPlan(settleProblem(JSON.parse(readFileSync(example, 'utf8'))), plan)).toEqual([]);
  expect(told).toMatch(/^optimal \(solver\): \d+\.\d\d USD\/h for agents and tokens/);
  expect(told).toMatch(/one more agent in pool front/);
});

test('the same from standard input, without words for a person', async () => {
  const fromFile = await allocated([example, '--json']);
  expect(fromFile.told).toBe('');
  expect(await allocated(['--json'], readFileSync(example, 'utf8'))).toEqual(fromFile);
});

describe('what cannot be read is refused', () => {
  test.each([
    { name: 'a file that is not there', args: ['no-such.json'], message: 'no-such.json cannot be read' },
    { name: 'two files', args: ['a.json', 'b.json'], message: 'allocate takes one problem' },
    { name: 'no JSON', args: [], text: '{', message: 'standard input is not JSON' },
    {
      name: 'faults, all of them',
      args: [],
      text: '{"agents": [{}]}',
      message: /6 faults\n {2}agents\[0\]\.id: is missing\n/,
    },
    { name: 'no time', args: ['--time-limit', '0'], message: '--time-limit takes seconds, above 0' },
    { name: 'a gap of everything', args: ['--gap', '1'], message: '--gap takes a share from 0 to below 1' },
  ])('$name', async ({ args, text = '', message }) => {
    const refused = await allocated(args, text).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CommandError);
    expect((refused as Error).message).toMatch(message);
  });
});

test('as a program: a plan that breaks a limit is written, and the exit code is 1', async () => {
  const problem = {
    agents: [{ id: 'a', pool: 'p', count: { now: 2 }, costPerHourUsd: 1, skills: { t: { serviceMs: 1_000 } } }],
    taskTypes: [{ id: 't', demandPerMin: 5 }],
    budgetUsdPerHour: 1,
  };
  const running = promisify(execFile)(process.execPath, [`${root}lib/cli/main.ts`, 'allocate']);
  running.child.stdin?.end(JSON.stringify(problem));
  const { code, stdout, stderr } = (await running.catch(
    (error: { code: number; stdout: string; stderr: string }) => error,
  )) as {
    code?: number;
    stdout: string;
    stderr: string;
  };
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'infeasible', shares: [{ taskType: 't', agent: 'a' }] });
  expect(stderr).toContain('! budgetUsdPerHour: 1.00 USD/h do not pay for the fewest agents allowed');
});
