import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TaskEvent, Tokens, WorkflowEvent } from '../../../lib/core/model/event.ts';
import { assembleWorkflows, OPEN_MS, type WorkflowInput } from '../../../lib/core/workflow/assemble-workflows.ts';
import { arbitraryTasks, taskOf, WORKFLOW_START_MS } from '../../fixtures/workflow-tasks.ts';

const LATER_MS = WORKFLOW_START_MS + 3_600_000;

function assemble(tasks: readonly TaskEvent[], more: Partial<WorkflowInput> = {}) {
  return assembleWorkflows({
    ...{ tasks, ends: [], poolOf: ({ agent }) => `pool of ${agent}`, readFromMs: 0, nowMs: LATER_MS },
    ...more,
  });
}

function endOf([from, to]: [number, number], more: Partial<WorkflowEvent> = {}): WorkflowEvent {
  return {
    type: 'workflow',
    workflow: 'w',
    workflowType: 'order',
    status: 'completed',
    startedAtMs: WORKFLOW_START_MS + from,
    endedAtMs: WORKFLOW_START_MS + to,
    ...more,
  };
}

function tokens(input: number, output: number): Tokens {
  return { input, cachedInput: 0, cacheWrite: 0, output, reasoning: 0 };
}

test('a workflow sums up its tasks, each once, and tells what retries took', () => {
  const second = taskOf('b', [200, 300], { attempt: 2, costNanoUsd: 3, tokens: tokens(2, 0), parent: 'a' });
  const tasks = [
    taskOf('a', [0, 400], { costNanoUsd: 10, tokens: tokens(5, 1) }),
    taskOf('b', [100, 150], { status: 'failed', costNanoUsd: 2, parent: 'a' }),
    second,
    second,
    taskOf('elsewhere', [0, 400], { workflow: 'v', costNanoUsd: 1_000 }),
    { ...taskOf('alone', [0, 400]), workflow: undefined } as unknown as TaskEvent,
  ];
  expect(assemble(tasks)).toMatchObject([
    {
      ...{ workflow: 'w', costNanoUsd: 15, tokens: tokens(7, 1), retries: { count: 1, costNanoUsd: 3 } },
      ...{ depth: 2, orphans: 0, agents: ['agent-a', 'agent-b'], pools: ['pool of agent-a', 'pool of agent-b'] },
      ...{ startUs: WORKFLOW_START_MS * 1_000, endUs: (WORKFLOW_START_MS + 400) * 1_000 },
    },
    { workflow: 'v', costNanoUsd: 1_000, tokens: null, retries: { count: 0, costNanoUsd: null } },
  ]);
});

test('the end that was told decides type, status and times; of several the latest', () => {
  const ends = [endOf([-50, 900], { status: 'failed' }), endOf([-50, 700])];
  for (const told of [ends, ends.toReversed()]) {
    expect(assemble([taskOf('a', [0, 400], { taskType: 'other' })], { ends: told })).toMatchObject([
      {
        ...{ workflowType: 'order', status: 'failed', isDerived: false },
        ...{ startUs: (WORKFLOW_START_MS - 50) * 1_000, endUs: (WORKFLOW_START_MS + 900) * 1_000 },
      },
    ]);
  }
  expect(assemble([], { ends })).toMatchObject([{ status: 'failed', tasks: [], depth: 0, costNanoUsd: null }]);
});

describe('without an end that was told', () => {
  const soon = { nowMs: WORKFLOW_START_MS + 400 + OPEN_MS - 1 };
  test.each([
    { name: 'it is open while a task has ended lately', tasks: [taskOf('a', [0, 400])], more: soon, status: 'open' },
    {
      name: 'it is over when no task has ended for five minutes',
      tasks: [taskOf('a', [0, 400])],
      more: { nowMs: WORKFLOW_START_MS + 400 + OPEN_MS },
      status: 'completed',
    },
    {
      name: 'it is over when its root task is, which has its id',
      tasks: [taskOf('w', [0, 400]), taskOf('a', [0, 100], { parent: 'w' })],
      more: soon,
      status: 'completed',
    },
    {
      name: 'what fails below the root does not fail it',
      tasks: [taskOf('w', [0, 400]), taskOf('a', [0, 100], { parent: 'w', status: 'failed' })],
      status: 'completed',
    },
    { name: 'its root task fails it', tasks: [taskOf('w', [0, 400], { status: 'timeout' })], status: 'failed' },
    {
      name: 'a task without a parent fails it',
      tasks: [taskOf('a', [0, 400], { status: 'failed' }), taskOf('b', [400, 500])],
      status: 'failed',
    },
    {
      name: 'but not when a later attempt went well',
      tasks: [taskOf('a', [0, 400], { status: 'failed' }), taskOf('a', [400, 500], { attempt: 2 })],
      status: 'completed',
    },
  ])('$name', ({ tasks, more, status }) => {
    expect(assemble(tasks, more)).toMatchObject([{ status, isDerived: status !== 'open' }]);
  });

  test('its type is the task type of its root, or of all that have no parent, if that is one', () => {
    const child = taskOf('b', [0, 100], { parent: 'a', taskType: 'other' });
    const typeOf = (...tasks: TaskEvent[]) => assemble(tasks)[0]?.workflowType;
    expect(typeOf(taskOf('a', [0, 400], { taskType: 'answer' }), child)).toBe('answer');
    expect(typeOf(taskOf('a', [0, 400], { taskType: 'answer' }), taskOf('c', [0, 1], { taskType: 'x' }))).toBe(
      'default',
    );
    expect(typeOf(taskOf('w', [0, 400], { taskType: 'answer' }), taskOf('c', [0, 1], { taskType: 'x' }))).toBe(
      'answer',
    );
  });
});

test('it is truncated where tasks of it may have ended before what was read', () => {
  const isTruncated = (tasks: TaskEvent[], more: Partial<WorkflowInput>) => assemble(tasks, more)[0]?.isTruncated;
  const [task, root] = [taskOf('a', [0, 400]), taskOf('w', [0, 400])];
  const readFromMs = WORKFLOW_START_MS;
  expect(isTruncated([task], { readFromMs, ends: [endOf([-1, 400])] })).toBe(true);
  expect(isTruncated([task], { readFromMs, ends: [endOf([0, 400])] })).toBe(false);
  expect(isTruncated([root], { readFromMs: readFromMs + 1 })).toBe(true);
  expect(isTruncated([root], { readFromMs })).toBe(false);
  // One that ended within five minutes before would have kept it open.
  expect(isTruncated([task], { readFromMs: readFromMs - OPEN_MS + 1 })).toBe(true);
  expect(isTruncated([task], { readFromMs: readFromMs - OPEN_MS })).toBe(false);
});

test('nothing depends on the order in which tasks and ends are given', () => {
  const known = (tasks: readonly TaskEvent[]) =>
    assemble(tasks, { nowMs: WORKFLOW_START_MS + 30 }).map(({ tasks: nodes, path, ...rest }) => ({
      ...rest,
      tasks: nodes.map(({ parent, ...node }) => ({ ...node, parent: parent?.event })),
      path: path.map(({ task, ...segment }) => ({ ...segment, task: task?.event })),
    }));
  fc.assert(
    fc.property(arbitraryTasks(), (tasks) => {
      expect(known(tasks.toReversed())).toEqual(known(tasks));
    }),
  );
});

describe('time grows with the number of tasks, whatever they are like', () => {
  const chained = (n: number, at: (i: number) => TaskEvent) => Array.from({ length: n }, (_, i) => at(i));
  const spread = (i: number, step: number, length: number): [number, number] => [i * step, i * step + length];
  const shapes: { name: string; at: (i: number) => TaskEvent }[] = [
    { name: 'a chain of parents', at: (i) => taskOf(`t${i}`, spread(i, 1, 1), { parent: `t${i - 1}` }) },
    { name: 'one inside the other', at: (i) => taskOf(`t${i}`, [i, 100_000 - i], { parent: `t${i - 1}` }) },
    { name: 'all below one', at: (i) => taskOf(`t${i}`, spread(i, 1, 50), i === 0 ? {} : { parent: 't0' }) },
    { name: 'attempts at one task', at: (i) => taskOf('t', spread(i, 2, 1), { attempt: i + 1, parent: 't' }) },
    {
      name: 'one id, and parents of that id',
      at: (i) => taskOf(i % 2 ? `c${i}` : 't', spread(i, 1, 9), { parent: 't' }),
    },
    { name: 'all ending together', at: (i) => taskOf(`t${i}`, [i, 50_000 + (i % 7)]) },
    {
      name: 'stairs: each goes on after the one above',
      at: (i) => taskOf(`t${i}`, spread(i, 1, 20_000), { parent: `t${i - 1}` }),
    },
    { name: 'a circle', at: (i) => taskOf(`t${i}`, spread(i, 1, 9), { parent: `t${(i + 1) % 10_000}` }) },
    { name: 'a workflow each', at: (i) => taskOf(`t${i}`, spread(i, 1, 9), { workflow: `w${i}` }) },
  ];
  test.each(shapes)('$name', ({ at }) => {
    const tasks = chained(10_000, at);
    const startedMs = performance.now();
    const workflows = assemble(tasks);
    const tookMs = performance.now() - startedMs;
    expect(workflows.reduce((sum, { tasks: own }) => sum + own.length, 0)).toBe(10_000);
    // 30 to 150 ms on a busy core; work that grows with the square would take many seconds.
    expect(tookMs).toBeLessThan(2_000);
  });
});
