import { describe, expect, test } from 'vitest';
import { homePools, recentWork } from '../../../lib/core/plan/recent-work.ts';
import { rosterEntry, workChunk } from '../../fixtures/work-chunks.ts';

const entries = new Map(['a', 'b'].map((agent) => [agent, rosterEntry(agent, agent === 'a' ? 'p' : 'q')]));

describe('recent work', () => {
  const work = recentWork(
    { from: 100, to: 104 },
    [
      workChunk(99, [{ agent: 'a', completed: 50 }]),
      workChunk(100, [{ agent: 'a', completed: 3, failed: 1 }]),
      workChunk(103, [
        { agent: 'a', completed: 4 },
        { agent: 'b', completed: 2, taskType: 'u' },
        { pool: 'q', rejected: 6, taskType: 'u' },
      ]),
      workChunk(104, [{ agent: 'a', completed: 50 }]),
    ],
    entries,
  );

  test('is who did what a minute, of the minutes that are asked for', () => {
    expect(work.shares).toEqual([
      { taskType: 't', agent: 'a', pool: 'p', tasksPerMin: 2 },
      { taskType: 'u', agent: 'b', pool: 'q', tasksPerMin: 0.5 },
    ]);
  });

  test('counts what came to each pool in each minute, rejected tasks too', () => {
    expect([...work.arrivals]).toEqual([
      ['p', [4, 0, 0, 4]],
      ['q', [0, 0, 0, 8]],
    ]);
  });
});

test('a task type is at home in the pool that did most of it, of two equal ones in the first by name', () => {
  const share = (taskType: string, agent: string, pool: string, tasksPerMin: number) => ({
    ...{ taskType, agent, pool, tasksPerMin },
  });
  const shares = [share('t', 'a', 'q', 2), share('t', 'b', 'p', 1.5), share('t', 'c', 'p', 1), share('u', 'a', 'q', 1)];
  expect([...homePools({ shares: [...shares, share('u', 'b', 'p', 1)], arrivals: new Map() })]).toEqual([
    ['t', 'p'],
    ['u', 'p'],
  ]);
});
