import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TaskEvent } from '../../../lib/core/model/event.ts';
import { inTreeOrder, lineageOf } from '../../../lib/core/workflow/lineage.ts';
import { arbitraryTasks, taskOf } from '../../fixtures/workflow-tasks.ts';

/** The tree, a line a task: its depth in dots, its id, its agent where it says more. */
function treeOf(events: readonly TaskEvent[]): string[] {
  return inTreeOrder(lineageOf(events, () => '').tasks).map(({ event, depth }) => {
    const agent = event.agent === `agent-${event.task}` ? '' : ` by ${event.agent}`;
    return `${'.'.repeat(depth)}${event.task}${event.attempt > 1 ? `#${event.attempt}` : ''}${agent}`;
  });
}

describe('the tree of a workflow', () => {
  test.each([
    {
      name: 'follows parents, siblings in order of their starts',
      tasks: [
        taskOf('c', [50, 60], { parent: 'a' }),
        taskOf('d', [20, 25], { parent: 'b' }),
        taskOf('b', [10, 30], { parent: 'a' }),
        taskOf('a', [0, 100]),
      ],
      tree: ['.a', '..b', '...d', '..c'],
    },
    {
      name: 'has tasks whose parent is not known at its root',
      tasks: [taskOf('a', [0, 100]), taskOf('b', [10, 20], { parent: 'gone' })],
      tree: ['.a', '.b'],
    },
    {
      name: 'has no task below itself',
      tasks: [taskOf('a', [0, 100], { parent: 'a' }), taskOf('b', [10, 20], { parent: 'a' })],
      tree: ['.a', '..b'],
    },
    {
      name: 'cuts circles at their earliest task',
      tasks: [
        taskOf('c', [2, 3], { parent: 'b' }),
        taskOf('b', [1, 3], { parent: 'a' }),
        taskOf('a', [0, 3], { parent: 'c' }),
        taskOf('d', [2, 3], { parent: 'c' }),
      ],
      tree: ['.a', '..b', '...c', '....d'],
    },
    {
      name: 'has each attempt by itself, and children below the attempt that had started',
      tasks: [
        taskOf('a', [0, 10], { status: 'failed' }),
        taskOf('a', [20, 40], { attempt: 2 }),
        taskOf('b', [5, 8], { parent: 'a' }),
        taskOf('c', [25, 30], { parent: 'a' }),
      ],
      tree: ['.a', '..b', '.a#2', '..c'],
    },
    {
      name: 'tells tasks of one id apart by who delegated',
      tasks: [
        taskOf('a', [0, 40], { agent: 'x' }),
        taskOf('a', [1, 40], { agent: 'y' }),
        taskOf('b', [5, 8], { parent: 'a', delegatedBy: 'x' }),
      ],
      tree: ['.a by x', '..b', '.a by y'],
    },
    {
      name: 'goes by who delegated where no parent is told: what that agent had started last',
      tasks: [
        taskOf('a', [0, 40], { agent: 'boss' }),
        taskOf('later', [30, 40], { agent: 'boss' }),
        taskOf('b', [5, 8], { delegatedBy: 'boss' }),
        taskOf('c', [5, 8], { delegatedBy: 'nobody' }),
      ],
      tree: ['.a by boss', '..b', '.c', '.later by boss'],
    },
    {
      name: 'has a task that is told twice once',
      tasks: [taskOf('a', [0, 40]), taskOf('a', [0, 40]), taskOf('a', [0, 40], { agent: 'other' })],
      tree: ['.a', '.a by other'],
    },
  ])('$name', ({ tasks, tree }) => {
    expect(treeOf(tasks)).toEqual(tree);
    expect(treeOf(tasks.toReversed())).toEqual(tree);
  });

  test('counts those whose parent is not known, or would be below them', () => {
    const tasks = [
      taskOf('gone', [0, 1], { parent: 'x' }),
      taskOf('self', [0, 1], { parent: 'self' }),
      taskOf('a', [0, 1], { parent: 'b' }),
      taskOf('b', [0, 1], { parent: 'a' }),
    ];
    expect(lineageOf(tasks, () => '').orphans).toBe(3);
  });
});

test('whatever is told, each task stands in the tree once, one level below its parent and after it, in any order of telling', () => {
  fc.assert(
    fc.property(arbitraryTasks(), fc.infiniteStream(fc.nat()), (events, chances) => {
      const { tasks } = lineageOf(events, () => '');
      const ordered = inTreeOrder(tasks);
      expect(new Set(ordered)).toEqual(new Set(tasks));
      expect(ordered).toHaveLength(tasks.length);
      const met = new Set<unknown>([null]);
      for (const task of ordered) {
        expect(met).toContain(task.parent);
        expect(task.depth).toBe((task.parent?.depth ?? 0) + 1);
        expect(task.readyUs).toBeLessThanOrEqual(task.startUs);
        expect(task.startUs).toBeLessThanOrEqual(task.endUs);
        met.add(task);
      }
      const shuffled = events
        .map((event) => ({ event, chance: chances.next().value }))
        .sort((a, b) => a.chance - b.chance)
        .map(({ event }) => event);
      expect(treeOf(shuffled)).toEqual(treeOf(events));
    }),
    { numRuns: 1_000 },
  );
});
