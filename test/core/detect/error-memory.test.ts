import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryTable } from '../../../lib/aws/dynamodb/memory-table.ts';
import { dynamoWatchStore } from '../../../lib/aws/dynamodb/watch-store.ts';
import type { MinuteSeen } from '../../../lib/core/detect/detection-context.ts';
import {
  agentsLately,
  type ErrorMemory,
  errorsAfter,
  LEARNING_MINUTES,
  MOST_ERRORS,
  NEW_AFTER_MINUTES,
  type NewError,
  noErrors,
  timesLately,
} from '../../../lib/core/detect/error-memory.ts';
import { noWatch } from '../../../lib/core/detect/watch.ts';
import { ClosedTasks } from '../../../lib/core/kpi/closed-tasks.ts';
import { emptyTaskRollup } from '../../../lib/core/kpi/task-rollup.ts';
import type { Roster } from '../../../lib/core/model/roster.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';

const START = 29_000_000;

/** Agents w-1 to w-9 of pool writers, and r-1 to r-9 of readers. */
const roster: Roster = new Map(
  ['w', 'r'].flatMap((of) =>
    Array.from({ length: 9 }, (_, i) => {
      const [agent, pool] = [`${of}-${i + 1}`, of === 'w' ? 'writers' : 'readers'];
      const described = { description: { type: 'agent', agent, pool } as const, describedBy: null };
      return [agent, { agent, firstSeenMs: 0, lastSeenMs: 0, firstBeatMs: 0, lastBeat: null, ...described }] as const;
    }),
  ),
);

type Told = Readonly<Record<string, readonly string[]>>;

/** Minutes in which each error was seen once by each of some agents. */
class Minutes {
  memory: ErrorMemory = noErrors;
  readonly #told = new Map<number, Told>();

  at(minute: number, told: Told): this {
    this.#told.set(minute, told);
    this.memory = errorsAfter(this.memory, this.seen(minute));
    return this;
  }

  /** The hour in which what is seen is usual. */
  learn(told: Told = {}): this {
    for (let i = 0; i < LEARNING_MINUTES; i++) this.at(START - LEARNING_MINUTES + i, told);
    return this;
  }

  /** What is told of a minute late, without its being judged again. */
  late(minute: number, told: Told): this {
    this.#told.set(minute, told);
    return this;
  }

  again(minute: number): ErrorMemory {
    return errorsAfter(this.memory, this.seen(minute));
  }

  newError(signature: string): NewError | null {
    const error = this.memory.seen.get(signature);
    return error?.state === 'new' ? error : null;
  }

  seen(minute: number): MinuteSeen {
    const task = emptyTaskRollup('w-1', '', 'draft');
    task.counters.completed = 5;
    const minutes = [minute - 1, minute].flatMap((at) => {
      const told = this.#told.get(at);
      if (!told) return [];
      const errors = Object.entries(told).flatMap(([signature, agents]) =>
        agents.map((agent) => ({ agent, pool: '', taskType: 'draft', signature, n: 1 })),
      );
      const rollups = { presence: [], parts: [], metrics: [], workflows: [], errors };
      return [[at, { tasks: [new ClosedTasks(new Map([['', task]]))], ...rollups }] as const];
    });
    return { minute, nowMs: (minute + 1) * MINUTE_MS, roster, minutes: new Map(minutes) };
  }
}

describe('errors are remembered', () => {
  test('what is seen while an hour of tasks is learned is usual', () => {
    const { memory } = new Minutes().learn({ usual: ['w-1'] });
    expect(memory.learned).toBe(60);
    expect(memory.seen.get('usual')?.state).toBe('usual');
  });

  test('what comes later is new, with who had it, where and how often in the last five minutes', () => {
    const minutes = new Minutes().learn();
    minutes
      .at(START, { fresh: ['w-1', 'w-2'] })
      .at(START + 1, {})
      .at(START + 2, { fresh: ['w-2', 'r-1'] });
    const error = minutes.newError('fresh') as NewError;
    expect(error).toMatchObject({ since: START, before: null, lastSeen: START + 2, pools: ['writers', 'readers'] });
    expect(timesLately(error, START + 2)).toBe(4);
    expect(agentsLately(error, START + 2).sort()).toEqual(['r-1', 'w-1', 'w-2']);
    expect(timesLately(error, START + 5)).toBe(2);
    expect(agentsLately(error, START + 5).sort()).toEqual(['r-1', 'w-2']);
  });

  test('what comes late for the minute before is counted with it, and once', () => {
    const minutes = new Minutes().learn().at(START, { fresh: ['w-1'] });
    minutes.late(START, { fresh: ['w-1', 'w-2'] }).at(START + 1, { fresh: ['w-3'] });
    expect(minutes.newError('fresh')?.recent).toEqual([
      [START, 2],
      [START + 1, 1],
    ]);
  });

  test('an error without a name tells nothing; nor does one of nobody that is known', () => {
    const minutes = new Minutes().learn();
    minutes.at(START, { timeout: ['w-1'], failed: ['w-1'], rejected: ['w-1'], other: ['w-1'], fresh: ['gone', ''] });
    expect(minutes.memory.seen.size).toBe(0);
  });

  test.each([
    { name: 'a day later it is the same as ever', after: NEW_AFTER_MINUTES - 61, state: 'usual' },
    {
      name: 'after more than a day it is new again, with when it was seen before',
      after: NEW_AFTER_MINUTES,
      state: 'new',
    },
  ])('$name', ({ after, state }) => {
    const minutes = new Minutes().learn({ usual: ['w-1'] });
    minutes.at(START + after, { usual: ['w-1'] });
    expect(minutes.memory.seen.get('usual')?.state).toBe(state);
    expect(minutes.newError('usual')?.before ?? null).toBe(state === 'new' ? START - 60 : null);
  });

  test('what has lasted for a day is usual', () => {
    const minutes = new Minutes().learn();
    for (let hour = 0; hour < 25; hour++) minutes.at(START + 60 * hour, { fresh: ['w-1'] });
    expect(minutes.memory.seen.get('fresh')?.state).toBe('usual');
  });

  test('of more than 500, those of a single agent are forgotten first', () => {
    const minutes = new Minutes().learn({ shared: ['w-1', 'w-2'] });
    for (let i = 0; i < 30; i++) {
      minutes.at(START + i, Object.fromEntries(Array.from({ length: 20 }, (_, of) => [`${i} ${of}`, ['w-9']])));
    }
    expect(minutes.memory.seen.size).toBe(MOST_ERRORS);
    expect(minutes.memory.seen.has('shared')).toBe(true);
    expect(minutes.memory.learned).toBe(60);
  });

  test('when shared ones had to be forgotten, what is not remembered may be usual: it is learned anew', () => {
    const minutes = new Minutes().learn();
    for (let i = 0; i < 30; i++) {
      minutes.at(START + i, Object.fromEntries(Array.from({ length: 20 }, (_, of) => [`${i} ${of}`, ['w-8', 'w-9']])));
    }
    expect(minutes.memory.learned).toBeLessThan(60);
    minutes.at(START + 30, { fresh: ['w-1'] });
    expect(minutes.newError('fresh')).toBeNull();
  });

  test('a minute that is taken in again changes nothing', () => {
    const told = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.uniqueArray(fc.constantFrom('w-1', 'w-2', 'r-1'), { minLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 12 }), fc.boolean(), (minutes, isLearned) => {
        const all = new Minutes();
        if (isLearned) all.learn({ a: ['w-1'] });
        for (const [i, some] of minutes.entries()) all.at(START + i, some);
        expect(all.again(START + minutes.length - 1)).toEqual(all.memory);
      }),
    );
  });

  test('they are stored and read as they were; of what was stored before there were any, none', async () => {
    const store = dynamoWatchStore(new MemoryTable());
    expect((await store.read('s')).errors).toEqual(noErrors);
    const { memory } = new Minutes().learn({ usual: ['w-1'] }).at(START, { fresh: ['w-1', 'r-1'] });
    expect(await store.save('s', { ...noWatch(), errors: memory }, 1, noWatch())).toBe(true);
    const { errors } = await store.read('s');
    expect({ ...errors, seen: new Map([...errors.seen].sort()) }).toEqual({
      ...memory,
      seen: new Map([...memory.seen].sort()),
    });
  });
});
