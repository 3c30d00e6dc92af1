import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyRollupChunk, type RollupChunk, taskRollupIn } from '../../../lib/core/kpi/rollup-chunk.ts';
import {
  countableThrough,
  countMinutes,
  nameIn,
  noteLate,
  type RunningTotals,
  sumOf,
  type Tallies,
  totalsFrom,
} from '../../../lib/core/kpi/running-totals.ts';
import type { TaskEvent } from '../../../lib/core/model/event.ts';

const START = 29_000_000;
const LIMITS = { pools: 2, taskTypes: 2 };

function task(agent: string, taskType: string): TaskEvent {
  return {
    type: 'task',
    agent,
    task: 't',
    taskType,
    status: 'completed',
    endedAtMs: 0,
    attempt: 1,
    priority: 'normal',
  };
}

/** A minute as it is stored, in which agents completed tasks. */
function minuteOf(minute: number, done: readonly { agent: string; taskType: string }[]): RollupChunk {
  const chunk = emptyRollupChunk(minute, 0, 1);
  for (const { agent, taskType } of done) taskRollupIn(chunk, task(agent, taskType)).counters.completed += 1;
  return chunk;
}

const completed = (tallies: Tallies) =>
  Object.fromEntries([...tallies].map(([name, tally]) => [name, tally.completed] as const));

describe('running totals', () => {
  test('count each minute once, in the pool that its agents are in', () => {
    const chunks = [
      minuteOf(START, [
        { agent: 'a', taskType: 'write' },
        { agent: 'b', taskType: 'read' },
      ]),
      minuteOf(START + 1, [{ agent: 'a', taskType: 'write' }]),
    ];
    const poolOf = (agent: string) => (agent === 'a' ? 'writers' : 'readers');
    const first = countMinutes(totalsFrom(START, LIMITS), { chunks, through: START, pools: [] }, poolOf);
    expect(completed(first.pools)).toEqual({ readers: 1, writers: 1 });
    const second = countMinutes(first, { chunks, through: START + 1, pools: ['idle'] }, () => 'moved');
    // Both names are given already.
    expect(completed(second.pools)).toEqual({ readers: 1, writers: 1, other: 1 });
    expect(completed(second.taskTypes)).toEqual({ read: 1, write: 2 });
    expect(countMinutes(second, { chunks, through: START + 1, pools: [] }, poolOf)).toEqual(second);
    expect(second).toMatchObject({ sinceMs: START * 60_000, through: START + 1 });
  });

  test('give pools a name that have done nothing yet, and "other" to those beyond the limit', () => {
    const none = { chunks: [], through: START };
    const totals = countMinutes(totalsFrom(START, LIMITS), { ...none, pools: ['c', 'a', 'b'] }, () => '');
    expect(completed(totals.pools)).toEqual({ a: 0, b: 0, other: 0 });
    expect(nameIn(totals.pools, LIMITS.pools, 'a')).toBe('a');
    expect(nameIn(totals.pools, LIMITS.pools, 'c')).toBe('other');
    // A pool that is called so is one of the rest.
    const named = countMinutes(
      totalsFrom(START, LIMITS),
      { ...none, pools: ['other', '__proto__', 'constructor'] },
      () => '',
    );
    expect([...named.pools.keys()].sort()).toEqual(['__proto__', 'constructor', 'other']);
  });

  test('lag behind by the minutes that a repeated run may compute anew', () => {
    // A run of minute 100 computes 99 again, and so does one that is repeated.
    expect(countableThrough(100)).toBe(98);
  });
});

/**
 * What happens to the stored state: minutes become complete; late tasks come to a minute, in the order note, store,
 * count, with the work interrupted at any place; agents change their pool.
 */
interface World {
  stored: Map<number, RollupChunk>;
  totals: RunningTotals;
  next: number;
  pools: Map<string, string>;
}
const agents = fc.constantFrom('a', 'b', 'c');
const done = fc.record({ agent: agents, taskType: fc.constantFrom('w', 'x', 'y', 'z') });
const step = fc.oneof(
  fc.record({ kind: fc.constant('minute' as const), done: fc.array(done, { maxLength: 4 }), isCounted: fc.boolean() }),
  fc.record({
    kind: fc.constant('late' as const),
    ago: fc.nat({ max: 5 }),
    done,
    stopsAfter: fc.constantFrom('note', 'store', 'count'),
  }),
);
const move = fc.record({
  kind: fc.constant('move' as const),
  agent: agents,
  pool: fc.constantFrom('p', 'q', 'r', 's'),
});

const fresh = (): World => ({ stored: new Map(), totals: totalsFrom(START, LIMITS), next: START, pools: new Map() });

function happen(world: World, what: typeof step extends fc.Arbitrary<infer S> ? S : never): void {
  const poolOf = (agent: string) => world.pools.get(agent) ?? 'p';
  const count = () => {
    const through = world.next - 1;
    world.totals = countMinutes(world.totals, { chunks: [...world.stored.values()], through, pools: [] }, poolOf);
  };
  if (what.kind === 'minute') {
    world.stored.set(world.next, minuteOf(world.next, what.done));
    world.next += 1;
    if (what.isCounted) count();
    return;
  }
  const minute = world.next - 1 - what.ago;
  const before = world.stored.get(minute) ?? minuteOf(minute, []);
  world.totals = noteLate(world.totals, new Map([[minute, [before]]]), poolOf);
  if (what.stopsAfter === 'note') return;
  const after = structuredClone(before);
  taskRollupIn(after, task(what.done.agent, what.done.taskType)).counters.completed += 1;
  world.stored.set(minute, after);
  if (what.stopsAfter === 'count') count();
}

test('come to what is stored, wherever the work was interrupted, and never become less', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const world = fresh();
      for (const what of [...steps, { kind: 'minute' as const, done: [], isCounted: true }]) {
        const before = world.totals;
        happen(world, what);
        expectNoLess(before, world.totals);
      }
      const all = [...world.stored.values()].flatMap(({ tasks }) => [...tasks.values()]);
      const due = all.reduce((sum, { counters }) => sum + counters.completed, 0);
      expect(sumOf(world.totals.pools).completed).toBe(due);
      expect(sumOf(world.totals.taskTypes).completed).toBe(due);
      expect(world.totals.taskTypes.size).toBeLessThanOrEqual(3);
    }),
  );
});

test('never become less when agents change their pools either', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(step, move), { maxLength: 30 }), (steps) => {
      const world = fresh();
      for (const what of steps) {
        const before = world.totals;
        if (what.kind === 'move') world.pools.set(what.agent, what.pool);
        else happen(world, what);
        expectNoLess(before, world.totals);
      }
    }),
  );
});

function expectNoLess(before: RunningTotals, after: RunningTotals): void {
  for (const kind of ['pools', 'taskTypes'] as const) {
    for (const [name, { completed: was }] of before[kind]) {
      expect(after[kind].get(name)?.completed).toBeGreaterThanOrEqual(was);
    }
  }
}
