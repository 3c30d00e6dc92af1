import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TaskEvent } from '../../../lib/core/model/event.ts';
import { criticalPath } from '../../../lib/core/workflow/critical-path.ts';
import { lineageOf } from '../../../lib/core/workflow/lineage.ts';
import { arbitraryTasks, taskOf, WORKFLOW_START_MS } from '../../fixtures/workflow-tasks.ts';

/** The critical path in words, "who does what from-to", of a workflow from..to ms after the start. */
function pathOf(events: readonly TaskEvent[], [from, to]: [number, number]): string[] {
  const us = (ms: number) => (WORKFLOW_START_MS + ms) * 1_000;
  const { tasks } = lineageOf(events, () => '');
  const path = criticalPath(tasks, { startUs: us(from), endUs: us(to) });
  const shown = (atUs: number) => (atUs - us(0)) / 1_000;
  return path.map(({ task, kind, fromUs, toUs }) => {
    const attempt = (task?.event.attempt ?? 1) > 1 ? `#${task?.event.attempt}` : '';
    return `${task?.event.task ?? '-'}${attempt} ${kind === 'work' ? 'works' : 'waits'} ${shown(fromUs)}-${shown(toUs)}`;
  });
}

// Each was drawn and walked back by hand.
const cases: { name: string; tasks: TaskEvent[]; within: [number, number]; path: string[] }[] = [
  {
    name: 'a chain: one after the other, and waiting for each to begin',
    tasks: [taskOf('a', [0, 100]), taskOf('b', [150, 300]), taskOf('c', [300, 400])],
    within: [0, 400],
    path: ['a works 0-100', 'b waits 100-150', 'b works 150-300', 'c works 300-400'],
  },
  {
    name: 'a chain in which each names the one before as its parent',
    tasks: [taskOf('a', [0, 100]), taskOf('b', [150, 300], { parent: 'a' }), taskOf('c', [310, 400], { parent: 'b' })],
    within: [0, 400],
    path: ['a works 0-100', 'b waits 100-150', 'b works 150-300', 'c waits 300-310', 'c works 310-400'],
  },
  {
    name: 'fork and join: the slowest branch alone',
    tasks: [
      taskOf('split', [0, 100]),
      taskOf('fast', [100, 200], { parent: 'split' }),
      taskOf('slow', [100, 500], { parent: 'split' }),
      taskOf('middle', [100, 300], { parent: 'split' }),
      taskOf('join', [500, 600]),
    ],
    within: [0, 600],
    path: ['split works 0-100', 'slow works 100-500', 'join works 500-600'],
  },
  {
    name: 'children that run while their parent does: each while it runs, the parent for the rest',
    tasks: [
      taskOf('plan', [0, 1_000]),
      taskOf('search', [100, 500], { parent: 'plan' }),
      taskOf('read', [150, 800], { parent: 'plan' }),
      taskOf('page', [300, 700], { parent: 'read' }),
      taskOf('write', [800, 950], { parent: 'plan' }),
    ],
    within: [0, 1_000],
    path: [
      'plan works 0-150',
      'read works 150-300',
      'page works 300-700',
      'read works 700-800',
      'write works 800-950',
      'plan works 950-1000',
    ],
  },
  {
    name: 'a child that was queued while its parent ran: its waiting is its own, not the work of its parent',
    tasks: [taskOf('plan', [0, 500]), taskOf('write', [300, 450], { parent: 'plan', waitMs: 200 })],
    within: [0, 500],
    path: ['plan works 0-100', 'write waits 100-300', 'write works 300-450', 'plan works 450-500'],
  },
  {
    name: 'a task that was queued while another ran did not wait for that one',
    tasks: [taskOf('other', [0, 400]), taskOf('mine', [500, 600], { waitMs: 450 })],
    within: [0, 600],
    path: ['mine waits 0-500', 'mine works 500-600'],
  },
  {
    name: 'a child that goes on after its parent has ended',
    tasks: [
      taskOf('ask', [0, 300]),
      taskOf('work', [100, 900], { parent: 'ask' }),
      taskOf('note', [400, 500], { parent: 'ask' }),
    ],
    within: [0, 900],
    path: ['ask works 0-100', 'work works 100-900'],
  },
  {
    name: 'an attempt that failed, and the one after it, which was queued with the first',
    tasks: [
      taskOf('a', [0, 200], { status: 'failed', agent: 'x' }),
      taskOf('a', [300, 600], { attempt: 2, agent: 'y', waitMs: 300 }),
    ],
    within: [0, 600],
    path: ['a works 0-200', 'a#2 waits 200-300', 'a#2 works 300-600'],
  },
  {
    name: 'attempts inside a parent, which waits between them itself when nobody tells of a queue',
    tasks: [
      taskOf('plan', [0, 700]),
      taskOf('a', [100, 200], { status: 'failed', parent: 'plan' }),
      taskOf('a', [300, 600], { attempt: 2, parent: 'plan' }),
    ],
    within: [0, 700],
    path: ['plan works 0-100', 'a works 100-200', 'plan works 200-300', 'a#2 works 300-600', 'plan works 600-700'],
  },
  {
    name: 'parents that nobody knows: their children are the outermost',
    tasks: [taskOf('a', [100, 200], { parent: 'gone' }), taskOf('b', [250, 300], { parent: 'gone-too' })],
    within: [0, 350],
    path: ['a waits 0-100', 'a works 100-200', 'b waits 200-250', 'b works 250-300', '- waits 300-350'],
  },
  {
    name: 'a child whose clock is some milliseconds ahead: it counts to the end of its parent',
    tasks: [taskOf('plan', [0, 500]), taskOf('a', [100, 505], { parent: 'plan' })],
    within: [0, 500],
    path: ['plan works 0-100', 'a works 100-500'],
  },
  {
    name: 'a child that seems to have begun before its parent: it counts from the start of it',
    tasks: [taskOf('before', [0, 100]), taskOf('plan', [100, 500]), taskOf('a', [60, 400], { parent: 'plan' })],
    within: [0, 500],
    path: ['before works 0-100', 'a works 100-400', 'plan works 400-500'],
  },
  {
    name: 'a chain over hosts whose clocks differ: what seems to end too late was finished before',
    tasks: [taskOf('a', [0, 104]), taskOf('b', [100, 303]), taskOf('c', [300, 400])],
    within: [0, 400],
    path: ['a works 0-100', 'b works 100-300', 'c works 300-400'],
  },
  {
    name: 'but not if another did finish before, nor if it is much too late, nor for tasks as short as the difference',
    tasks: [
      taskOf('true', [0, 99]),
      taskOf('a', [0, 104]),
      taskOf('late', [0, 130]),
      taskOf('b', [100, 300]),
      taskOf('fast-1', [299, 300.05]),
      taskOf('fast-2', [300, 300.1]),
    ],
    within: [0, 300.1],
    path: ['true works 0-99', 'b waits 99-100', 'b works 100-300', 'fast-2 works 300-300.1'],
  },
  {
    name: 'tasks without start times: each is a moment, before which it was waited for',
    tasks: [taskOf('a', [null, 100]), taskOf('b', [null, 250])],
    within: [0, 300],
    path: ['a waits 0-100', 'b waits 100-250', '- waits 250-300'],
  },
  {
    name: 'a task of which only the queueing is known: all of it counts as its work',
    tasks: [taskOf('a', [0, 100]), taskOf('b', [null, 250], { responseUs: 120_000 })],
    within: [0, 250],
    path: ['a works 0-100', 'b waits 100-130', 'b works 130-250'],
  },
  {
    name: 'a task that goes on beyond the end that was told: it is cut off there',
    tasks: [
      taskOf('a', [0, 100]),
      taskOf('orchestrator', [0, 420]),
      taskOf('b', [150, 300], { parent: 'orchestrator' }),
    ],
    within: [0, 400],
    path: ['orchestrator works 0-150', 'b works 150-300', 'orchestrator works 300-400'],
  },
  {
    name: 'tasks before the start that was told: they are cut off there',
    tasks: [taskOf('a', [0, 100]), taskOf('b', [100, 300])],
    within: [50, 300],
    path: ['a works 50-100', 'b works 100-300'],
  },
  {
    name: 'a workflow without tasks: time that nobody accounts for',
    tasks: [],
    within: [0, 300],
    path: ['- waits 0-300'],
  },
  { name: 'a workflow that took no time: nothing', tasks: [taskOf('a', [0, 0])], within: [0, 0], path: [] },
];

describe('the critical path of', () => {
  test.each(cases)('$name', ({ tasks, within, path }) => {
    expect(pathOf(tasks, within)).toEqual(path);
    expect(pathOf(tasks.toReversed(), within)).toEqual(path);
  });
});

test('whatever tasks say, segments cover start to end without gap or overlap, and work lies within the task that does it', () => {
  const ms = fc.integer({ min: -10, max: 70 });
  fc.assert(
    fc.property(arbitraryTasks(), ms, ms, (events, a, b) => {
      const us = (at: number) => (WORKFLOW_START_MS + at) * 1_000;
      const [startUs, endUs] = [us(Math.min(a, b)), us(Math.max(a, b))];
      const path = criticalPath(lineageOf(events, () => '').tasks, { startUs, endUs });
      let reachedUs = startUs;
      for (const { task, kind, fromUs, toUs } of path) {
        expect(fromUs).toBe(reachedUs);
        expect(toUs).toBeGreaterThan(fromUs);
        reachedUs = toUs;
        if (kind === 'wait') continue;
        expect(fromUs).toBeGreaterThanOrEqual(task?.startUs ?? Number.POSITIVE_INFINITY);
        expect(toUs).toBeLessThanOrEqual(task?.endUs ?? Number.NEGATIVE_INFINITY);
      }
      expect(reachedUs).toBe(endUs);
    }),
    { numRuns: 3_000 },
  );
});

test('inside a task that runs from start to end nobody waits, where no queue is told of: then it is at work itself', () => {
  fc.assert(
    fc.property(arbitraryTasks(), (events) => {
      const inner = events.map(({ waitUs: _, ...event }) => ({ ...event, task: `in-${event.task}`, parent: 'all' }));
      const all = taskOf('all', [0, 60]);
      const us = (at: number) => (WORKFLOW_START_MS + at) * 1_000;
      const path = criticalPath(lineageOf([all, ...inner], () => '').tasks, { startUs: us(0), endUs: us(60) });
      expect(path.filter(({ kind }) => kind === 'wait')).toEqual([]);
    }),
  );
});
