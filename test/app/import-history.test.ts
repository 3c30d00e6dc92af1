import { beforeEach, describe, expect, test } from 'vitest';
import { importHistory } from '../../lib/app/import-history.ts';
import { countObservation, emptyMetricRollup, metricSum } from '../../lib/core/kpi/metric-rollup.ts';
import { DAY_MINUTES, type Minute, minuteOf, startOfMinute } from '../../lib/core/model/time.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';

const NOW_MS = Date.parse('2026-03-20T10:30:00Z');
const DAY = minuteOf(Date.parse('2026-03-18T00:00:00Z'));
const who = { kind: 'key' as const, id: 'key_ann', name: 'ann' };
const metric = { name: 'requests', unit: 'requests', kind: 'gauge' as const };
/** As the stores of the tests keep them. */
const historyDays = { minute: 14, hour: 400, day: 800 };

let stores: Stores;
beforeEach(async () => {
  stores = storesInMemory(() => NOW_MS);
});

/** One value at a minute. */
type Given = [at: Minute, value: number];

function bringIn(given: readonly Given[], more: Partial<Stores> = {}) {
  const points = given.map(([at, value], index) => ({ index, atMs: startOfMinute(at), value }));
  return importHistory({ ...stores, historyDays, ...more }, { system: 's', metric, points, who, atMs: NOW_MS });
}

async function stored(level: 'minute' | 'hour' | 'day', from = DAY, to = DAY + DAY_MINUTES): Promise<unknown[]> {
  const points = await stores.metrics.read('s', 'metric:requests', level, from, to);
  return points.flatMap(({ at, metric }) => (metric ? [[at, metric.count, metricSum(metric)]] : []));
}

const entries = () => stores.audit.read('s', { fromMs: 0, toMs: NOW_MS + 1, limit: 50 });

test('points are there by the minute, the hour and the day, and who brought them in is written down', async () => {
  const outcome = await bringIn([
    [DAY + 5, 10],
    [DAY + 65, 20],
    [DAY + 66, 30],
  ]);
  expect(outcome).toEqual({ stored: 3, steps: { minute: 3, hour: 2, day: 1 }, refused: [] });
  expect(await stored('minute')).toEqual([
    [DAY + 5, 1, 10],
    [DAY + 65, 1, 20],
    [DAY + 66, 1, 30],
  ]);
  expect(await stored('hour')).toEqual([
    [DAY, 1, 10],
    [DAY + 60, 2, 50],
  ]);
  expect(await stored('day')).toEqual([[DAY, 3, 60]]);
  expect(await entries()).toMatchObject([
    {
      ...{ who, action: 'history.import', target: 'metric:requests', outcome: 'done' },
      after: { kind: 'gauge', unit: 'requests', points: 3, days: 1, firstDay: '2026-03-18', lastDay: '2026-03-18' },
    },
  ]);
});

test('the same again changes nothing', async () => {
  const given: Given[] = [
    [DAY + 5, 10],
    [DAY + 700, 20],
  ];
  await bringIn(given);
  const before = [await stored('minute'), await stored('hour'), await stored('day')];
  expect(await bringIn(given)).toEqual(await bringIn(given));
  expect([await stored('minute'), await stored('hour'), await stored('day')]).toEqual(before);
});

test('a correction replaces its day, with what it leaves out, and no other day', async () => {
  await bringIn([
    [DAY + 5, 10],
    [DAY + 700, 20],
    [DAY - 5, 7],
  ]);
  await bringIn([[DAY + 700, 21]]);
  expect(await stored('minute', DAY - 10)).toEqual([
    [DAY - 5, 1, 7],
    [DAY + 700, 1, 21],
  ]);
  expect(await stored('hour', DAY - 60)).toEqual([
    [DAY - 60, 1, 7],
    [DAY + 660, 1, 21],
  ]);
  expect(await stored('day', DAY - DAY_MINUTES)).toEqual([
    [DAY - DAY_MINUTES, 1, 7],
    [DAY, 1, 21],
  ]);
});

describe('what the minute job has counted stays, ', () => {
  const live = (at: Minute) => {
    const of = { agent: '', pool: '', ...metric, direction: 'none' as const };
    const rollup = emptyMetricRollup(of);
    countObservation(rollup, { ...of, atMs: startOfMinute(at), value: 1_000 });
    return { scope: 'metric:requests', at, figures: null, metric: rollup };
  };
  const given: Given[] = [
    [DAY + 5, 10],
    [DAY + 700, 20],
  ];
  const writeLive = async () => {
    await stores.metrics.write('s', 'minute', [live(DAY + 700)], 1);
    await stores.metrics.write('s', 'hour', [live(DAY + 660)], 1);
  };

  test.each([
    { name: 'whether it came before', steps: [writeLive, () => bringIn(given)] },
    { name: 'or came after', steps: [() => bringIn(given), writeLive] },
  ])('$name', async ({ steps }) => {
    for (const step of steps) await step();
    expect(await stored('minute')).toEqual([
      [DAY + 5, 1, 10],
      [DAY + 700, 1, 1_000],
    ]);
    expect(await stored('hour')).toEqual([
      [DAY, 1, 10],
      [DAY + 660, 1, 1_000],
    ]);
  });
});

test('points outside of the period are refused, each by its index, and the others are stored', async () => {
  const outcome = await bringIn([
    [minuteOf(NOW_MS), 1],
    [DAY, 2],
    [DAY - 900 * DAY_MINUTES, 3],
  ]);
  expect(outcome).toMatchObject({
    stored: 1,
    refused: [
      {
        index: 0,
        code: 'too_recent',
        message: expect.stringContaining('points[0].at must be before 2026-03-19T10:30'),
      },
      { index: 2, code: 'too_old', message: expect.stringContaining('points[2].at must be 2024-01-') },
    ],
  });
  expect(await stored('day', 0, minuteOf(NOW_MS))).toEqual([[DAY, 1, 2]]);
});

test('where nothing can be stored nothing is done, and nothing is written down', async () => {
  expect(await bringIn([[minuteOf(NOW_MS), 1]])).toMatchObject({ stored: 0, refused: [{ index: 0 }] });
  expect(await entries()).toEqual([]);
});

test('a store that fails half way is told and written down, and the same again repairs it', async () => {
  const given: Given[] = [[DAY + 5, 10]];
  const metrics = {
    ...stores.metrics,
    write: async (...call: Parameters<typeof stores.metrics.write>) => {
      if (call[1] === 'hour') throw new Error('out of order');
      return stores.metrics.write(...call);
    },
  };
  await expect(bringIn(given, { metrics })).rejects.toThrow('out of order');
  expect(await entries()).toMatchObject([{ action: 'history.import', outcome: 'failed', reason: 'Error' }]);
  await bringIn(given);
  expect(await stored('day')).toEqual([[DAY, 1, 10]]);
});
