import { describe, expect, test } from 'vitest';
import { forecastAnswer, forecastEndpoint, readForecastRequest } from '../../lib/api/forecast-endpoint.ts';
import { openApiDocument } from '../../lib/api/openapi.ts';
import type { ForecastRequest } from '../../lib/core/plan/forecast-request.ts';
import type { WorkloadOutlook } from '../../lib/core/plan/workload-outlook.ts';
import { OpenApiSchemas } from '../fixtures/openapi-schemas.ts';

const HOUR_MS = 3_600_000;
const none = { scope: undefined, metric: undefined, horizon: undefined };
const schemas = new OpenApiSchemas(JSON.parse(JSON.stringify(openApiDocument({ readForecast: forecastEndpoint }))));

describe('a request for a forecast', () => {
  test.each([
    {
      name: 'without anything',
      asked: none,
      read: { of: 'tasks', scope: { kind: 'fleet' }, metric: 'tasks', horizonHours: 24 },
    },
    { name: 'of less than an hour', asked: { ...none, horizon: 30 }, read: { horizonHours: 1 } },
    { name: 'of a day and a minute', asked: { ...none, horizon: 1_441 }, read: { horizonHours: 25 } },
    {
      name: 'of a metric',
      asked: { ...none, scope: { kind: 'metric', id: 'm' } },
      read: { of: 'metric', name: 'm', horizonHours: 24 },
    },
    { name: 'of cost', asked: { ...none, metric: 'cost_usd' }, read: { metric: 'cost_usd' } },
  ] as const)('$name is for $read', ({ asked, read }) => {
    expect(readForecastRequest(asked)).toMatchObject(read);
  });

  test.each([
    { asked: { ...none, metric: 'metric_value' }, words: /scope=metric:NAME/ },
    { asked: { ...none, metric: 'tasks', scope: { kind: 'metric', id: 'm' } }, words: /leave metric out/ },
  ] as const)('is refused for a metric that the scope has not: $words', ({ asked, words }) => {
    const problem = {
      status: 400,
      errors: [expect.objectContaining({ path: 'metric', message: expect.stringMatching(words) })],
    };
    expect(() => readForecastRequest(asked)).toThrow(expect.objectContaining(problem));
  });
});

describe('the answer', () => {
  const outlook: WorkloadOutlook = {
    ...{ scope: 'fleet', madeAtMs: 20 * 60_000, startMs: 0, stepMs: HOUR_MS, mean: [5, 6], backtest: null },
    quantiles: [
      { level: 0.025, values: [1, 2] },
      { level: 0.1, values: [2, 3] },
      { level: 0.5, values: [5, 6] },
      { level: 0.9, values: [8, 9] },
      { level: 0.95, values: [9, 10] },
      { level: 0.975, values: [10, 11] },
    ],
    seasonalities: [
      { periodMs: 24 * HOUR_MS + 9_000, strength: 0.8 },
      { periodMs: 167 * HOUR_MS, strength: 0.4 },
      { periodMs: 6.5 * HOUR_MS, strength: 0.2 },
      { periodMs: 84 * HOUR_MS, strength: 0.1 },
    ],
    members: [
      { name: 'theta', scale: 'raw', weight: 0.6 },
      { name: 'ets', scale: 'log', weight: 0.4 },
    ],
    history: { known: 100, imported: 10, borrowed: 5 },
    accuracy: { hours: 2, absoluteError: 1, overshoot: -1, actual: 10, inside80: 1 },
  };
  const request: ForecastRequest = { of: 'tasks', scope: { kind: 'fleet' }, metric: 'tasks', horizonHours: 2 };
  const read = { unit: '1/min', outlook, knownTo: 60, pool: null };

  test('has what is promised, in the words of whoever reads it', () => {
    const answer = forecastAnswer(request, read);
    expect(schemas.violations('get', '/v1/forecast', 200, answer)).toEqual([]);
    expect(answer).toEqual({
      ...{ scope: 'fleet', metric: 'tasks', unit: '1/min', stepMs: HOUR_MS, madeAt: '1970-01-01T00:20:00.000Z' },
      model: '60 % theta, 40 % ets of the logarithm',
      seasonalities: [
        { periodMs: 24 * HOUR_MS + 9_000, strength: 0.8, name: 'every day' },
        { periodMs: 167 * HOUR_MS, strength: 0.4, name: 'every week' },
        { periodMs: 6.5 * HOUR_MS, strength: 0.2, name: 'every 6.5 hours' },
        { periodMs: 84 * HOUR_MS, strength: 0.1, name: 'every 3.5 days' },
      ],
      points: [
        { at: 0, mean: 5, q025: 1, q10: 2, q50: 5, q90: 8, q975: 10 },
        { at: HOUR_MS, mean: 6, q025: 2, q10: 3, q50: 6, q90: 9, q975: 11 },
      ],
      history: { known: 100, imported: 10, borrowed: 5 },
      accuracy: { hours: 2, errorRatio: 0.1, biasRatio: -0.1, inside80: 0.5 },
      ...{ leads: [], backtest: null, capacity: null },
    });
  });

  test('of another metric has no accuracy, which is kept of tasks only; of a custom one nobody knows what was brought in', () => {
    expect(forecastAnswer({ ...request, metric: 'errors' }, read)['accuracy']).toBeNull();
    const answer = forecastAnswer({ of: 'metric', name: 'm', horizonHours: 2 }, read);
    expect(answer).toMatchObject({ scope: 'metric:m', metric: 'metric_value', history: { imported: null } });
  });

  test.each([
    { name: 'before the first minute', request, knownTo: null, words: /no minute of this system is complete yet/ },
    {
      name: 'before the first hour',
      request,
      knownTo: 600,
      words: /no whole hour of fleet .* before 1970-01-01T10:00:00.000Z: send its tasks/,
    },
    {
      name: 'of a metric that never came',
      request: { of: 'metric', name: 'm', horizonHours: 1 },
      knownTo: 600,
      words: /metric events named m/,
    },
  ] as const)('$name has no points, and says why', ({ request: asked, knownTo, words }) => {
    const answer = forecastAnswer(asked, { ...read, outlook: null, knownTo });
    expect(schemas.violations('get', '/v1/forecast', 200, answer)).toEqual([]);
    expect(answer).toMatchObject({ points: [], model: null, reason: expect.stringMatching(words) });
  });
});
