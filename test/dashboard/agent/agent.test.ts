import { describe, expect, test } from 'vitest';
import { agentMarks, changesOf, doesName } from '../../../lib/dashboard/agent/agent-marks.ts';
import type { Task } from '../../../lib/dashboard/agent/answers.ts';
import { exemplars } from '../../../lib/dashboard/agent/exemplars.ts';
import { taskShares } from '../../../lib/dashboard/agent/task-shares.ts';
import type { Directive } from '../../../lib/dashboard/answers.ts';
import { alertWith } from '../alerts.ts';

const who = { agent: 'writer-1', pool: 'writers' };
const directive: Directive = {
  id: 'd',
  kind: 'route',
  params: { pool: 'writers', weights: { 'writer-1': 0.1, 'writer-2': 1.1 } },
  mode: 'auto',
  status: 'active',
  issuedAt: '2026-11-24T10:03:00Z',
  blastRadius: { pool: 'writers', agents: ['writer-1'] },
};

describe('what happened to an agent', () => {
  test('a route is about whom it leads work away from, not about all whom it has a weight for', () => {
    expect(doesName(directive, 'writer-1')).toBe(true);
    expect(doesName(directive, 'writer-2')).toBe(false);
    expect(doesName({ ...directive, blastRadius: {}, params: { agent: 'writer-2' } }, 'writer-2')).toBe(true);
  });

  test('changes of it, of its pool and of all reach it, each once and in order', () => {
    const change = (more: object) => ({ at: '2026-11-24T09:58:00Z', kind: 'deploy', ...more });
    const changes = [
      change({ pool: 'writers' }),
      change({ agent: 'writer-2', pool: 'writers' }),
      change({ pool: 'readers' }),
      change({ agent: 'writer-1', at: '2026-11-24T09:50:00Z' }),
      change({ kind: 'campaign' }),
    ];
    const found = changesOf([alertWith({ changes }), alertWith({ changes })], who);
    expect(found).toEqual([changes[3], changes[0], changes[4]]);
  });

  test('is marked where it lies within the period', () => {
    const alerts = [
      alertWith({ scope: { agent: 'writer-1', pool: 'writers' } }),
      alertWith({ scope: { agent: 'other' } }),
    ];
    const marks = agentMarks(who, { alerts, directives: [directive] }, period('09:00', '11:00'));
    expect(marks.map(({ kind }) => kind)).toEqual(['directive', 'alert']);
    expect(agentMarks(who, { alerts, directives: [directive] }, period('10:01', '11:00'))).toHaveLength(1);
  });
});

function period(from: string, to: string) {
  return { fromMs: Date.parse(`2026-11-24T${from}:00Z`), toMs: Date.parse(`2026-11-24T${to}:00Z`) };
}

const task = (more: Partial<Task>): Task => ({
  task: 't',
  agent: 'writer-1',
  taskType: 'draft',
  status: 'completed',
  endedAt: '2026-11-24T10:00:00Z',
  attempt: 1,
  ...more,
});

describe('where the time of a task went', () => {
  test('waiting, calls of one name together, and what is left for itself', () => {
    const parts = [
      { kind: 'model', name: 'm', durationMs: 300 },
      { kind: 'tool', name: 'search', durationMs: 200 },
      { kind: 'model', name: 'm', durationMs: 100 },
    ];
    expect(taskShares(task({ queueMs: 50, durationMs: 1_000, parts }))).toEqual([
      { label: 'waiting', ms: 50, kind: 'waiting' },
      { label: '2 × model m', ms: 400, kind: 'part' },
      { label: 'tool search', ms: 200, kind: 'part' },
      { label: 'itself', ms: 400, kind: 'own' },
    ]);
  });
  test('parts that overlap leave nothing', () => {
    const parts = [
      { kind: 'tool', name: 'a', durationMs: 800 },
      { kind: 'tool', name: 'b', durationMs: 700 },
    ];
    expect(taskShares(task({ durationMs: 1_000, parts })).map(({ kind }) => kind)).toEqual(['part', 'part']);
  });
});

test('tasks to look at are the newest that ended badly, and the slowest of the others with their waiting', () => {
  const tasks = [
    task({ task: 'old', status: 'failed', endedAt: '2026-11-24T09:00:00Z' }),
    task({ task: 'new', status: 'timeout' }),
    task({ task: 'quick', durationMs: 10 }),
    task({ task: 'waited', durationMs: 10, queueMs: 500 }),
    task({ task: 'slow', durationMs: 400 }),
    task({ task: 'untold' }),
  ];
  const { bad, slow } = exemplars(tasks);
  expect(bad.map((each) => each.task)).toEqual(['new', 'old']);
  expect(slow.map((each) => each.task)).toEqual(['waited', 'slow', 'quick']);
});
