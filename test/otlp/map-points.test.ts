import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idField } from '../../lib/api/field.ts';
import type { PointEvent } from '../../lib/core/model/event.ts';
import { mapPoints } from '../../lib/otlp/map-points.ts';
import type {
  Attributes,
  ExponentialPoint,
  HistogramPoint,
  NumberPoint,
  OtlpMetric,
  ResourceMetrics,
} from '../../lib/otlp/otlp-data.ts';
import { attributesOf } from '../fixtures/otlp-spans.ts';

const START_US = 1_790_000_000_000_000;
const AT_US = START_US + 60_000_000;
const DELTA = 1;
const CUMULATIVE = 2;

type Given = Record<string, Attributes[string]>;

function point({
  attributes = {},
  ...rest
}: {
  attributes?: Given;
  startUs?: number;
  timeUs?: number;
  flags?: number;
} = {}) {
  return { startUs: START_US, timeUs: AT_US, flags: 0, ...rest, attributes: attributesOf(attributes) };
}

function numberPoint(value: number, given: Parameters<typeof point>[0] = {}): NumberPoint {
  return { ...point(given), value };
}

function histogramPoint(given: Partial<HistogramPoint> = {}): HistogramPoint {
  return { ...point(), count: 3, sum: 6, min: 1, max: 3, bucketCounts: [1, 2], bounds: [1.5], ...given };
}

function exponentialPoint(given: Partial<ExponentialPoint> = {}): ExponentialPoint {
  const positive = { offset: -2, counts: [1, 0, 1] };
  const negative = { offset: 0, counts: [] };
  return {
    ...point(),
    count: 2,
    sum: 5,
    min: Number.NaN,
    max: Number.NaN,
    scale: 3,
    zeroCount: 0,
    positive,
    negative,
    ...given,
  };
}

function gauge(points: NumberPoint[], name = 'queue.length', unit = '{item}'): OtlpMetric {
  return { name, unit, data: { kind: 'gauge', points } };
}

function sum(points: NumberPoint[], temporality: number, monotonic: boolean): OtlpMetric {
  return { name: 'requests', unit: '1', data: { kind: 'sum', temporality, monotonic, points } };
}

function resourceMetrics(
  metrics: OtlpMetric[],
  resource: Given = { 'service.name': 'svc' },
  scope = 'own',
): ResourceMetrics {
  return { resource: attributesOf(resource), scopes: [{ name: scope, version: '1', metrics }] };
}

function mapOne(metric: OtlpMetric, resource?: Given): PointEvent {
  const { events, refused, ignored } = mapPoints([resourceMetrics([metric], resource)]);
  expect({ refused, ignored }).toEqual({ refused: [], ignored: {} });
  expect(events).toHaveLength(1);
  return events[0] as PointEvent;
}

test('a gauge is read as it stands', () => {
  expect(mapOne(gauge([numberPoint(7)]))).toEqual({
    type: 'point',
    agent: 'svc',
    name: 'queue.length',
    unit: '{item}',
    series: expect.stringMatching(/^[0-9a-f]{16}$/),
    temporality: 'gauge',
    monotonic: false,
    startMs: START_US / 1_000,
    atMs: AT_US / 1_000,
    value: 7,
  });
});

test.each([
  { temporality: CUMULATIVE, monotonic: true, read: { temporality: 'cumulative', monotonic: true } },
  { temporality: DELTA, monotonic: true, read: { temporality: 'delta', monotonic: true } },
  { temporality: DELTA, monotonic: false, read: { temporality: 'delta', monotonic: false } },
  // A total that may also fall, as of what is in a queue: what counts is where it stands.
  { temporality: CUMULATIVE, monotonic: false, read: { temporality: 'gauge', monotonic: false } },
])('a sum of temporality $temporality, monotonic: $monotonic, is read as $read.temporality', (given) => {
  const metric = sum([numberPoint(5)], given.temporality, given.monotonic);
  expect(mapOne(metric)).toMatchObject({ ...given.read, value: 5 });
});

test('a histogram keeps its buckets, and its count and sum where it has none', () => {
  const metric = (points: HistogramPoint[]): OtlpMetric => ({
    name: 'gen_ai.client.operation.duration',
    unit: 's',
    data: { kind: 'histogram', temporality: DELTA, points },
  });
  expect(mapOne(metric([histogramPoint()]))).toMatchObject({
    temporality: 'delta',
    monotonic: true,
    distribution: { count: 3, sum: 6, min: 1, max: 3, buckets: { bounds: [1.5], counts: [1, 2] } },
  });
  const bare = histogramPoint({ bucketCounts: [], bounds: [], min: Number.NaN, max: Number.NaN });
  expect(mapOne(metric([bare])).distribution).toEqual({ count: 3, sum: 6 });
  expect(mapOne(metric([histogramPoint({ bucketCounts: [3] })])).distribution).not.toHaveProperty('buckets');
});

test('an exponential histogram keeps scale, zero count and both sides', () => {
  const metric: OtlpMetric = {
    name: 'latency',
    unit: 'ms',
    data: { kind: 'exponential', temporality: CUMULATIVE, points: [exponentialPoint()] },
  };
  expect(mapOne(metric)).toMatchObject({
    temporality: 'cumulative',
    distribution: {
      count: 2,
      sum: 5,
      buckets: {
        scale: 3,
        zeroCount: 0,
        positive: { offset: -2, counts: [1, 0, 1] },
        negative: { offset: 0, counts: [] },
      },
    },
  });
});

test.each<{ reason: string; metric: OtlpMetric; points?: number }>([
  { reason: 'summary', metric: { name: 'rpc', unit: 's', data: { kind: 'summary', points: 4 } }, points: 4 },
  { reason: 'no_recorded_value', metric: gauge([numberPoint(7, { flags: 1 })]) },
  { reason: 'not_a_number', metric: gauge([numberPoint(Number.NaN)]) },
  { reason: 'out_of_range', metric: gauge([numberPoint(-1.1e12)]) },
  { reason: 'out_of_range', metric: gauge([numberPoint(Number.POSITIVE_INFINITY)]) },
  {
    reason: 'empty',
    metric: {
      name: 'h',
      unit: '',
      data: { kind: 'histogram', temporality: DELTA, points: [histogramPoint({ count: 0 })] },
    },
  },
  {
    reason: 'not_a_number',
    metric: {
      name: 'h',
      unit: '',
      data: { kind: 'histogram', temporality: DELTA, points: [histogramPoint({ sum: Number.NaN })] },
    },
  },
  {
    reason: 'out_of_range',
    metric: {
      name: 'h',
      unit: '',
      data: { kind: 'exponential', temporality: DELTA, points: [exponentialPoint({ sum: 2e12 })] },
    },
  },
])('is counted as ignored: $reason', ({ reason, metric, points = 1 }) => {
  const mapped = mapPoints([resourceMetrics([metric, gauge([numberPoint(1)])])]);
  expect(mapped).toMatchObject({ refused: [], ignored: { [reason]: points } });
  expect(mapped.events).toHaveLength(1);
});

test.each<{ reason: string; metric: OtlpMetric }>([
  { reason: 'unspecified_temporality', metric: sum([numberPoint(1)], 0, true) },
  { reason: 'missing_time', metric: gauge([numberPoint(1, { timeUs: 0 })]) },
  { reason: 'missing_name', metric: gauge([numberPoint(1)], '') },
])('is refused: $reason', ({ reason, metric }) => {
  const mapped = mapPoints([resourceMetrics([metric, gauge([numberPoint(1)])])]);
  expect(mapped).toMatchObject({ refused: [{ reason }], ignored: {} });
  expect(mapped.events).toHaveLength(1);
});

test('a point without a start has none', () => {
  expect(mapOne(gauge([numberPoint(1, { startUs: 0 })]))).not.toHaveProperty('startMs');
});

test('the agent is that of the point, else the main one of the process, else the service', () => {
  const main = { 'service.name': 'svc', 'gen_ai.main_agent.name': 'boss' };
  const named = gauge([numberPoint(1, { attributes: { 'gen_ai.agent.name': 'Order Planner' } })]);
  expect(mapOne(named, main).agent).toBe('svc/Order-Planner');
  expect(mapOne(gauge([numberPoint(1)]), main).agent).toBe('svc/boss');
  expect(mapOne(gauge([numberPoint(1)]), {}).agent).toBe('unknown_service');
});

test('only what resource metrics are told apart by is kept of the attributes', () => {
  const attributes = {
    'cpu.mode': 'user',
    'cpu.logical_number': 3,
    'user.email': 'a@b.c',
    'gen_ai.request.model': 'm',
  };
  expect(mapOne(gauge([numberPoint(1, { attributes })])).of).toEqual({ 'cpu.mode': 'user', 'cpu.logical_number': '3' });
  expect(mapOne(gauge([numberPoint(1, { attributes: { 'user.email': 'a@b.c' } })]))).not.toHaveProperty('of');
});

const seriesIn = (resources: ResourceMetrics[]) => mapPoints(resources).events.map(({ series }) => series);

test('a series is the same whatever order its attributes are in and whatever it measures', () => {
  const one = gauge([numberPoint(1, { attributes: { a: '1', b: { x: 1, y: [2] } } })]);
  const other = gauge([numberPoint(2, { attributes: { b: { y: [2], x: 1 }, a: '1' }, timeUs: AT_US + 1 })]);
  const resource = { 'service.name': 'svc', 'host.name': 'h' };
  const reordered = { 'host.name': 'h', 'service.name': 'svc' };
  expect(seriesIn([resourceMetrics([one], resource)])).toEqual(seriesIn([resourceMetrics([other], reordered)]));
});

test('series differ by process, scope, name, unit, kind and attributes', () => {
  const all = seriesIn([
    resourceMetrics([gauge([numberPoint(1)])]),
    resourceMetrics([gauge([numberPoint(1)])], { 'service.name': 'svc', 'process.pid': 7 }),
    resourceMetrics([gauge([numberPoint(1)])], { 'service.name': 'svc' }, 'other'),
    resourceMetrics([gauge([numberPoint(1)], 'queue.size')]),
    resourceMetrics([gauge([numberPoint(1)], 'queue.length', 'By')]),
    resourceMetrics([{ ...sum([numberPoint(1)], CUMULATIVE, true), name: 'queue.length', unit: '{item}' }]),
    resourceMetrics([gauge([numberPoint(1, { attributes: { a: '1' } })])]),
    resourceMetrics([gauge([numberPoint(1, { attributes: { a: 1 } })])]),
    resourceMetrics([gauge([numberPoint(1, { attributes: { a: '1', b: '' } })])]),
  ]);
  expect(new Set(all).size).toBe(all.length);
});

const anyNumber = fc.oneof(fc.double(), fc.integer());
const anyValue = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null));
const anyAttributes = fc.dictionary(
  fc.oneof(fc.string(), fc.constantFrom('cpu.mode', 'type', 'gen_ai.agent.name')),
  anyValue,
);

test('every point becomes one event, is refused or is counted, whatever it holds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ value: anyNumber, attributes: anyAttributes, flags: fc.nat(3), timeUs: fc.nat() }), {
        maxLength: 8,
      }),
      fc.string({ unit: 'binary' }),
      fc.nat(3),
      fc.boolean(),
      (given, name, temporality, monotonic) => {
        const points = given.map(({ value, ...rest }) => numberPoint(value, rest));
        const metric: OtlpMetric = { name, unit: name, data: { kind: 'sum', temporality, monotonic, points } };
        const { events, refused, ignored } = mapPoints([resourceMetrics([metric])]);
        const counted = Object.values(ignored).reduce((total, some) => total + some, 0);
        expect(events.length + refused.length + counted).toBe(points.length);
        for (const event of events) {
          for (const id of [event.agent, event.name]) expect(idField.read(id, '')).toBe(id);
          expect(Math.abs(event.value ?? Number.NaN)).toBeLessThanOrEqual(1e12);
        }
      },
    ),
  );
});
