import { describe, expect, test } from 'vitest';
import type { SpanEvent, Tokens } from '../../../lib/core/model/event.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import { assembleRuns, GIVE_UP_MINUTES } from '../../../lib/core/trace/assemble-runs.ts';
import { SpanIndex } from '../../../lib/core/trace/span-index.ts';

const MINUTE = 29_000_000;
const START_MS = MINUTE * MINUTE_MS;

function tokens(input: number, output = 0): Tokens {
  return { input, cachedInput: 0, cacheWrite: 0, output, reasoning: 0 };
}

/** A span "parent/own" that runs from..to, in ms after the start. */
function span(
  path: string,
  role: SpanEvent['role'],
  [from, to]: [number, number],
  more: Partial<SpanEvent> = {},
): SpanEvent {
  const [parent, own] = path.includes('/') ? (path.split('/') as [string, string]) : [undefined, path];
  return {
    type: 'span',
    role,
    agent: role === 'agent' ? 'svc/a' : 'svc',
    trace: 'trace',
    span: own,
    ...(parent === undefined ? {} : { parentSpan: parent }),
    startedAtMs: START_MS + from,
    endedAtMs: START_MS + to,
    durationUs: (to - from) * 1_000,
    status: 'completed',
    name: role === 'other' ? '' : own,
    ...more,
  };
}

function tasksOf(...spans: SpanEvent[]) {
  const index = new SpanIndex(
    spans.map((it) => ({ span: it, batchId: 'b' })),
    [],
  );
  return assembleRuns(index).runs.map(({ task }) => task);
}

describe('a run', () => {
  test('has the calls below it as parts, through spans that stand for nothing', () => {
    const [task, ...others] = tasksOf(
      span('run', 'agent', [0, 100]),
      span('run/http', 'other', [10, 60]),
      span('http/chat', 'model', [20, 50], { tokens: tokens(10, 2), costNanoUsd: 7 }),
      span('run/search', 'tool', [60, 90], { status: 'failed' }),
    );
    expect(others).toEqual([]);
    expect(task).toMatchObject({
      agent: 'svc/a',
      status: 'completed',
      tokens: tokens(10, 2),
      costNanoUsd: 7,
      model: 'chat',
      parts: [
        { kind: 'model', name: 'chat', durationUs: 30_000 },
        { kind: 'tool', name: 'search', durationUs: 30_000, status: 'failed' },
      ],
    });
  });

  test('has the time of a call inside a call once', () => {
    const [task] = tasksOf(
      span('run', 'agent', [0, 100]),
      span('run/chat', 'model', [0, 90], { tokens: tokens(1) }),
      span('chat/one', 'tool', [10, 40]),
      span('chat/two', 'tool', [30, 60]),
    );
    expect(task?.parts?.map(({ name, durationUs }) => [name, durationUs])).toEqual([
      ['chat', 40_000],
      ['one', 30_000],
      ['two', 30_000],
    ]);
  });

  test('counts a model call that two instrumentations report once, with the tokens of the inner one', () => {
    const outer = span('run/outer', 'model', [0, 50], { tokens: tokens(10) });
    const inner = (more: Partial<SpanEvent>) => span('outer/inner', 'model', [5, 45], more);
    const run = span('run', 'agent', [0, 100]);
    const told = (...spans: SpanEvent[]) => {
      const [task] = tasksOf(run, ...spans);
      return [task?.tokens?.input, task?.parts?.map(({ name }) => name)];
    };
    expect(told(outer, inner({ tokens: tokens(12) }))).toEqual([12, ['inner']]);
    expect(told(outer, inner({}))).toEqual([10, ['outer']]);
    expect(told(span('run/outer', 'model', [0, 50]), inner({}))).toEqual([undefined, ['inner']]);
    const tool = span('outer/tool', 'tool', [5, 45]);
    expect(told(outer, tool, span('tool/inner', 'model', [6, 9], { tokens: tokens(5) }))).toEqual([
      15,
      ['outer', 'tool', 'inner'],
    ]);
  });

  test('counts a tool call that its framework and its protocol report once', () => {
    const [task] = tasksOf(
      span('run', 'agent', [0, 100]),
      span('run/outer', 'tool', [0, 50], { name: 'search' }),
      span('outer/inner', 'tool', [5, 45], { name: 'search' }),
      span('inner/other', 'tool', [6, 9], { name: 'fetch' }),
    );
    expect(task?.parts?.map(({ name, durationUs }) => [name, durationUs])).toEqual([
      ['search', 47_000],
      ['fetch', 3_000],
    ]);
  });

  test('counts what it sums up itself only where no run or call below it says anything', () => {
    const sums = (more: SpanEvent[]) =>
      tasksOf(
        span('flow', 'workflow', [0, 100], { tokens: tokens(30), costNanoUsd: 9 }),
        span('flow/run', 'agent', [0, 90], { tokens: tokens(20), costNanoUsd: 8 }),
        ...more,
      ).map(({ tokens: own, costNanoUsd }) => [own?.input, costNanoUsd]);
    expect(sums([])).toEqual([
      [undefined, undefined],
      [20, 8],
    ]);
    expect(sums([span('run/chat', 'model', [0, 9], { tokens: tokens(19), costNanoUsd: 7 })])).toEqual([
      [undefined, undefined],
      [19, 7],
    ]);
  });

  test('directly inside a run of the same agent and type is the same run; behind a tool call it is another', () => {
    const same = (path: string) => span(path, 'agent', [10, 90], { name: 'research' });
    const outer = span('outer', 'agent', [0, 100], { name: 'research' });
    expect(tasksOf(outer, span('outer/node', 'other', [1, 95]), same('node/inner'))).toMatchObject([
      { task: 'trace:outer' },
    ]);
    expect(tasksOf(outer, span('outer/tool', 'tool', [1, 95]), same('tool/inner'))).toHaveLength(2);
    expect(
      tasksOf(outer, span('outer/request', 'other', [1, 95], { entry: true }), same('request/inner')),
    ).toHaveLength(2);
  });

  test('knows the run that caused it across processes, its workflow, and how long its message waited', () => {
    const tasks = tasksOf(
      span('flow', 'workflow', [0, 500]),
      span('flow/boss', 'agent', [0, 400], { agent: 'svc/boss' }),
      span('boss/send', 'other', [100, 101]),
      { ...span('receive', 'agent', [350, 480], { agent: 'worker/w', follows: 'trace:send' }), trace: 'elsewhere' },
    );
    expect(tasks.find(({ agent }) => agent === 'worker/w')).toMatchObject({
      parent: 'trace:boss',
      delegatedBy: 'svc/boss',
      workflow: 'trace:flow',
      waitUs: 250_000,
      serviceUs: 130_000,
      responseUs: 380_000,
    });
  });

  test('keeps the task id that the instrumentation gave', () => {
    const tasks = tasksOf(
      span('run', 'agent', [0, 9], { task: 'order-7' }),
      span('run/sub', 'agent', [1, 8], { agent: 'svc/b' }),
    );
    expect(tasks).toMatchObject([
      { task: 'order-7', workflow: 'order-7' },
      { parent: 'order-7', workflow: 'order-7' },
    ]);
  });
});

describe('calls that belong to no run', () => {
  test('make the outermost span of their process the run', () => {
    expect(
      tasksOf(
        span('request', 'other', [0, 100], { status: 'failed' }),
        span('request/chat', 'model', [10, 60], { tokens: tokens(4) }),
        span('request/again', 'model', [60, 90], { tokens: tokens(5) }),
      ),
    ).toMatchObject([
      { agent: 'svc', task: 'trace:request', status: 'failed', taskType: 'default', tokens: tokens(9) },
    ]);
  });

  test('do not count for the run of another process that asked for them', () => {
    const tasks = tasksOf(
      span('run', 'agent', [0, 100]),
      span('run/serve', 'other', [10, 90], { entry: true, agent: 'tools' }),
      span('serve/chat', 'model', [20, 80], { tokens: tokens(4), agent: 'tools' }),
    );
    expect(tasks).toMatchObject([
      { agent: 'svc/a', task: 'trace:run' },
      { agent: 'tools', task: 'trace:serve', parent: 'trace:run', delegatedBy: 'svc/a', tokens: tokens(4) },
    ]);
    expect(tasks[0]).not.toHaveProperty('tokens');
  });

  test('are a run each where nothing is above them', () => {
    expect(tasksOf(span('chat', 'model', [0, 10], { tokens: tokens(3) }))).toMatchObject([
      { agent: 'svc', tokens: tokens(3), parts: [{ kind: 'model', name: 'chat', durationUs: 10_000 }] },
    ]);
  });

  test('leave spans without calls alone', () => {
    expect(tasksOf(span('request', 'other', [0, 100]), span('request/query', 'other', [10, 60]))).toEqual([]);
  });
});

describe('a run whose span never comes', () => {
  const calls = [
    span('gone/chat', 'model', [0, 40], { tokens: tokens(6), agent: 'svc/a' }),
    span('gone/search', 'tool', [40, 90], { status: 'failed' }),
  ];

  test('is given up when its trace has been quiet for long, with all its calls', () => {
    const { runs, unresolved } = assembleRuns(
      new SpanIndex(
        calls.map((it) => ({ span: it, batchId: 'b' })),
        [],
      ),
    );
    expect(unresolved).toEqual(new Map([['trace', MINUTE + GIVE_UP_MINUTES]]));
    expect(runs).toMatchObject([
      {
        minute: MINUTE + GIVE_UP_MINUTES,
        isGivenUp: true,
        task: {
          agent: 'svc/a',
          task: 'trace:gone',
          status: 'failed',
          error: { type: 'run_not_reported' },
          serviceUs: 90_000,
          tokens: tokens(6),
          parts: [{ name: 'chat' }, { name: 'search' }],
        },
      },
    ]);
  });

  test('is cancelled where its last call went well: nobody knows how it ended', () => {
    expect(tasksOf(calls[0]!)).toMatchObject([{ status: 'cancelled', tokens: tokens(6) }]);
  });

  test('does not keep the runs below it from being counted', () => {
    const tasks = tasksOf(
      span('gone/run', 'agent', [0, 50]),
      span('run/chat', 'model', [0, 40], { tokens: tokens(2) }),
    );
    expect(tasks).toMatchObject([{ task: 'trace:run', tokens: tokens(2) }]);
    expect(tasks[0]).not.toHaveProperty('parent');
  });
});

test('parents in a circle, and chains without end, are taken for cut off', () => {
  const circle = [span('b/a', 'other', [0, 9]), span('a/b', 'other', [0, 9]), span('a/chat', 'model', [0, 5])];
  expect(tasksOf(...circle)).toMatchObject([{ status: 'cancelled', error: { type: 'run_not_reported' } }]);
  const chain = Array.from({ length: 2_000 }, (_, i) => span(i === 0 ? 's0' : `s${i - 1}/s${i}`, 'other', [0, 9]));
  expect(tasksOf(...chain, span('s1999/chat', 'model', [0, 5]))).toHaveLength(1);
});
