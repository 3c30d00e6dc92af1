import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { itemSize } from '../../bench/cost/item-size.ts';
import { DynamoTable } from '../../lib/aws/dynamodb/dynamo-table.ts';
import { dynamoMetricStore } from '../../lib/aws/dynamodb/metric-store.ts';
import { emptyFigures } from '../../lib/core/kpi/figures.ts';
import { type HistoryPoint, historyGroup } from '../../lib/core/kpi/history-point.ts';
import { emptyMetricRollup } from '../../lib/core/kpi/metric-rollup.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../lib/core/model/time.ts';
import { uniform } from '../../lib/core/model/uniform.ts';
import type { MetricStore } from '../../lib/ports/metric-store.ts';
import { DynamodbUnderTest, type TableNames } from '../fixtures/dynamodb-tables.ts';

// What the contract of the metric store cannot see: how its points lie in DynamoDB.

const DAY = 20_000 * DAY_MINUTES;
const days = { minute: 2, hour: 30, day: 400 };

let dynamodb: DynamodbUnderTest;
beforeAll(async () => {
  dynamodb = await DynamodbUnderTest.start('native');
});
afterAll(() => dynamodb.close());

async function freshStore() {
  const clock = { nowMs: DAY * MINUTE_MS };
  const names = await dynamodb.tables();
  const store = dynamoMetricStore(new DynamoTable(dynamodb.client, names.rollups), days, () => clock.nowMs);
  return { store, names, clock };
}

async function itemsOf(names: TableNames): Promise<{ key: string; scopes: string[] }[]> {
  const { rollups } = await dynamodb.contents(names);
  return rollups.map(({ pk, sk, ttl: _, ...attributes }) => ({
    key: `${pk?.S}/${sk?.S}`,
    scopes: Object.keys(attributes),
  }));
}

/** Scopes that fall into one group, as only a few of a large fleet do. */
function scopesOfOneGroup(count: number, length: number): string[] {
  const scopes: string[] = [];
  for (let i = 0; scopes.length < count; i++) {
    const scope = `agent:${String(i).padStart(length, 'x')}`;
    if (historyGroup(scope) === 7) scopes.push(scope);
  }
  return scopes;
}

function point(scope: string, at: number, completed = 1): HistoryPoint {
  const figures = emptyFigures();
  figures.tasks.counters.completed = completed;
  return { scope, at, figures, metric: null };
}

/** A point that takes about so many bytes however it is compressed. */
function pointOfBytes(scope: string, at: number, bytes: number): HistoryPoint {
  const of = { agent: '', pool: '', name: 'n', kind: 'gauge', direction: 'none' } as const;
  const unit = randomBytes(bytes).toString('base64');
  return { scope, at, figures: null, metric: emptyMetricRollup({ ...of, unit }) };
}

test('a fleet takes an item for each group of scopes, not one for each agent and minute', async () => {
  const { store, names } = await freshStore();
  const scopes = Array.from({ length: 2_000 }, (_, i) => `agent:worker-${i}`);
  const groups = new Set(scopes.map(historyGroup)).size;
  await store.write(
    'default',
    'minute',
    scopes.flatMap((scope) => Array.from({ length: 10 }, (_, i) => point(scope, DAY + i))),
    1,
  );
  expect(await itemsOf(names)).toHaveLength(groups);
});

test('1,000 scopes of one group, with ids of 128 characters, are divided over items and found again', async () => {
  const { store, names } = await freshStore();
  const scopes = scopesOfOneGroup(1_000, 128);
  await store.write(
    'default',
    'hour',
    scopes.map((scope, i) => point(scope, DAY, i + 1)),
    1,
  );
  const items = await itemsOf(names);
  expect(items.length).toBeGreaterThanOrEqual(20);
  expect(items.flatMap(({ scopes: its }) => its).sort()).toEqual([...scopes].sort());
  for (const i of [0, 17, 500, 999]) {
    const scope = scopes[i] ?? '';
    expect(await store.read('default', scope, 'hour', DAY, DAY + 60)).toEqual([point(scope, DAY, i + 1)]);
  }
});

describe('minutes of agents', () => {
  /** As of an agent that did some tasks and sampled itself twice. */
  const busy = (scope: string, i: number) =>
    Array.from({ length: 10 }, (_, minute) => {
      const its = point(scope, DAY + minute, 2);
      const draws = uniform(100 * i + minute);
      const drawn = Array.from({ length: 10 }, draws);
      const some = (n: number, most: number) => Math.floor((drawn[n] ?? 0) * most);
      const [waitUs, serviceUs, utilizationPpm] = [
        some(1, 3_000) * 1_000,
        some(2, 30_000) * 1_000,
        some(3, 9) * 250_000,
      ];
      Object.assign(its.figures?.tasks.counters ?? {}, {
        ...{
          responseCount: 2,
          responseUs: waitUs + serviceUs,
          waitCount: 2,
          waitUs,
          serviceCount: 2,
          serviceUs,
          busyUs: serviceUs,
        },
        ...{
          costNanoUsd: some(4, 8_000) * 1_000,
          inputTokens: some(5, 6_000),
          outputTokens: some(6, 1_200),
          completedFirst: 2,
        },
      });
      Object.assign(its.figures?.presence.counters ?? {}, {
        ...{ samples: 2, utilizationCount: 2, utilizationPpm, cpuCount: 2, cpuPpm: some(7, 2_000) * 1_000, beats: 1 },
        ...{ memoryCount: 2, memoryPpm: some(8, 2_000) * 1_000, queuedCount: 2, queued: some(9, 22) },
      });
      Object.assign(its.figures?.use ?? {}, {
        ...{ thereMinutes: 1, capacityMinutes: 1, capacitySlotUs: 240e6, busySlotUs: (utilizationPpm / 2) * 240 },
        queuedMilliMinutes: some(9, 22) * 500,
      });
      return its;
    });

  test('that are written together lie in one attribute, and take less than half of what they take each by itself', async () => {
    const scopes = scopesOfOneGroup(10, 12);
    const bytes = async (write: (store: MetricStore) => Promise<void>) => {
      const { store, names } = await freshStore();
      await write(store);
      const { rollups } = await dynamodb.contents(names);
      return { attributes: await itemsOf(names), size: rollups.reduce((sum, item) => sum + itemSize(item), 0) };
    };
    const points = scopes.flatMap(busy);
    const together = await bytes((store) => store.write('default', 'minute', points, 1));
    const alone = await bytes(async (store) => {
      for (const [i, scope] of scopes.entries()) await store.write('default', 'minute', busy(scope, i), 1);
    });
    expect(together.attributes).toEqual([
      { key: expect.any(String), scopes: [expect.stringMatching(/^agents:[0-9a-f]{16}$/)] },
    ]);
    expect(alone.attributes[0]?.scopes.sort()).toEqual(scopes.sort());
    expect(together.size).toBeLessThan(alone.size / 2);
  });

  test('are of each agent as they were written last, by itself, with others or with yet others', async () => {
    const { store } = await freshStore();
    const [a = '', b = '', c = ''] = scopesOfOneGroup(3, 12);
    const write = (scopes: string[], completed: number, version: number) =>
      store.write(
        'default',
        'minute',
        scopes.map((scope) => point(scope, DAY, completed)),
        version,
      );
    const read = async () =>
      Promise.all(
        [a, b, c].map(async (scope) => {
          const [found] = await store.read('default', scope, 'minute', DAY, DAY + 10);
          return found?.figures?.tasks.counters.completed;
        }),
      );
    await write([a, b], 1, 2);
    expect(await read()).toEqual([1, 1, undefined]);
    await write([a], 2, 2);
    expect(await read()).toEqual([2, 1, undefined]);
    await write([a, b, c], 3, 2);
    expect(await read()).toEqual([3, 3, 3]);
    await write([b, a], 4, 2);
    expect(await read()).toEqual([4, 4, 3]);
    // Of an older version, whether these came together before or not.
    await write([a, b], 5, 1);
    await write([b, c], 6, 1);
    await write([c], 7, 1);
    expect(await read()).toEqual([4, 4, 3]);
  });

  test('that fit into no item together are divided', async () => {
    const { store, names } = await freshStore();
    const written = scopesOfOneGroup(80, 8).map((scope) => pointOfBytes(scope, DAY, 6_000));
    await store.write('default', 'minute', written, 1);
    expect((await itemsOf(names)).length).toBeGreaterThanOrEqual(2);
    for (const its of written) expect(await store.read('default', its.scope, 'minute', DAY, DAY + 60)).toEqual([its]);
  });
});

test('what finds no room beside what others wrote is written elsewhere, and found there in its newest form', async () => {
  const { store, names, clock } = await freshStore();
  const scopes = scopesOfOneGroup(80, 8);
  const [first, second] = [scopes.slice(0, 40), scopes.slice(40)];
  await store.write(
    'default',
    'hour',
    first.map((scope) => pointOfBytes(scope, DAY, 6_000)),
    1,
  );
  const written = second.map((scope) => pointOfBytes(scope, DAY, 6_000));
  await store.write('default', 'hour', written, 5);
  expect(new Set((await itemsOf(names)).map(({ key }) => key.split('#').at(-1)))).toEqual(new Set(['', '0', '1']));
  for (const its of written) expect(await store.read('default', its.scope, 'hour', DAY, DAY + 60)).toEqual([its]);

  // Small as it is now, it fits into the first item, where its older self is not.
  const [was] = written;
  const read = () => store.read('default', was!.scope, 'hour', DAY, DAY + 60);
  await store.write('default', 'hour', [point(was!.scope, DAY, 1)], 4);
  expect(await read()).toEqual([was]);
  // Which of two with one version is the newer is settled by the time of writing.
  clock.nowMs += 1;
  await store.write('default', 'hour', [point(was!.scope, DAY, 2)], 5);
  expect(await read()).toEqual([point(was!.scope, DAY, 2)]);
  await store.write('default', 'hour', [point(was!.scope, DAY, 3)], 6);
  expect(await read()).toEqual([point(was!.scope, DAY, 3)]);
});

test('a point that fits into no item is an error', async () => {
  const { store } = await freshStore();
  await expect(store.write('default', 'hour', [pointOfBytes('fleet', DAY, 500_000)], 1)).rejects.toThrow(/item size/i);
});

test('each level is kept for its own time', async () => {
  const { store, clock } = await freshStore();
  for (const level of ['minute', 'hour', 'day'] as const) await store.write('default', level, [point('fleet', DAY)], 1);
  const found = async () => {
    const read = await Promise.all(
      (['minute', 'hour', 'day'] as const).map((level) => store.read('default', 'fleet', level, DAY, DAY + 1)),
    );
    return read.map((points) => points.length);
  };
  const after = (minutes: number) => {
    clock.nowMs = (DAY + minutes) * MINUTE_MS;
  };
  for (const [minutes, expected] of [
    [2 * DAY_MINUTES, [1, 1, 1]],
    [2 * DAY_MINUTES + 10, [0, 1, 1]],
    [30 * DAY_MINUTES + 59, [0, 1, 1]],
    [30 * DAY_MINUTES + 60, [0, 0, 1]],
    [401 * DAY_MINUTES, [0, 0, 0]],
  ] as const) {
    after(minutes);
    expect(await found()).toEqual(expected);
  }
});
