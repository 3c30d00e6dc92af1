import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyFigures } from '../../lib/core/kpi/figures.ts';
import { type HistoryLevel, type HistoryPoint, historySteps } from '../../lib/core/kpi/history-point.ts';
import { DAY_MINUTES, type Minute, minuteOf } from '../../lib/core/model/time.ts';
import type { MetricStore } from '../../lib/ports/metric-store.ts';
import { arbitraryFigures, arbitraryMetric } from '../fixtures/arbitrary-history.ts';
import { NOW_MS } from './fresh-store.ts';

/**
 * Makes an empty store whose clock stands at startMs.
 * failFrom: the writes of the store from this one on (1 is the next) fail before they arrive; null ends it. Absent where none can fail.
 */
export type FreshMetricStore = (
  startMs: number,
) => Promise<{ store: MetricStore; failFrom?: (write: number | null) => void }>;

const levels = Object.keys(historySteps) as HistoryLevel[];
const NOW = minuteOf(NOW_MS);
/** A day that is over, with the ten minutes and hours in it. */
const DAY = Math.floor(NOW / DAY_MINUTES) * DAY_MINUTES - DAY_MINUTES;

/** A point that tells how it was written. */
function point(scope: string, at: Minute, completed = 1): HistoryPoint {
  const figures = emptyFigures();
  figures.tasks.counters.completed = completed;
  figures.tasks.response.bins.set(700 + (at % 7), completed);
  return { scope, at, figures, metric: null };
}

const told = (points: readonly HistoryPoint[]) =>
  points.map(({ at, figures }) => [at, figures?.tasks.counters.completed]);

export function metricStoreContract(fresh: FreshMetricStore): void {
  test('holds nothing at first', async () => {
    const { store } = await fresh(NOW_MS);
    for (const level of levels) expect(await store.read('default', 'fleet', level, 0, NOW)).toEqual([]);
  });

  test.each(levels)('gives back every figure and custom metric of a %s exactly', async (level) => {
    const { store } = await fresh(NOW_MS);
    const content = fc.oneof(
      fc.record({ figures: arbitraryFigures(), metric: fc.constant(null) }),
      fc.record({ figures: fc.constant(null), metric: arbitraryMetric }),
    );
    const written = fc
      .sample(content, { numRuns: 40, seed: 11 })
      .map(({ figures, metric }, i): HistoryPoint => ({ scope: `pool:p-${i}`, at: DAY, figures, metric }));
    await store.write('default', level, written, 1);
    const read = await Promise.all(
      written.map(({ scope }) => store.read('default', scope, level, DAY, DAY + historySteps[level])),
    );
    expect(read.flat()).toEqual(written);
  });

  test('gives back the sketches of ten busy minutes, with every bin there is', async () => {
    const { store } = await fresh(NOW_MS);
    const [figures] = fc.sample(arbitraryFigures(), { numRuns: 1, seed: 3 });
    const written = Array.from({ length: 10 }, (_, i): HistoryPoint => {
      const full = structuredClone(figures!);
      for (const { bins } of [full.tasks.response, full.tasks.service, full.workflows.duration]) {
        for (let bin = 0; bin < 1_856; bin++) bins.set(bin, ((bin + i) * 7_919) % 1_000_003);
      }
      return { scope: 'fleet', at: DAY + i, figures: full, metric: null };
    });
    await store.write('default', 'minute', written, 1);
    expect(await store.read('default', 'fleet', 'minute', DAY, DAY + 10)).toEqual(written);
  });

  test.each(levels)(
    'reads %ss from the first that was asked for to the last before the end, oldest first',
    async (level) => {
      const { store } = await fresh(NOW_MS);
      const step = historySteps[level];
      // Across a boundary of ten minutes, a day and a month, with a gap.
      const start = DAY - (level === 'day' ? 40 : 1) * DAY_MINUTES;
      const steps = [0, 1, 2, 8, 9, 10, 11, 23, 24, 25, 35].map((i) => start + i * step);
      // The minutes of ten are written together; hours and days come one by one, here the newest first.
      const writes = Map.groupBy([...steps].reverse(), (at) => (level === 'minute' ? Math.floor(at / 10) : at));
      for (const its of writes.values()) {
        const points = its.map((at) => point('fleet', at, at / step));
        await store.write('default', level, points, 1);
      }
      const expected = (from: Minute, to: Minute) =>
        steps.filter((at) => at >= from && at < to).map((at) => [at, at / step]);
      for (const [from, to] of [
        [start, start + 36 * step],
        [start + step, start + 24 * step],
        [start + step + 1, start + 24 * step + 1],
        [start + 9 * step, start + 10 * step],
        [start + 3 * step, start + 8 * step],
        [start, start],
        [start + step, start],
        [0, NOW * 2],
      ] as const) {
        expect(told(await store.read('default', 'fleet', level, from, to))).toEqual(expected(from, to));
      }
    },
  );

  test('gives the points of a write in their order, whatever order they were given in', async () => {
    const { store } = await fresh(NOW_MS);
    await store.write(
      'default',
      'minute',
      [3, 1, 9, 0].map((i) => point('fleet', DAY + i, i)),
      1,
    );
    await store.write(
      'default',
      'hour',
      [20, 3, 5].map((i) => point('fleet', DAY + i * 60, i)),
      1,
    );
    expect(told(await store.read('default', 'fleet', 'minute', DAY, DAY + 10))).toEqual(
      [0, 1, 3, 9].map((i) => [DAY + i, i]),
    );
    expect(told(await store.read('default', 'fleet', 'hour', DAY, DAY + DAY_MINUTES))).toEqual(
      [3, 5, 20].map((i) => [DAY + i * 60, i]),
    );
  });

  test('keeps scopes, levels and systems apart, also when they are written one after the other', async () => {
    const { store } = await fresh(NOW_MS);
    const scopes = ['fleet', 'pool:a', 'agent:a', 'taskType:a', 'workflowType:a', 'metric:a', 'agent:b'];
    const places = ['default', 'other'].flatMap((system) =>
      levels.flatMap((level) => scopes.map((scope) => ({ system, level, scope }))),
    );
    for (const [i, { system, level, scope }] of places.entries()) {
      await store.write(system, level, [point(scope, DAY, i + 1)], 1);
    }
    for (const [i, { system, level, scope }] of places.entries()) {
      expect(told(await store.read(system, scope, level, DAY, DAY + 1))).toEqual([[DAY, i + 1]]);
    }
    expect(await store.read('default', 'agent:c', 'minute', DAY, DAY + 1)).toEqual([]);
  });

  test('a higher version replaces a point, as does the same one; a lower one leaves it as it is', async () => {
    const { store } = await fresh(NOW_MS);
    const write = (completed: number, version: number) =>
      store.write('default', 'hour', [point('pool:a', DAY, completed)], version);
    const read = async () => told(await store.read('default', 'pool:a', 'hour', DAY, DAY + 60));
    // Also of more than 32 bits.
    await write(0, 1);
    for (const [i, version] of [2, 255, 256, 2 ** 33, 2 ** 40].entries()) {
      await write(i, version);
      expect(await read()).toEqual([[DAY, i]]);
      await write(99, version - 1);
      expect(await read()).toEqual([[DAY, i]]);
    }
    await write(7, 2 ** 40);
    await write(8, 2 ** 40);
    expect(await read()).toEqual([[DAY, 8]]);
    await write(7, 2 ** 40);
    expect(await read()).toEqual([[DAY, 7]]);
  });

  test('what is written with version 0 gives way to any other, and to itself', async () => {
    const { store } = await fresh(NOW_MS);
    const write = (at: Minute, completed: number, version: number) =>
      store.write('default', 'hour', [point('metric:a', at, completed)], version);
    const read = async () => told(await store.read('default', 'metric:a', 'hour', DAY, DAY + 120));
    await write(DAY, 1, 0);
    await write(DAY + 60, 1, 0);
    for (const completed of [2, 2, 3]) await write(DAY, completed, 0);
    expect(await read()).toEqual([
      [DAY, 3],
      [DAY + 60, 1],
    ]);
    await write(DAY, 4, 1);
    await write(DAY, 5, 0);
    await write(DAY + 60, 5, 0);
    expect(await read()).toEqual([
      [DAY, 4],
      [DAY + 60, 5],
    ]);
  });

  test('takes the minutes of a whole day at once, empty ones among them', async () => {
    const { store } = await fresh(NOW_MS);
    const written = Array.from({ length: DAY_MINUTES }, (_, i) =>
      i % 3 === 0 ? point('metric:a', DAY + i, i) : { scope: 'metric:a', at: DAY + i, figures: null, metric: null },
    );
    await store.write('default', 'minute', written, 0);
    expect(await store.read('default', 'metric:a', 'minute', DAY, DAY + DAY_MINUTES)).toEqual(written);
  });

  test('of points that are written together, the overtaken ones stay out and the others are written', async () => {
    const { store } = await fresh(NOW_MS);
    // More than fit into a request or share an item.
    const scopes = Array.from({ length: 300 }, (_, i) => `agent:a-${i}`);
    const isLater = (i: number) => i % 3 === 0;
    await store.write(
      'default',
      'hour',
      scopes.map((scope) => point(scope, DAY, 1)),
      3,
    );
    await store.write(
      'default',
      'hour',
      scopes.filter((_, i) => isLater(i)).map((scope) => point(scope, DAY, 2)),
      5,
    );
    await store.write(
      'default',
      'hour',
      scopes.map((scope) => point(scope, DAY, 3)),
      4,
    );
    const read = await Promise.all(scopes.map((scope) => store.read('default', scope, 'hour', DAY, DAY + 60)));
    expect(read.flatMap(told)).toEqual(scopes.map((_, i) => [DAY, isLater(i) ? 2 : 3]));
  });

  test('a point with large sketches is replaced by one with small ones, and the other way round', async () => {
    const { store } = await fresh(NOW_MS);
    const large = point('fleet', DAY);
    for (let bin = 0; bin < 1_500; bin++) large.figures?.tasks.response.bins.set(bin, bin);
    for (const [version, written] of [large, point('fleet', DAY), large, large, point('fleet', DAY)].entries()) {
      await store.write('default', 'day', [written], version + 1);
      expect(await store.read('default', 'fleet', 'day', DAY, DAY + 1)).toEqual([written]);
    }
  });

  test('the same again changes nothing', async () => {
    const { store } = await fresh(NOW_MS);
    const written = Array.from({ length: 10 }, (_, i) => point('agent:a', DAY + i, i));
    for (let i = 0; i < 3; i++) await store.write('default', 'minute', written, 7);
    await store.write('default', 'minute', written, 6);
    expect(await store.read('default', 'agent:a', 'minute', DAY, DAY + 10)).toEqual(written);
  });

  test('takes ten minutes of 3,000 agents, and 90 days of hours', async () => {
    const { store } = await fresh(NOW_MS);
    const scopes = Array.from({ length: 3_000 }, (_, i) => `agent:worker-${i}`);
    const minutes = scopes.flatMap((scope, i) => [0, 9].map((minute) => point(scope, DAY + minute, i + minute)));
    await store.write('default', 'minute', minutes, 1);
    for (const i of [0, 1, 1_234, 2_999]) {
      const read = await store.read('default', `agent:worker-${i}`, 'minute', DAY, DAY + 10);
      expect(told(read)).toEqual([
        [DAY, i],
        [DAY + 9, i + 9],
      ]);
    }

    const start = DAY - 89 * DAY_MINUTES;
    const hours = Array.from({ length: 2_160 }, (_, i) => point('pool:a', start + i * 60, i));
    for (let i = 0; i < 90; i++) await store.write('default', 'hour', hours.slice(i * 24, i * 24 + 24), 1);
    expect(await store.read('default', 'pool:a', 'hour', start, start + 90 * DAY_MINUTES)).toEqual(hours);
  }, 60_000);

  test('takes ids with every character they may have, of every length', async () => {
    const { store } = await fresh(NOW_MS);
    const ids = [
      'a',
      '.',
      '-',
      '@/:._-',
      '0',
      'x'.repeat(128),
      'Y'.repeat(127),
      'size',
      'pk',
      'ttl',
      'time',
      'b/c:d@e.f',
      '#',
    ];
    const scopes = ids.map((id) => `agent:${id}`);
    await store.write(
      'team-a:@/._-',
      'minute',
      scopes.map((scope, i) => point(scope, DAY, i)),
      1,
    );
    for (const [i, scope] of scopes.entries()) {
      expect(told(await store.read('team-a:@/._-', scope, 'minute', DAY, DAY + 1))).toEqual([[DAY, i]]);
    }
  });

  test('what looks like a part of a query is a name like any other', async () => {
    const { store } = await fresh(NOW_MS);
    const name = `metric:it's "50%" -- \\ ; ' OR '1' = '1`;
    await store.write("o'system", 'minute', [point(name, DAY, 1), point('metric:other', DAY, 2)], 1);
    expect(told(await store.read("o'system", name, 'minute', DAY, DAY + 1))).toEqual([[DAY, 1]]);
    expect(await store.read("o'system", `metric:' OR '1' = '1`, 'minute', DAY, DAY + 1)).toEqual([]);
  });

  test('after a write that failed half way, writing all again repairs it', async ({ skip }) => {
    const { store, failFrom } = await fresh(NOW_MS);
    if (!failFrom) return skip('a write of this store cannot fail half way');
    const scopes = Array.from({ length: 900 }, (_, i) => `agent:a-${i}`);
    const all = (completed: number) => scopes.map((scope) => point(scope, DAY, completed));
    const read = async () =>
      (await Promise.all(scopes.map((scope) => store.read('default', scope, 'hour', DAY, DAY + 60)))).flatMap(told);
    await store.write('default', 'hour', all(1), 1);
    failFrom(4);
    await expect(store.write('default', 'hour', all(2), 2)).rejects.toThrow(/internal|injected/i);
    failFrom(null);
    const between = new Set((await read()).map(([, completed]) => completed));
    expect(between).toEqual(new Set([1, 2]));
    await store.write('default', 'hour', all(2), 2);
    expect(await read()).toEqual(scopes.map(() => [DAY, 2]));
  });
}
