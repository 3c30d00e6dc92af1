import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Assignment,
  Dispatcher,
  type Priority,
  priorities,
  type Task,
} from '../../examples/dispatcher/dispatch.ts';
import type { PaceReading } from '../../lib/client/agent-pace.ts';
import type { Directive, DirectiveKind, DirectiveParams } from '../../lib/client/client.ts';
import { createRandom } from '../../lib/sim/random.ts';

const agents = (count: number, slots = 2, pool = 'writers') =>
  Array.from({ length: count }, (_, i) => ({ agent: `${pool}-${i + 1}`, pool, slots }));

function directive<Kind extends DirectiveKind>(
  kind: Kind,
  params: DirectiveParams[Kind],
  more: Partial<Pick<Directive, 'id' | 'status'>> = {},
): Directive {
  const fields = { id: `a-${kind}`, status: 'active', expiresAt: '2026-03-02T10:15:00.000Z', ...more };
  return { ...fields, kind, params } as Directive;
}

let tasks = 0;
function task(more: Partial<Task> = {}): Task {
  tasks += 1;
  return { id: `t-${tasks}`, pool: 'writers', taskType: 'article', priority: 'normal', uses: [], ...more };
}

/** Of a task that took as long as the others, unless told otherwise. */
function ending(agent: string, more: Partial<PaceReading> = {}): PaceReading {
  return { agent, taskType: 'article', tookMs: 1_000, isDone: true, atMs: 0, ...more };
}

/** Which agent gets how large a share of so many tasks, each ended before the next comes. */
function sharesOf(dispatcher: Dispatcher<Task>, count: number): Map<string, number> {
  const got = new Map<string, number>();
  for (let n = 0; n < count; n++) {
    dispatcher.offer(task());
    for (let given = dispatcher.next(); given; given = dispatcher.next()) {
      got.set(given.agent, (got.get(given.agent) ?? 0) + 1);
      dispatcher.ended(ending(given.agent));
    }
  }
  return new Map([...got].map(([agent, times]) => [agent, times / count]));
}

function seeded(seed: number): () => number {
  const random = createRandom(seed, 'dispatch');
  return () => random.uniform(0, 1);
}

test.each([
  { name: 'a name that objects have of their own', agent: 'constructor', weights: {} },
  { name: 'a weight that is no number', agent: 'writers-4', weights: { 'writers-4': 'much' as never } },
  { name: 'an endless weight', agent: 'writers-4', weights: { 'writers-4': Number.POSITIVE_INFINITY } },
])('an agent with $name counts 1, beside those that have weights', ({ agent, weights }) => {
  const dispatcher = new Dispatcher([...agents(3), { agent, pool: 'writers', slots: 2 }], seeded(4));
  const named = { 'writers-1': 1, 'writers-2': 1, 'writers-3': 1, ...weights };
  dispatcher.obey(directive('route', { pool: 'writers', weights: named, hot: [] }));
  const shares = sharesOf(dispatcher, 2_000);
  for (const each of ['writers-1', 'writers-2', 'writers-3', agent]) expect(shares.get(each)).toBeCloseTo(0.25, 1);
});

test('what waits for a pool is told by its agents, each as much as the others and together all of it', () => {
  const law = fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 60 }), (count, offered) => {
    const pool = agents(count, 1);
    const dispatcher = new Dispatcher([...pool, ...agents(3, 1, 'readers')], seeded(count));
    for (let n = 0; n < offered; n++) dispatcher.offer(task());
    while (dispatcher.next() !== null);
    const told = pool.map(({ agent }) => dispatcher.waitingFor(agent));
    expect(told.reduce((sum, its) => sum + its, 0)).toBe(Math.max(0, offered - count));
    expect(Math.max(...told) - Math.min(...told)).toBeLessThanOrEqual(1);
    expect([dispatcher.waitingFor('readers-1'), dispatcher.waitingFor('nobody')]).toEqual([0, 0]);
  });
  fc.assert(law);
});

describe('a route directive', () => {
  test('gives each agent the share of its weight, within 2 % of all tasks', () => {
    const weight = fc.double({ min: 0.05, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.array(weight, { minLength: 2, maxLength: 8 }), fc.integer(), (weights, seed) => {
        const pool = agents(weights.length);
        const dispatcher = new Dispatcher(pool, seeded(seed));
        // The last is not named, and counts 1.
        const named = pool.slice(0, -1).map(({ agent }, i) => [agent, weights[i] as number] as const);
        dispatcher.obey(directive('route', { pool: 'writers', weights: Object.fromEntries(named), hot: [] }));
        const shares = sharesOf(dispatcher, 40_000);
        const wanted = new Map([...named, [pool.at(-1)?.agent ?? '', 1]]);
        const total = [...wanted.values()].reduce((sum, each) => sum + each, 0);
        const off = [...wanted].map(([agent, each]) => Math.abs((shares.get(agent) ?? 0) - each / total));
        expect(off.reduce((sum, each) => sum + each, 0) / 2).toBeLessThan(0.02);
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });

  test('keeps work from an agent that is idle only because it gets none, while the others are busy', () => {
    const dispatcher = new Dispatcher(agents(4, 1), seeded(1));
    dispatcher.obey(directive('route', { pool: 'writers', weights: { 'writers-1': 0.05 }, hot: [] }));
    let toFirst = 0;
    for (let n = 0; n < 4; n++) dispatcher.offer(task());
    for (let n = 0; n < 10_000; n++) {
      dispatcher.offer(task());
      for (let given = dispatcher.next(); given; given = dispatcher.next()) {
        if (given.agent !== 'writers-1') continue;
        toFirst += 1;
        dispatcher.ended(ending('writers-1'));
      }
      // Of the three others one ends, so that two are busy at any time.
      dispatcher.ended(ending(`writers-${2 + (n % 3)}`));
    }
    expect(toFirst / 10_000).toBeLessThan(0.06);
    expect(toFirst).toBeGreaterThan(0);
  });

  test('avoids hot agents as long as another is free', () => {
    const dispatcher = new Dispatcher(agents(2, 1), seeded(1));
    dispatcher.obey(directive('route', { pool: 'writers', weights: {}, hot: ['writers-1'] }));
    for (let n = 0; n < 3; n++) dispatcher.offer(task());
    expect([dispatcher.next()?.agent, dispatcher.next()?.agent, dispatcher.next()]).toEqual([
      'writers-2',
      'writers-1',
      null,
    ]);
  });

  test('is about one type of tasks where it says so, and the latest about a pool holds', () => {
    const dispatcher = new Dispatcher(agents(2), seeded(1));
    const weights = { 'writers-1': 3, 'writers-2': 0.05 };
    dispatcher.obey(directive('route', { pool: 'writers', taskType: 'poem', weights, hot: [] }));
    expect(sharesOf(dispatcher, 4_000).get('writers-1')).toBeCloseTo(0.5, 1);
    dispatcher.obey(directive('route', { pool: 'writers', weights, hot: [] }, { id: 'later' }));
    expect(sharesOf(dispatcher, 4_000).get('writers-1')).toBeCloseTo(3 / 3.05, 1);
  });

  test.each(['expired', 'rolled_back'] as const)('is over when it is %s: everybody counts 1 again', (status) => {
    const dispatcher = new Dispatcher(agents(2), seeded(1));
    const params = { pool: 'writers', weights: { 'writers-1': 0.05 }, hot: [] };
    dispatcher.obey(directive('route', params));
    dispatcher.obey(directive('route', params, { status }));
    expect(sharesOf(dispatcher, 4_000).get('writers-1')).toBeCloseTo(0.5, 1);
  });
});

describe('a breaker', () => {
  const open = (agent: string, probeFraction = 0) =>
    directive('breaker', { agent, pool: 'writers', state: probeFraction > 0 ? 'half-open' : 'open', probeFraction });

  test('that is half open lets its share of probes through, and once it is closed everything', () => {
    const dispatcher = new Dispatcher(agents(4), seeded(1));
    dispatcher.obey(open('writers-1', 0.2));
    expect(sharesOf(dispatcher, 20_000).get('writers-1')).toBeCloseTo(0.2 / 3.2, 2);
    dispatcher.obey(directive('breaker', { agent: 'writers-1', pool: 'writers', state: 'closed', probeFraction: 1 }));
    expect(sharesOf(dispatcher, 20_000).get('writers-1')).toBeCloseTo(0.25, 2);
  });

  test('that is open for the only agent has tasks wait for the end of it', () => {
    const dispatcher = new Dispatcher(agents(1), seeded(1));
    dispatcher.obey(open('writers-1'));
    dispatcher.offer(task());
    expect(dispatcher.next()).toBeNull();
    dispatcher.obey({ ...open('writers-1'), status: 'expired' });
    expect(dispatcher.next()?.agent).toBe('writers-1');
  });

  test.each(['tool', 'model'] as const)('of a %s has tasks do without it, except for probes', (what) => {
    const dispatcher = new Dispatcher(agents(4), seeded(1));
    dispatcher.obey(directive('breaker', { [what]: 'search', state: 'half-open', probeFraction: 0.1 }));
    let without = 0;
    for (let n = 0; n < 5_000; n++) {
      dispatcher.offer(task({ uses: ['search', 'calculator'] }));
      const given = dispatcher.next() as Assignment<Task>;
      expect(given.avoid).not.toContain('calculator');
      without += given.avoid.length;
      dispatcher.ended(ending(given.agent));
    }
    expect(without / 5_000).toBeCloseTo(0.9, 1);
  });
});

describe('a degrade directive', () => {
  test('has tasks of its type done by a rung of the ladder', () => {
    const dispatcher = new Dispatcher(agents(2), seeded(1));
    dispatcher.obey(directive('degrade', { pool: 'writers', taskType: 'poem', step: 'smaller-model' }));
    dispatcher.offer(task());
    dispatcher.offer(task({ taskType: 'poem' }));
    expect([dispatcher.next()?.step, dispatcher.next()?.step]).toEqual([null, 'smaller-model']);
  });

  test('turns away what is less important than it says, and nothing else', () => {
    const dispatcher = new Dispatcher(agents(2), seeded(1));
    dispatcher.obey(directive('degrade', { pool: 'writers', shedBelow: 'normal' }));
    const refused = priorities.filter((priority) => dispatcher.offer(task({ priority })).length > 0);
    expect(refused).toEqual(['low']);
  });

  test.each([0.1, 0.35, 0.7, 0.95, 1])(
    'admits %d of all tasks, the most important first, and what is critical always',
    (admitFraction) => {
      const dispatcher = new Dispatcher(agents(2), seeded(1));
      dispatcher.obey(directive('degrade', { pool: 'writers', admitFraction }));
      const came: Record<Priority, number> = { critical: 0, high: 0, normal: 0, low: 0 };
      const stayed = { ...came };
      for (let n = 0; n < 20_000; n++) {
        const priority = priorities[n % 4] as Priority;
        if (n >= 1_000) came[priority] += 1;
        if (dispatcher.offer(task({ priority })).length === 0 && n >= 1_000) stayed[priority] += 1;
        for (let given = dispatcher.next(); given; given = dispatcher.next()) dispatcher.ended(ending(given.agent));
      }
      const sum = (of: Record<Priority, number>) => priorities.reduce((total, each) => total + of[each], 0);
      // A quarter of all is critical.
      expect(sum(stayed) / sum(came)).toBeCloseTo(Math.max(0.25, admitFraction), 1);
      priorities.forEach((each, rank) => {
        const left = rank === 0 ? 1 : Math.min(1, Math.max(0, admitFraction * 4 - rank));
        expect(stayed[each] / came[each]).toBeCloseTo(left, 1);
      });
    },
  );
});

test('what is critical is admitted though nothing else is left to turn away', () => {
  const dispatcher = new Dispatcher(agents(1), seeded(9));
  dispatcher.obey(directive('degrade', { pool: 'writers', admitFraction: 0.3 }));
  const refused = Array.from({ length: 500 }, () => dispatcher.offer(task({ priority: 'critical' }))).flat();
  expect(refused).toEqual([]);
});

test('failover has the other pool work on what waits and what comes, and ends with its directive', () => {
  const dispatcher = new Dispatcher([...agents(1), ...agents(1, 1, 'backup')], seeded(1));
  for (let n = 0; n < 3; n++) dispatcher.offer(task());
  const failover = directive('failover', { from: 'writers', to: 'backup', taskTypes: [] });
  dispatcher.obey(failover);
  expect(dispatcher.next()?.agent).toBe('backup-1');
  expect(dispatcher.next()).toBeNull();
  dispatcher.obey({ ...failover, status: 'expired' });
  expect([dispatcher.next()?.agent, dispatcher.next()?.agent]).toEqual(['writers-1', 'writers-1']);
});

test.each([
  directive('scale', { pool: 'writers', desired: 6 }),
  directive('restart', { agent: 'writers-1', drain: true }),
  { ...directive('tune', { pool: 'writers', params: { batch: 4 } }), kind: 'teleport' } as unknown as Directive,
])('of what others carry out it says nothing: $kind', (given) => {
  const word = new Dispatcher(agents(1), seeded(1)).obey(given);
  expect(word).toBeNull();
});

test('in 100,000 steps under twofold load no agent behind an open breaker gets a task, nothing waits behind what is less important, and nothing gives way to it', () => {
  const random = createRandom(20260302, 'dispatch');
  const pool = agents(6, 2);
  const dispatcher = new Dispatcher(pool, () => random.uniform(0, 1), 40);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random.uniform(0, items.length))] as Item;
  const running: Assignment<Task>[] = [];
  /** What waits, by id: a model of its own. */
  const waits = new Map<string, Task>();
  const rank = ({ priority }: Task) => priorities.indexOf(priority);
  const open = new Set<string>();
  const wrong: string[] = [];
  const counts = { offered: 0, started: 0, full: 0, turnedAway: 0, breakers: 0 };

  for (let step = 0; step < 100_000; step++) {
    // Twice as many tasks come as end.
    const what = random.uniform(0, 1);
    if (what < 0.01) {
      const { agent } = pick(pool);
      const state = pick(['open', 'half-open', 'closed'] as const);
      const probeFraction = { open: 0, 'half-open': 0.1, closed: 1 }[state];
      dispatcher.obey(directive('breaker', { agent, pool: 'writers', state, probeFraction }, { id: `of-${agent}` }));
      if (state === 'open') open.add(agent);
      else open.delete(agent);
      counts.breakers += 1;
    } else if (what < 0.015) {
      const form = pick([
        { admitFraction: random.uniform(0.3, 1) },
        { shedBelow: pick(priorities) },
        { step: 'cached' },
      ]);
      const status = pick(['active', 'expired'] as const);
      dispatcher.obey(directive('degrade', { pool: 'writers', ...form }, { status }));
    } else if (what < 0.675) {
      const offered = task({ priority: pick(priorities) });
      counts.offered += 1;
      waits.set(offered.id, offered);
      for (const { task: refused, because } of dispatcher.offer(offered)) {
        waits.delete(refused.id);
        if (because.includes('turns')) {
          counts.turnedAway += 1;
          // What is less important would not have been taken in either.
          for (const priority of priorities.slice(rank(refused) + 1))
            if (dispatcher.admission({ ...refused, priority }) > 0)
              wrong.push(`${priority} before ${refused.priority}`);
        } else {
          counts.full += 1;
          for (const other of waits.values())
            if (rank(other) > rank(refused)) wrong.push(`${refused.priority} gave way to ${other.priority}`);
        }
      }
    } else {
      const [ended] = running.splice(Math.floor(random.uniform(0, running.length)), 1);
      if (ended) dispatcher.ended(ending(ended.agent));
    }
    for (let given = dispatcher.next(); given; given = dispatcher.next()) {
      if (open.has(given.agent)) wrong.push(`${given.agent} is behind an open breaker`);
      if (!waits.delete(given.task.id)) wrong.push(`${given.task.id} was not waiting`);
      for (const other of waits.values())
        if (rank(other) < rank(given.task)) wrong.push(`${other.priority} waits behind ${given.task.priority}`);
      if (dispatcher.inFlight(given.agent) > 2) wrong.push(`${given.agent} is overloaded`);
      running.push(given);
      counts.started += 1;
    }
    if (dispatcher.waiting('writers') !== waits.size) wrong.push(`${waits.size} should wait`);
  }
  expect(wrong).toEqual([]);
  // All of it happened often.
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(500);
  expect(counts.started).toBeLessThan(0.6 * counts.offered);
}, 60_000);
