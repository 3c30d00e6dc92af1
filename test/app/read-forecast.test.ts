import { beforeAll, describe, expect, test } from 'vitest';
import { importHistory } from '../../lib/app/import-history.ts';
import { readForecast } from '../../lib/app/read-forecast.ts';
import type { ForecastRead, ForecastRequest } from '../../lib/core/plan/forecast-request.ts';
import { PlannedFleet, type PoolAtWork, SYSTEM } from '../fixtures/planned-fleet.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const PLANNED_MS = START_MS + 2 * HOUR_MS + 20 * MINUTE_MS;
const pools: PoolAtWork[] = [
  {
    pool: 'writers',
    agents: 2,
    capacity: 1,
    tasks: [{ taskType: 'draft', perMin: 3, durationMs: 4_000, costUsd: 0.01 }],
  },
  { pool: 'readers', agents: 1, capacity: 1, tasks: [{ taskType: 'review', perMin: 2, durationMs: 5_000 }] },
];

const fleet = new PlannedFleet(START_MS);
beforeAll(async () => {
  await fleet.workUntil(PLANNED_MS, pools);
  await fleet.plan();
}, 120_000);

const ofTasks = (
  scope: Extract<ForecastRequest, { of: 'tasks' }>['scope'],
  more: { metric?: 'tasks' | 'cost_usd' | 'errors'; horizonHours?: number } = {},
): ForecastRequest => ({ of: 'tasks', scope, metric: 'tasks', horizonHours: 24, ...more });
const writers = { kind: 'pool', id: 'writers' } as const;

const asked = (request: ForecastRequest, nowMs = fleet.nowMs, reader: { pools?: string[] } = {}) =>
  readForecast(fleet.deps, SYSTEM, request, nowMs, reader);

async function read(
  request: ForecastRequest,
  nowMs = fleet.nowMs,
  reader: { pools?: string[] } = {},
): Promise<ForecastRead> {
  const found = await asked(request, nowMs, reader);
  if (found === null || found === 'not-of-pools') throw new Error(`read ${found}`);
  return found;
}

describe('what the hourly job foresaw', () => {
  test('is what is answered, from the present hour on, with what the plan says of the pool', async () => {
    const { outlook, unit, pool } = await read(ofTasks(writers), PLANNED_MS + 50 * MINUTE_MS);
    expect({ madeAtMs: outlook?.madeAtMs, startMs: outlook?.startMs, unit }).toEqual({
      ...{ madeAtMs: PLANNED_MS, startMs: START_MS + 3 * HOUR_MS, unit: '1/min' },
    });
    expect(outlook?.mean).toHaveLength(24);
    expect(pool).toMatchObject({ madeAtMs: PLANNED_MS, outlook: { pool: 'writers', status: 'known', agents: 2 } });
  });

  test('is not once it is two hours old: then the hours that are known are forecast anew', async () => {
    const last = PLANNED_MS + 2 * HOUR_MS - 1;
    expect((await read(ofTasks(writers), last)).outlook?.madeAtMs).toBe(PLANNED_MS);
    const { outlook } = await read(ofTasks(writers), last + 1);
    expect(outlook).toMatchObject({ madeAtMs: last + 1, startMs: START_MS + 4 * HOUR_MS });
    expect(outlook?.mean).toHaveLength(24);
    expect(outlook?.mean[0]).toBeCloseTo(6, 6);
  });

  test('is not for longer than it reaches', async () => {
    const { outlook } = await read(ofTasks(writers, { horizonHours: 168 }));
    expect(outlook?.madeAtMs).toBe(fleet.nowMs);
    expect(outlook?.mean).toHaveLength(168);
  });
});

test.each([
  { name: 'cost', request: ofTasks({ kind: 'fleet' }, { metric: 'cost_usd' }), perMin: 0.06, unit: 'usd/min' },
  { name: 'errors', request: ofTasks(writers, { metric: 'errors' }), perMin: 0, unit: '1/min' },
  { name: 'what one agent does', request: ofTasks({ kind: 'agent', id: 'readers-1' }), perMin: 2, unit: '1/min' },
] as const)('$name is forecast from the hours when it is asked for', async ({ request, perMin, unit }) => {
  const found = await read(request);
  expect(found.unit).toBe(unit);
  for (const value of found.outlook?.mean ?? [Number.NaN]) expect(value).toBeCloseTo(perMin, 6);
});

describe('who may see what', () => {
  const reader = { pools: ['writers'] };
  test.each([
    { name: 'their pool', request: ofTasks(writers), seen: 'forecast' },
    { name: 'an agent of it', request: ofTasks({ kind: 'agent', id: 'writers-1' }), seen: 'forecast' },
    { name: 'another pool', request: ofTasks({ kind: 'pool', id: 'readers' }), seen: 'nothing' },
    { name: 'an agent of another', request: ofTasks({ kind: 'agent', id: 'readers-1' }), seen: 'nothing' },
    { name: 'the fleet', request: ofTasks({ kind: 'fleet' }), seen: 'not-of-pools' },
    { name: 'a task type', request: ofTasks({ kind: 'taskType', id: 'draft' }), seen: 'not-of-pools' },
    { name: 'a custom metric', request: { of: 'metric', name: 'm', horizonHours: 1 } as const, seen: 'not-of-pools' },
  ])('keys of a pool that ask for $name see $seen', async ({ request, seen }) => {
    const found = await asked(request, fleet.nowMs, reader);
    expect(found === null ? 'nothing' : typeof found === 'string' ? found : 'forecast').toBe(seen);
  });

  test('of an agent or pool that there is not, nobody sees anything', async () => {
    expect(await asked(ofTasks({ kind: 'pool', id: 'nobody' }))).toBeNull();
    expect(await asked(ofTasks({ kind: 'agent', id: 'nobody' }))).toBeNull();
  });
});

describe('a scope without hours', () => {
  test('has no outlook, but what its hours before are brought in as', async () => {
    const scope = { kind: 'taskType', id: 'translate' } as const;
    expect((await read(ofTasks(scope))).outlook).toBeNull();
    const points = Array.from({ length: 48 }, (_, i) => ({
      ...{ index: i, atMs: START_MS - (72 - i) * HOUR_MS, value: 12 },
    }));
    const who = { kind: 'key' as const, id: 'key_ann', name: 'ann' };
    const metric = { name: 'workload.taskType:translate', unit: '1/min', kind: 'gauge' as const };
    await importHistory(
      { ...fleet.stores, historyDays: { minute: 14, hour: 400, day: 800 } },
      { system: SYSTEM, metric, points, who, atMs: fleet.nowMs },
    );
    const { outlook } = await read(ofTasks(scope));
    // And the hour that the fleet was heard of in without any.
    expect(outlook?.history).toEqual({ known: 49, imported: 48, borrowed: 0 });
    const known = await read({ of: 'metric', name: metric.name, horizonHours: 3 });
    expect(known.unit).toBe('1/min');
    for (const value of known.outlook?.mean ?? []) expect(value).toBeCloseTo(12, 6);
  });
});

test('of a system from which nothing came yet nothing is known', async () => {
  const young = new PlannedFleet(START_MS);
  for (const request of [ofTasks({ kind: 'fleet' }), { of: 'metric', name: 'm', horizonHours: 1 } as const]) {
    expect(await readForecast(young.deps, SYSTEM, request, START_MS)).toMatchObject({ outlook: null, knownTo: null });
  }
});
