import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { isThorough } from '../fixtures/is-thorough.ts';
import { OpenApiSchemas } from '../fixtures/openapi-schemas.ts';

const START_MS = Date.parse('2026-03-20T10:00:00Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const [FIRST_DAY, LAST_DAY] = [Date.parse('2026-03-10T00:00:00Z'), Date.parse('2026-03-13T00:00:00Z')];
/** Requests an hour of the system before, three days of them: more by day than at night. */
const hours = Array.from({ length: 72 }, (_, i) => ({
  at: FIRST_DAY + i * HOUR_MS,
  value: 1_000 + 250 * (i % 24) + 7 * Math.floor(i / 24),
}));

const metricStores = isThorough ? (['timestream', 'dynamodb'] as const) : (['dynamodb'] as const);

describe.each(metricStores)('history in %s', (metricStore) => {
  let fleetpulse: Fleetpulse;
  let directory: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'fleetpulse-import-'));
    fleetpulse = await Fleetpulse.start(START_MS, { metricStore });
    // Figures are shown up to the newest minute that is complete.
    await fleetpulse.send([{ type: 'heartbeat', agent: 'a', at: START_MS }]);
    await fleetpulse.advanceTo(START_MS + MINUTE_MS);
  }, 240_000);
  afterAll(async () => {
    await fleetpulse?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  function file(name: string, lines: readonly string[]): string {
    const path = join(directory, name);
    writeFileSync(path, lines.join('\n'));
    return path;
  }

  /** What the command line prints, and says while it is at work. */
  async function cli(...args: string[]): Promise<{ stdout: string; stderr: string }> {
    const env = { ...process.env, FLEETPULSE_URL: fleetpulse.cloud.url, FLEETPULSE_KEY: ADMIN_KEY };
    return promisify(execFile)(process.execPath, ['lib/cli/main.ts', 'import', ...args], { env });
  }

  function post(body: unknown, key = ADMIN_KEY) {
    return fleetpulse.request('POST', '/v1/history', {
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** [at, value, n] of steps that have a value. */
  async function series(metric: string, step: string, from: number, to: number): Promise<[number, number, number][]> {
    const scope = encodeURIComponent(`metric:${metric}`);
    const { status, body } = await fleetpulse.get(
      `/v1/series?kpi=metric_value&scope=${scope}&step=${step}&from=${from}&to=${to}`,
    );
    expect(status).toBe(200);
    const points = body.points as { at: number; value: number | null; n: number }[];
    return points.flatMap(({ at, value, n }) => (value === null ? [] : [[at, value, n]]));
  }

  const everyStep = (metric: string) =>
    Promise.all(['1m', '1h', '1d'].map((step) => series(metric, step, FIRST_DAY, LAST_DAY)));

  test('a file of hours is a series by the minute, the hour and the day; importing it again changes nothing', async () => {
    const csv = file('requests.csv', [
      'time,value',
      ...hours.map(({ at, value }) => `${new Date(at).toISOString()},${value}`),
      'tomorrow,1',
      `${new Date(START_MS - HOUR_MS).toISOString()},1`,
    ]);
    const { stdout, stderr } = await cli(csv, '--metric', 'requests', '--unit', '1/h');
    expect(stdout).toMatch(/^requests +gauge +1\/h +72 +72 +72 +3$/m);
    expect(stdout).toMatch(/left out: 1 × time that cannot be read, first at line 74/);
    expect(stdout).toMatch(/refused: 1 too_recent, such as line 75 of requests: .* is sent to \/v1\/events/);
    expect(stderr).toMatch(/requests: 2026-03-10 to 2026-03-20, 72 points stored \(1 of 1\)/);

    const expected = hours.map(({ at, value }) => [at, value, 1]);
    const [minutes, byHour, days] = await everyStep('requests');
    expect(minutes).toEqual(expected);
    expect(byHour).toEqual(expected);
    // The mean of 1,000 + 250 h over the hours 0 to 23 is 3,875.
    expect(days).toEqual([0, 1, 2].map((day) => [FIRST_DAY + day * DAY_MS, 3_875 + 7 * day, 24]));

    expect((await cli(csv, '--metric', 'requests', '--unit', '1/h')).stdout).toBe(stdout);
    expect(await everyStep('requests')).toEqual([minutes, byHour, days]);
  }, 60_000);

  test('importing a day again corrects it, with what it leaves out, and leaves the others', async () => {
    const [minutes, byHour] = await everyStep('requests');
    const day = FIRST_DAY + DAY_MS;
    const corrected = file('corrected.csv', [
      'time,requests',
      `${day / 1_000},5`,
      `${(day + 90 * MINUTE_MS) / 1_000},7`,
    ]);
    await cli(corrected, '--unit', '1/h');
    const isOther = ([at = 0]: number[]) => at < day || at >= day + DAY_MS;
    const bySteps = await everyStep('requests');
    expect(bySteps).toEqual([
      [...minutes!.filter(isOther), [day, 5, 1], [day + 90 * MINUTE_MS, 7, 1]].sort(([a = 0], [b = 0]) => a - b),
      [...byHour!.filter(isOther), [day, 5, 1], [day + HOUR_MS, 7, 1]].sort(([a = 0], [b = 0]) => a - b),
      [
        [FIRST_DAY, 3_875, 24],
        [day, 6, 2],
        [day + DAY_MS, 3_889, 24],
      ],
    ]);
    await fleetpulse.restart();
    expect(await everyStep('requests')).toEqual(bySteps);
  }, 60_000);

  test('a counter of Prometheus is brought in as what it grew by, through a reset', async () => {
    const totals = [100, 160, 220, 30, 90].map((total, i) => [(FIRST_DAY + i * MINUTE_MS) / 1_000, String(total)]);
    const metric = { __name__: 'orders_total', shop: 'de' };
    const result = [{ metric, values: [...totals, [(FIRST_DAY + 5 * MINUTE_MS) / 1_000, 'NaN']] }];
    const json = file('orders.json', [JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } })]);
    const { stdout, stderr } = await cli(json, '--kind', 'counter', '--unit', 'orders');
    expect(stderr).toMatch(/orders_total\/shop:de becomes the metric orders_total\/shop:de/);
    expect(stdout).toMatch(/^orders_total\/shop:de +counter +orders +4 +4 +1 +1$/m);
    expect(stdout).toMatch(/left out: 1 × NaN, stale or infinite value/);
    expect(await series('orders_total/shop:de', '1m', FIRST_DAY, FIRST_DAY + HOUR_MS)).toEqual(
      [60, 60, 30, 60].map((grown, i) => [FIRST_DAY + (i + 1) * MINUTE_MS, grown, 1]),
    );
    // 210 in an hour.
    expect(await series('orders_total/shop:de', '1h', FIRST_DAY, FIRST_DAY + HOUR_MS)).toEqual([[FIRST_DAY, 3.5, 4]]);
    expect((await cli(json)).stderr).toMatch(/looks like a counter: --kind counter/);
  }, 60_000);

  test('a dry run shows what would be sent, sends nothing and needs no key', async () => {
    const csv = file('dry.csv', ['time,metric,value', `${FIRST_DAY},dry,1`, `${FIRST_DAY},dry,`]);
    const env = { ...process.env, FLEETPULSE_KEY: '' };
    const { stdout } = await promisify(execFile)(process.execPath, ['lib/cli/main.ts', 'import', csv, '--dry-run'], {
      env,
    });
    expect(stdout).toMatch(/^dry +gauge +1 +1 +2026-03-10T00:00:00 +2026-03-10T00:00:00$/m);
    expect(stdout).toMatch(/left out: 1 × cell without a value, first at line 3\nnothing was sent/);
    expect(await series('dry', '1d', FIRST_DAY, LAST_DAY)).toEqual([]);
  }, 60_000);

  test('each point that is wrong is refused with its place and why, and the others are stored', async () => {
    const points = [
      { at: new Date(FIRST_DAY).toISOString(), value: 1 },
      { at: FIRST_DAY, value: '2' },
      { value: 3 },
      4,
      { at: START_MS, value: 5 },
      { at: START_MS - 500 * DAY_MS, value: 6 },
    ];
    const { status, body } = await post({ metric: 'mixed', points });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        ...{ stored: 1, minutes: 1, hours: 1, days: 1 },
        rejected: [
          { index: 1, code: 'invalid_field', message: expect.stringMatching(/^points\[1\]\.value must be a number/) },
          { index: 2, code: 'missing_field', message: expect.stringMatching(/^points\[2\]\.at is required/) },
          { index: 3, code: 'invalid_field', message: expect.stringMatching(/^points\[3\] must be an object/) },
          {
            index: 4,
            code: 'too_recent',
            message: expect.stringMatching(/^points\[4\]\.at must be before 2026-03-19T/),
          },
          { index: 5, code: 'too_old', message: expect.stringMatching(/^points\[5\]\.at must be 2025-02-1\dT00:00/) },
        ],
      },
    });
    const schemas = new OpenApiSchemas((await fleetpulse.get('/openapi.json')).body);
    expect(schemas.violations('post', '/v1/history', status, body)).toEqual([]);
    expect(await series('mixed', '1d', FIRST_DAY, LAST_DAY)).toEqual([[FIRST_DAY, 1, 1]]);

    const none = await post({ metric: 'mixed', points: points.slice(4) });
    expect(none).toMatchObject({ status: 422, body: { errors: [{ path: 'points[0]', code: 'too_recent' }, {}] } });
    expect(await post({ metric: 'm', points: [] })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'points' }] },
    });
    const many = Array.from({ length: 10_001 }, () => points[0]);
    expect(await post({ metric: 'm', points: many })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'points' }] },
    });
    expect(await post({ metric: 'm', points, what: 1 })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'what' }] },
    });
    expect(await fleetpulse.get('/v1/history')).toMatchObject({ status: 405 });
    await expect(cli(file('recent.csv', ['time,m', `${START_MS},1`]))).rejects.toMatchObject({
      code: 2,
      stdout: expect.stringContaining('refused: 1 too_recent, such as line 2 of m'),
      stderr: expect.stringContaining('nothing was stored'),
    });
  }, 60_000);

  test('only an admin may, and what they brought in is in the audit log', async () => {
    const body = { metric: 'audited', unit: 'x', points: [{ at: FIRST_DAY, value: 1 }] };
    const made = await fleetpulse.request('POST', '/v1/keys', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'k', scopes: ['ingest', 'read', 'control'] }),
    });
    expect(await post(body, made.body.key)).toMatchObject({ status: 403 });
    expect(await post(body, 'nobody')).toMatchObject({ status: 401 });
    expect(await post(body)).toMatchObject({ status: 200, body: { stored: 1 } });
    const { entries } = (await fleetpulse.get('/v1/audit?limit=1')).body;
    expect(entries).toMatchObject([
      {
        ...{ action: 'history.import', target: 'metric:audited', outcome: 'done' },
        after: { kind: 'gauge', unit: 'x', points: 1, days: 1, firstDay: '2026-03-10', lastDay: '2026-03-10' },
      },
    ]);
  });

  test('9,500 hours are stored at once, by the minute as far back as minutes are kept', async () => {
    const end = START_MS - DAY_MS;
    const points = Array.from({ length: 9_500 }, (_, i) => ({ at: end - (i + 1) * HOUR_MS, value: i }));
    const { status, body } = await post({ metric: 'long', points });
    expect({ status, rejected: body.rejected }).toEqual({ status: 200, rejected: [] });
    const days = await series('long', '1d', end - 399 * DAY_MS, end);
    expect(days.reduce((sum, [, , n]) => sum + n, 0)).toBeGreaterThan(9_400);
  }, 60_000);

  test('what came as events stays, whatever is brought in of the same time', async () => {
    const yesterday = START_MS - DAY_MS;
    const at = (minute: number) => yesterday + minute * MINUTE_MS;
    // 23 and a half hours ago.
    await fleetpulse.send([{ type: 'metric', name: 'carts', value: 100, at: at(30) }]);
    await fleetpulse.advanceTo(START_MS + 45 * MINUTE_MS);
    const given = [at(-40), at(15), at(30)].map((time) => ({ at: time, value: 1 }));
    expect((await post({ metric: 'carts', points: given })).body).toMatchObject({ stored: 3, rejected: [] });
    const [from, to] = [yesterday - 2 * HOUR_MS, yesterday + 2 * HOUR_MS];
    expect(await series('carts', '1m', from, to)).toEqual([
      [at(-40), 1, 1],
      [at(15), 1, 1],
      [at(30), 100, 1],
    ]);
    expect(await series('carts', '1h', from, to)).toEqual([
      [at(-60), 1, 1],
      [at(0), 100, 1],
    ]);
    expect(await series('carts', '1d', from, to)).toEqual([[yesterday - 10 * HOUR_MS, 100, 1]]);
    expect(fleetpulse.printed.filter((line) => /failed|denied|refused/i.test(line))).toEqual([]);
  }, 120_000);
});
