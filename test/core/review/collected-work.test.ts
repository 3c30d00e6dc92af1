import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectWork } from '../../../lib/core/review/collected-work.ts';
import { answered, dayOfWork, type Work } from '../../fixtures/work-days.ts';

const arbitraryWork: fc.Arbitrary<Work> = fc.record({
  agent: fc.constantFrom('a', 'b', 'c', ''),
  pool: fc.constantFrom('chat', 'mail'),
  taskType: fc.constantFrom('short', 'long'),
  hour: fc.integer({ min: 0, max: 23 }),
  counters: fc.record({
    completed: fc.nat({ max: 300 }),
    failed: fc.nat({ max: 3 }),
    serviceCount: fc.nat({ max: 70_000 }),
    serviceUs: fc.oneof(fc.nat({ max: 255 }), fc.nat(), fc.maxSafeNat()),
  }),
});
const arbitraryDays = fc.array(fc.array(arbitraryWork, { maxLength: 8 }), { maxLength: 5 });
const typesOf = (days: Parameters<typeof collectWork>[0]) =>
  Array.from(collectWork(days).types(), (of) => structuredClone(of));

describe('work collected day by day', () => {
  it('is the same in whatever order the days come', () => {
    fc.assert(
      fc.property(arbitraryDays, (days) => {
        const inOrder = days.map((work, i) => dayOfWork(days.length - i, work));
        expect(typesOf(inOrder.toReversed())).toEqual(typesOf(inOrder));
      }),
    );
  });

  it('keeps every number, however large, and each row of an agent, but nothing that a pool rejected', () => {
    fc.assert(
      fc.property(arbitraryDays, (days) => {
        const of = typesOf(days.map((work, i) => dayOfWork(days.length - i, work)));
        const told = of.flatMap(({ pool, taskType, agents }) =>
          [...agents].flatMap(([agent, { hours, sums, counts }]) =>
            Array.from(hours, (at, i) =>
              JSON.stringify([Math.floor(at / 24), agent, pool, taskType, at % 24, sums[0]?.[i], counts[0]?.[i]]),
            ),
          ),
        );
        const given = days.flatMap((work, day) =>
          work.flatMap(({ agent, pool, taskType, hour, counters: { serviceUs = 0, serviceCount } }) =>
            agent === '' ? [] : JSON.stringify([day, agent, pool, taskType, hour, serviceUs / 1_000, serviceCount]),
          ),
        );
        expect(told.sort()).toEqual(given.sort());
      }),
    );
  });

  it('counts what ended of an agent that moved in each of its pools', () => {
    const { ended, days } = collectWork([
      dayOfWork(2, [{ agent: 'a', counters: answered(3, 1) }]),
      dayOfWork(1, [
        { agent: 'a', pool: 'mail', counters: { completed: 1, failed: 1, timeout: 2 } },
        { agent: 'b', pool: 'mail', counters: { rejected: 5 } },
      ]),
    ]);
    expect(days).toBe(2);
    expect([...ended.agents].map(({ agent, pool, byType }) => [agent, pool, ...byType])).toEqual([
      ['a', 'chat', ['answer', 3]],
      ['a', 'mail', ['answer', 4]],
    ]);
    expect([...(ended.pools.get('mail')?.agents ?? [])]).toEqual(['a']);
  });
});
