import { describe, expect, test } from 'vitest';
import { addRollup, noWork, weightAtAge } from '../../../lib/core/efficiency/agent-work.ts';
import { effectiveTasks, withinTasks } from '../../../lib/core/efficiency/decayed-moments.ts';
import { countTask, emptyTaskRollup, type TaskRollup } from '../../../lib/core/kpi/task-rollup.ts';
import type { TaskStatus } from '../../../lib/core/model/event.ts';
import { createRandom } from '../../../lib/sim/random.ts';

interface Ended {
  status: TaskStatus;
  serviceUs?: number;
  qualityPpm?: number;
  costNanoUsd?: number;
}

function rollupOf(tasks: readonly Ended[]): TaskRollup {
  const rollup = emptyTaskRollup('a', 'p', 'code');
  for (const task of tasks) {
    countTask(rollup, {
      ...{ type: 'task', agent: 'a', task: 't', taskType: 'code', endedAtMs: 0, attempt: 1, priority: 'normal' },
      ...task,
    });
  }
  return rollup;
}

describe('a rollup', () => {
  const work = noWork();
  addRollup(
    work,
    rollupOf([
      { status: 'completed', serviceUs: 1_000, qualityPpm: 800_000, costNanoUsd: 3e9 },
      { status: 'completed', serviceUs: 4_000, qualityPpm: 600_000, costNanoUsd: 1e9 },
      { status: 'failed', serviceUs: 500 },
      { status: 'timeout' },
      { status: 'cancelled' },
      { status: 'rejected' },
    ]),
  );

  test('tells of success among tasks that the agent did: neither cancelled nor rejected ones', () => {
    expect(work.success).toMatchObject({ tasks: 4, sum: 2 });
  });

  test('tells logarithms of service times within the error of its sketch, and their sum', () => {
    expect(work.logService.tasks).toBe(3);
    expect(work.logService.sum / 3).toBeCloseTo((Math.log(1_000) + Math.log(4_000) + Math.log(500)) / 3, 1);
    expect(work.serviceUs).toBe(5_500);
  });

  test('tells grades of what was graded, and cost by task that ended at the agent', () => {
    expect(work.quality).toMatchObject({ tasks: 2, sum: 1.4 });
    expect(work.cost).toMatchObject({ tasks: 5, sum: 4 });
  });
});

describe('forgetting', () => {
  test('halves what work counts at each half-life, and nothing where it is infinite', () => {
    expect(weightAtAge(0, 1_440)).toBe(1);
    expect(weightAtAge(2_880, 1_440)).toBe(0.25);
    expect(weightAtAge(1e9, Number.POSITIVE_INFINITY)).toBe(1);
    expect(() => weightAtAge(1, 0)).toThrow(RangeError);
  });

  test('leaves a mean that follows recent work, worth fewer tasks', () => {
    const work = noWork();
    const before = rollupOf(Array.from({ length: 100 }, () => ({ status: 'failed' as const })));
    const now = rollupOf(Array.from({ length: 100 }, () => ({ status: 'completed' as const })));
    addRollup(work, before, weightAtAge(3 * 1_440, 1_440));
    addRollup(work, now, 1);
    expect(work.success.sum / work.success.tasks).toBeCloseTo(8 / 9, 9);
    // (112.5)² ÷ (100 + 100 ÷ 64)
    expect(effectiveTasks(work.success)).toBeCloseTo(112.5 ** 2 / 101.5625, 6);
  });
});

test('how much single tasks vary shows from sums of groups of any size and weight', () => {
  const random = createRandom(1, 'groups');
  let [squares, freedom] = [0, 0];
  for (let agent = 0; agent < 400; agent++) {
    const work = noWork();
    for (let minute = 0; minute < 12; minute++) {
      const grades = Array.from({ length: random.int(5) }, () => ({
        ...{ status: 'completed' as const },
        qualityPpm: Math.round(1e6 * Math.min(1, Math.max(0, random.normal(0.5, 0.1)))),
      }));
      addRollup(work, rollupOf(grades), weightAtAge(minute, 6));
    }
    const within = withinTasks(work.quality);
    squares += within.squares;
    freedom += within.freedom;
  }
  expect(Math.sqrt(squares / freedom)).toBeCloseTo(0.1, 2);
});
