import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scalingLaw, slowdown } from '../../../lib/core/recommend/scaling-law.ts';
import { tasksAtWork } from '../../../lib/core/recommend/tasks-at-work.ts';
import { meanMsInCells } from '../../../lib/core/recommend/work-in-cells.ts';
import { createRandom } from '../../../lib/sim/random.ts';
import { agentEntry, observed, type Told, task } from './observed-fleet.ts';

const agents = ['lab-1', 'lab-2'].map((agent) => agentEntry(agent, { capacity: 16 }));

interface Work {
  /** Agents whose tasks take longer, and get more of the work. */
  slow?: number;
  kappa?: number;
  /** Tasks that start at the same moment. */
  together?: number;
  limitS?: number;
  everyS?: number;
}

/** Agents of several slots on which what is at work makes a task longer. */
function work({ slow = 1, kappa = 0, together = 1, limitS = Number.POSITIVE_INFINITY, everyS = 2 }: Work) {
  const random = createRandom(7, 'tasks');
  const running = new Map<string, number[]>();
  const told: (Told & { status: 'completed' | 'timeout' })[] = [];
  let atS = 0;
  while (atS < 7_000) {
    atS += random.exponential(everyS * together);
    const agent = random.uniform() < slow / (1 + slow) ? 'lab-1' : 'lab-2';
    const ends = (running.get(agent) ?? []).filter((end) => end > atS);
    for (let i = 0; i < together; i++) {
      const n = ends.length + 1;
      const needS = random.logNormal(8, 0.6) * (1 + kappa * n * (n - 1)) * (agent === 'lab-1' ? slow : 1);
      const workS = Math.min(limitS, needS);
      ends.push(atS + workS);
      told.push({ agent, atS, workS, status: needS > limitS ? 'timeout' : 'completed' });
    }
    running.set(agent, ends);
  }
  return observed(agents, told.map(task));
}

function lawOf(given: Work) {
  const context = work(given);
  const pool = context.pools.get('lab');
  const law = pool && scalingLaw(pool, context);
  if (!law) throw new RangeError('no law could be told');
  return law;
}

describe('scalingLaw', () => {
  it('finds nothing where tasks that start together do not slow each other down', () => {
    const { sigma, kappa, kappaChiSquare } = lawOf({ together: 2 });
    expect(sigma).toBeLessThan(0.03);
    expect(kappa).toBeLessThan(0.003);
    expect(kappaChiSquare).toBeLessThan(4);
  });

  it('does not take a slow agent, with more at work for that, for contention', () => {
    const { sigma, kappa } = lawOf({ slow: 2 });
    expect(sigma + 5 * kappa).toBeLessThan(0.03);
  });

  it('finds what slows tasks down although one agent is slow', () => {
    const law = lawOf({ slow: 1.5, kappa: 0.03, everyS: 4 });
    expect(slowdown(law, 5)).toBeGreaterThan(1.6 * 0.9);
    expect(slowdown(law, 5)).toBeLessThan(1.6 * 1.1);
  });

  it('counts tasks that are given up at a limit as longer than that', () => {
    const law = lawOf({ kappa: 0.03, limitS: 25, everyS: 2.5 });
    expect(slowdown(law, 6)).toBeGreaterThan(1.9 * 0.93);
    expect(slowdown(law, 6)).toBeLessThan(1.9 * 1.07);
  });
});

describe('tasksAtWork', () => {
  it('gives tasks that start at the same moment the middle of their places, however long they take', () => {
    const tasks = observed(agents, [
      task({ agent: 'lab-1', atS: 0, workS: 20 }),
      task({ agent: 'lab-1', atS: 5, workS: 3 }),
      task({ agent: 'lab-1', atS: 5, workS: 9 }),
      task({ agent: 'lab-2', atS: 5, workS: 9 }),
      task({ agent: 'lab-1', atS: 8, workS: 1 }),
    ]).pools.get('lab')?.tasks;
    const levels = [...tasksAtWork(tasks ?? [], 'agent')].map(({ atWork }) => atWork);
    expect(levels).toEqual([1, 2.5, 2.5, 1, 3]);
  });
});

describe('meanMsInCells', () => {
  const law = { sigma: 0.02, kappa: 0.04, within: 'agent' } as const;
  const one = observed(agents, [
    task({ agent: 'lab-1', atS: 0, workS: 10 }),
    task({ agent: 'lab-1', atS: 8, workS: 11 }),
    task({ agent: 'lab-1', atS: 9, workS: 13 }),
  ]).pools.get('lab')?.tasks;

  it('lets a task that is done sooner be out of the way of the next', () => {
    // Alone 10, 10 and 13 ÷ 1.28 s; the third begins beside one of both in two cells.
    expect(meanMsInCells(one ?? [], law, 2)).toBeCloseTo((10 + 11 / 1.1 + (13 / 1.28) * 1.1) / 0.003, 3);
    expect(meanMsInCells(one ?? [], law, 3)).toBeCloseTo((10 + 11 / 1.1 + 13 / 1.28) / 0.003, 3);
  });

  it('is the mean as it was in one cell, whatever the law, where no two start at once', () => {
    const told = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 1, max: 60 })), {
      ...{ minLength: 1, maxLength: 60 },
      selector: ([atS]) => atS,
    });
    const coefficient = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(told, coefficient, coefficient, (its, sigma, kappa) => {
        const given = its.map(([atS, workS]) => task({ agent: 'lab-1', atS, workS }));
        const tasks = observed(agents, given).pools.get('lab')?.tasks ?? [];
        const mean = (1_000 * its.reduce((sum, [, workS]) => sum + workS, 0)) / its.length;
        expect(meanMsInCells(tasks, { sigma, kappa, within: 'agent' }, 1) / mean).toBeCloseTo(1, 9);
      }),
    );
  });
});
