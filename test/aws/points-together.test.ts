import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packTogether, unpackOf } from '../../lib/aws/dynamodb/points-together.ts';
import { emptyFigures, type Figures, useCounters } from '../../lib/core/kpi/figures.ts';
import type { HistoryPoint } from '../../lib/core/kpi/history-point.ts';
import { packFigures } from '../../lib/core/kpi/packed-figures.ts';
import { presenceCounters } from '../../lib/core/kpi/presence-rollup.ts';
import { taskCounters } from '../../lib/core/kpi/task-rollup.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';

const AT = 29_923_130;

const count = fc.oneof(fc.constant(0), fc.nat(5), fc.nat(2 ** 40));
const counters = <Name extends string>(names: readonly Name[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, count])) as Record<Name, typeof count>);

const figuresOf = fc
  .record({
    tasks: counters(taskCounters),
    presence: counters(presenceCounters),
    use: counters(useCounters),
    bins: fc.uniqueArray(fc.integer({ min: -50, max: 1_500 }), { maxLength: 4 }),
    beat: fc.option(fc.record({ afterMs: fc.integer({ min: -5_000, max: 59_999 }), progress: fc.option(fc.nat()) })),
    queueSince: fc.option(fc.integer({ min: -20, max: 1 })),
  })
  .map(({ tasks, presence, use, bins, beat, queueSince }) => (at: number): Figures => {
    const figures = emptyFigures();
    Object.assign(figures.tasks.counters, tasks);
    Object.assign(figures.presence.counters, presence);
    Object.assign(figures.use, use);
    for (const bin of bins) figures.tasks.response.bins.set(bin, 1);
    if (beat) {
      const { afterMs, progress } = beat;
      figures.presence.beat = { atMs: at * MINUTE_MS + afterMs, state: 'busy', intervalMs: 60_000, progress };
    }
    if (queueSince !== null) figures.queueSpan = { from: at + queueSince, to: at + 1 };
    return figures;
  });

const pointsOf = fc
  .uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 10 })
  .chain((minutes) => fc.tuple(fc.constant(minutes), fc.array(figuresOf, { minLength: 10, maxLength: 10 })));

test('points of agents that were packed together are read as they were, each by itself and in their order', () => {
  const groups = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), pointsOf), {
    selector: ([name]) => name,
    maxLength: 5,
  });
  fc.assert(
    fc.property(groups, (agents) => {
      const points = new Map(
        agents.map(([name, [minutes, figures]]) => [
          `agent:${name}`,
          minutes.map((minute, i): HistoryPoint => {
            const at = AT + minute;
            return { scope: `agent:${name}`, at, figures: i === 7 ? null : (figures[i]?.(at) ?? null), metric: null };
          }),
        ]),
      );
      const packed = packTogether(points);
      const plain = (all: readonly HistoryPoint[] | null) =>
        all?.map(({ scope, at, figures, metric }) => ({ scope, at, figures: figures && packFigures(figures), metric }));
      for (const [scope, its] of points) {
        expect(plain(unpackOf(scope, packed))).toEqual(plain(its.toSorted((a, b) => a.at - b.at)));
      }
      expect(unpackOf('agent: nobody', packed)).toBeNull();
    }),
    { numRuns: 200 },
  );
});
