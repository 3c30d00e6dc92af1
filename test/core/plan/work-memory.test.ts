import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noWork } from '../../../lib/core/efficiency/agent-work.ts';
import { rememberWork, type WorkMemory } from '../../../lib/core/plan/work-memory.ts';
import { workChunk } from '../../fixtures/work-chunks.ts';

const WEEK_MINUTES = 7 * 1_440;
const of = (memory: WorkMemory, agent = 'a') => memory.work.get(agent)?.get('t') ?? noWork();

describe('what agents did', () => {
  test('is remembered by task type, with their service times', () => {
    const memory = rememberWork(null, [workChunk(10, [{ agent: 'a', completed: 3, failed: 1, serviceMs: 200 }])], 10);
    expect(memory.through).toBe(10);
    expect(of(memory).success).toMatchObject({ tasks: 4, sum: 3 });
    expect(of(memory).serviceUs).toBe(600_000);
  });

  test('counts half after a week, and its squared weights a quarter', () => {
    const memory = rememberWork(null, [workChunk(10, [{ agent: 'a', completed: 8 }])], 10);
    expect(of(rememberWork(memory, [], 10 + WEEK_MINUTES)).success).toMatchObject({
      tasks: 4,
      squaredTasks: 2,
      sum: 4,
    });
  });

  test('is forgotten when it counts for less than a twentieth of a task', () => {
    const memory = rememberWork(null, [workChunk(10, [{ agent: 'a', completed: 1 }])], 10);
    expect(rememberWork(memory, [], 10 + 4 * WEEK_MINUTES).work.size).toBe(1);
    expect(rememberWork(memory, [], 10 + 5 * WEEK_MINUTES).work.size).toBe(0);
  });

  test('of minutes that it has already, and of rejected tasks, adds nothing', () => {
    const memory = rememberWork(null, [workChunk(10, [{ agent: 'a', completed: 1 }])], 10);
    const again = [workChunk(10, [{ agent: 'a', completed: 1 }]), workChunk(12, [{ agent: 'a', completed: 9 }])];
    expect(rememberWork(memory, again, 10)).toBe(memory);
    expect(rememberWork(memory, [workChunk(11, [{ pool: 'p', rejected: 5 }])], 11).work.size).toBe(1);
  });

  test('in two steps is as in one', () => {
    const minutes = fc.array(
      fc.record({
        minute: fc.integer({ min: 0, max: 2_000 }),
        agent: fc.constantFrom('a', 'b'),
        completed: fc.integer({ min: 1, max: 20 }),
        failed: fc.integer({ min: 0, max: 5 }),
        serviceMs: fc.integer({ min: 1, max: 10_000 }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(minutes, fc.integer({ min: 0, max: 2_000 }), (told, between) => {
        const chunks = told.map(({ minute, ...its }) => workChunk(minute, [its]));
        const atOnce = rememberWork(null, chunks, 2_000);
        const inSteps = rememberWork(rememberWork(null, chunks, between), chunks, 2_000);
        expect([...inSteps.work.keys()].sort()).toEqual([...atOnce.work.keys()].sort());
        for (const agent of atOnce.work.keys()) {
          const [one, two] = [of(atOnce, agent), of(inSteps, agent)];
          expect(two.serviceUs).toBeCloseTo(one.serviceUs, 3);
          for (const sums of ['success', 'logService'] as const) {
            for (const sum of ['tasks', 'squaredTasks', 'sum', 'squares', 'groups'] as const) {
              expect(two[sums][sum]).toBeCloseTo(one[sums][sum], 6);
            }
          }
        }
      }),
    );
  });
});
