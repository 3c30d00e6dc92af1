import { readFileSync } from 'node:fs';
import { type Allocation, allocate as plan } from '../core/optimize/allocate.ts';
import type { AllocationProblem } from '../core/optimize/allocation-problem.ts';
import type { LinearSolver } from '../core/optimize/linear-program.ts';
import { readProblem } from '../core/optimize/read-problem.ts';
import { CommandError } from './command-error.ts';
import { allocateCommand } from './commands/allocate.ts';
import { readCommand } from './read-command.ts';
import { tableLines } from './table.ts';

/** Where a problem comes from and a plan goes. */
export interface AllocateStreams {
  /** Read when no file is named. */
  input: AsyncIterable<Uint8Array>;
  print: (text: string) => void;
  /** For a person. */
  tell: (line: string) => void;
  loadSolver: () => Promise<LinearSolver>;
}

/**
 * `cli allocate PROBLEM.json`: who should do how much of what, with how many agents. The plan is printed as JSON, and told as a table.
 * @returns the status of the plan
 * @throws CommandError when the problem cannot be read, with all that is wrong in it
 */
export async function allocate(
  args: string[],
  { input, print, tell, loadSolver }: AllocateStreams,
): Promise<Allocation['status']> {
  const { file, isJson, timeLimitS, relativeGap } = readArgs(args);
  const problem = readProblemText(file === null ? await textOf(input) : readText(file), file ?? 'standard input');
  const allocation = plan(problem, await loadSolver(), { timeLimitS, relativeGap });
  if (!isJson) for (const line of planLines(problem, allocation)) tell(line);
  print(JSON.stringify(allocation, null, 2));
  return allocation.status;
}

function readArgs(args: string[]) {
  const { operands, options: values } = readCommand(allocateCommand, args);
  const { problem: file = '-' } = operands;
  const timeLimitS = Number(values['time-limit']);
  if (!(timeLimitS > 0 && timeLimitS <= 3_600)) {
    throw new CommandError(`--time-limit takes seconds, above 0 and at most 3600; got ${values['time-limit']}`);
  }
  const relativeGap = Number(values.gap);
  if (values.gap.trim() === '' || !(relativeGap >= 0 && relativeGap < 1)) {
    throw new CommandError(`--gap takes a share from 0 to below 1, such as 0.01; got ${values.gap}`);
  }
  return { file: file === '-' ? null : file, isJson: values.json, timeLimitS, relativeGap };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function textOf(input: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of input) text += decoder.decode(bytes, { stream: true });
  return text + decoder.decode();
}

function readProblemText(text: string, from: string): AllocationProblem {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${from} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const read = readProblem(value);
  if (read.status === 'read') return read.problem;
  const count = read.faults.length === 1 ? 'one fault' : `${read.faults.length} faults`;
  const faults = read.faults.map(({ path, message }) => `  ${path}: ${message}`);
  throw new CommandError(`${from}: ${count}\n${faults.join('\n')}`);
}

/** A plan as a person reads it. */
function planLines({ taskTypes }: AllocationProblem, allocation: Allocation): string[] {
  const { status, source, costPerHourUsd, gap, counts, utilization, shares, unserved, explanation, duals } = allocation;
  const off = gap === null ? '' : `, at most ${percent(gap)} above the least`;
  const lines = [`${status} (${source}): ${costPerHourUsd.toFixed(2)} USD/h for agents and tokens${off}`, ''];
  const busyOf = new Map(utilization.map((it) => [it.agent, it]));
  lines.push(
    ...tableLines(
      ['pool', 'agent', 'now', 'planned', 'utilization', 'at most'],
      counts.map(({ pool, agent, now, count }) => [
        ...[pool, agent, String(now), String(count)],
        ...[percent(busyOf.get(agent)?.utilization ?? null), percent(busyOf.get(agent)?.maxUtilization ?? null)],
      ]),
      (column) => column >= 2,
    ),
    '',
  );
  const leftOf = new Map(unserved.map((it) => [it.taskType, it]));
  lines.push(
    ...tableLines(
      ['task type', 'tasks/min', 'unserved', 'by'],
      taskTypes.map(({ id, demandPerMin }) => {
        const own = shares.filter(({ taskType }) => taskType === id).sort((a, b) => b.tasksPerMin - a.tasksPerMin);
        const by = own.map(({ agent, step, tasksPerMin }) => {
          const how = [agent, step].filter((it) => it !== null && it !== undefined).join(' as ');
          return `${how} ${percent(tasksPerMin / demandPerMin)}`;
        });
        return [id, demandPerMin.toFixed(1), percent(leftOf.get(id)?.share ?? 0), by.join(', ')];
      }),
      (column) => column === 1 || column === 2,
    ),
  );
  if (explanation.length > 0) lines.push('', ...explanation.map(({ path, message }) => `! ${path}: ${message}`));
  if (duals.length > 0) lines.push('', ...duals.map(({ words }) => words));
  return lines;
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(1)} %`;
}
