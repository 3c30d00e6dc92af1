import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundErrors, type ErrorRollup, MAX_SIGNATURES, OTHER_ERRORS } from '../../../lib/core/kpi/error-rollup.ts';
import { foldBatch } from '../../../lib/core/kpi/folding.ts';
import { emptyRollupChunk } from '../../../lib/core/kpi/rollup-chunk.ts';
import type { TaskEvent, TaskStatus } from '../../../lib/core/model/event.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';

const MINUTE = 29_000_000;

function errorsOf(...tasks: (Partial<TaskEvent> & { status: TaskStatus })[]): ErrorRollup[] {
  const chunk = emptyRollupChunk(MINUTE, 0, 1);
  const events = tasks.map((task, i): TaskEvent => {
    const unlessSaid = { type: 'task', taskType: 'triage', attempt: 1, priority: 'normal' } as const;
    return { ...unlessSaid, task: `t-${i}`, endedAtMs: MINUTE * MINUTE_MS, ...task };
  });
  const batch = {
    ...{ system: 'default', id: 'batch', contentHash: 'hash', sender: 'key_1', requestId: 'request' },
    ...{ bucket: MINUTE, receivedAtMs: MINUTE * MINUTE_MS, received: tasks.length, ignored: {}, rejected: {}, events },
  };
  foldBatch(batch, (minute) => (minute === MINUTE ? chunk : null));
  return [...chunk.errors.values()];
}

test('tasks that ended badly are counted by what went wrong, the others are not', () => {
  const error = (ms: number) => ({ type: 'TimeoutError', message: `no answer after ${ms} ms` });
  expect(
    errorsOf(
      { agent: 'a', status: 'failed', error: error(30) },
      { agent: 'a', status: 'timeout', error: error(40) },
      { agent: 'a', status: 'timeout' },
      { agent: 'a', status: 'completed', error: error(10) },
      { agent: 'a', status: 'cancelled', error: error(10) },
      { pool: 'solvers', status: 'rejected' },
    ),
  ).toEqual([
    { agent: 'a', pool: '', taskType: 'triage', signature: 'TimeoutError: no answer after <n>', n: 2 },
    { agent: 'a', pool: '', taskType: 'triage', signature: 'timeout', n: 1 },
    { agent: '', pool: 'solvers', taskType: 'triage', signature: 'rejected', n: 1 },
  ]);
});

const some = fc.array(
  fc.record({
    agent: fc.constantFrom('a', 'b'),
    pool: fc.constant(''),
    taskType: fc.constantFrom('triage', 'solve'),
    signature: fc.oneof(
      fc.constant(OTHER_ERRORS),
      fc.integer({ min: 0, max: 60 }).map((i) => `E${i}`),
    ),
    n: fc.integer({ min: 1, max: 9 }),
  }),
  { maxLength: 200 },
);

test('bounding keeps every count, and as many signatures of an agent as it may', () => {
  fc.assert(
    fc.property(some, (errors) => {
      const bounded = boundErrors(errors);
      for (const agent of ['a', 'b']) {
        const sum = (of: ErrorRollup[]) => of.reduce((n, rollup) => n + (rollup.agent === agent ? rollup.n : 0), 0);
        expect(sum(bounded)).toBe(sum(errors));
        const named = (of: ErrorRollup[]) =>
          new Set(of.flatMap((it) => (it.agent === agent && it.signature !== OTHER_ERRORS ? it.signature : []))).size;
        expect(named(bounded)).toBe(Math.min(MAX_SIGNATURES, named(errors)));
      }
    }),
  );
});

test('bounding does not depend on the order of what is counted, and bounding again changes nothing', () => {
  fc.assert(
    fc.property(some, (errors) => {
      const bounded = boundErrors(errors);
      expect(boundErrors(errors.toReversed())).toEqual(bounded);
      expect(boundErrors(bounded)).toEqual(bounded);
    }),
  );
});

test('the most frequent signatures are kept', () => {
  const rare = Array.from({ length: 30 }, (_, i) => ({ signature: `rare ${i}`, n: 1 }));
  const errors = [...rare, { signature: 'frequent', n: 2 }].map((it) => {
    return { agent: 'a', pool: '', taskType: 'triage', ...it };
  });
  const bounded = boundErrors(errors);
  expect(bounded.find(({ signature }) => signature === 'frequent')?.n).toBe(2);
  expect(bounded.find(({ signature }) => signature === OTHER_ERRORS)?.n).toBe(11);
});
