import { beginningOf } from '../core/model/beginning-of.ts';
import type { Distribution, PointEvent } from '../core/model/event.ts';
import { fingerprint } from '../core/model/fingerprint.ts';
import { nonEmptyText } from './attribute.ts';
import { conformId } from './conform-id.ts';
import { mainAgentName } from './conventions.ts';
import { identifyAgent, serviceOf } from './identify-agent.ts';
import type {
  Attributes,
  AttributeValue,
  ExponentialPoint,
  HistogramPoint,
  NumberPoint,
  OtlpMetric,
  OtlpPoint,
  ResourceMetrics,
  Temporality,
} from './otlp-data.ts';
import type { Refusal } from './refusal.ts';

const NO_VALUE_RECORDED = 1;
/** Sums of figures up to here stay exact to a thousandth. */
const MAX_VALUE = 1e12;
const MAX_UNIT = 64;
const MAX_OF = 64;
const agentName = 'gen_ai.agent.name';

/** What the points of CPUs, memory, networks and tokens are told apart by; other attributes are only in the series. */
const tellingApart = [
  'cpu.mode',
  'process.cpu.state',
  'system.cpu.state',
  'cpu.logical_number',
  'system.cpu.logical_number',
  'system.memory.state',
  'network.io.direction',
  'network.interface.name',
  'system.device',
  'gen_ai.token.type',
  'type',
] as const;

/**
 * Turns the points of metrics into events. Valid points of no use are only counted, by reason: `summary` (quantiles
 * cannot be put together), `no_recorded_value`, `not_a_number`, `out_of_range` (beyond 1e12), `empty` (nothing in it).
 */
export function mapPoints(resources: ResourceMetrics[]): {
  events: PointEvent[];
  /** One for each invalid point. */
  refused: Refusal[];
  ignored: Record<string, number>;
} {
  const mapped: Mapped = { events: [], refused: [], ignored: {} };
  for (const { resource, scopes } of resources) {
    const source = { service: serviceOf(resource), mainAgent: nonEmptyText(resource[mainAgentName]) };
    const resourceKey = keyOf(resource);
    for (const { name, metrics } of scopes) {
      for (const metric of metrics) mapMetric(metric, source, `${resourceKey}\n${JSON.stringify(name)}`, mapped);
    }
  }
  return mapped;
}

type Mapped = ReturnType<typeof mapPoints>;
type IgnoreReason = 'summary' | 'no_recorded_value' | 'not_a_number' | 'out_of_range' | 'empty';

interface Source {
  service: string;
  mainAgent: string | undefined;
}

function mapMetric(metric: OtlpMetric, source: Source, scopeKey: string, mapped: Mapped): void {
  const { data } = metric;
  if (data.kind === 'none') return;
  if (data.kind === 'summary') {
    if (data.points > 0) ignore(mapped, 'summary', data.points);
    return;
  }
  const name = nonEmptyText(metric.name);
  const unit = beginningOf(metric.unit, MAX_UNIT);
  const reading = readingOf(data);
  for (const point of data.points) {
    const refusal = refusalOf(point, name, reading);
    if (refusal) {
      mapped.refused.push(refusal);
      continue;
    }
    const figure = figureOf(data.kind, point);
    if (typeof figure === 'string') ignore(mapped, figure, 1);
    else if (name !== undefined && reading) {
      const series = seriesOf(scopeKey, metric, point.attributes);
      mapped.events.push(pointEvent({ name, unit, series, source, point, reading, figure }));
    }
  }
}

function ignore({ ignored }: Mapped, reason: IgnoreReason, points: number): void {
  ignored[reason] = (ignored[reason] ?? 0) + points;
}

type Reading = Pick<PointEvent, 'temporality' | 'monotonic'>;
type Figure = Pick<PointEvent, 'value'> | Pick<PointEvent, 'distribution'>;
type Collected = Extract<OtlpMetric['data'], { points: OtlpPoint[] }>;

/** How the points are to be read; undefined where the sender did not say. */
function readingOf(data: Collected): Reading | undefined {
  if (data.kind === 'gauge') return { temporality: 'gauge', monotonic: false };
  const temporality = temporalityOf(data.temporality);
  if (temporality === undefined) return undefined;
  // A total that also falls (a queue's length) stands for itself; what it changed by is only of use as a change.
  if (data.kind === 'sum' && !data.monotonic && temporality === 'cumulative') {
    return { temporality: 'gauge', monotonic: false };
  }
  return { temporality, monotonic: data.kind !== 'sum' || data.monotonic };
}

function temporalityOf(temporality: Temporality): 'delta' | 'cumulative' | undefined {
  if (temporality === 1) return 'delta';
  return temporality === 2 ? 'cumulative' : undefined;
}

function refusalOf({ timeUs }: OtlpPoint, name: string | undefined, reading: Reading | undefined): Refusal | undefined {
  if (name === undefined) return { reason: 'missing_name', message: 'a metric needs a name' };
  const metric = `metric ${conformId(name)}`;
  if (!reading) {
    return { reason: 'unspecified_temporality', message: `${metric} needs a temporality: delta (1) or cumulative (2)` };
  }
  return timeUs > 0 ? undefined : { reason: 'missing_time', message: `a point of ${metric} needs a time` };
}

function figureOf(kind: Collected['kind'], point: OtlpPoint): Figure | IgnoreReason {
  if ((point.flags & NO_VALUE_RECORDED) !== 0) return 'no_recorded_value';
  switch (kind) {
    case 'histogram':
      return explicitDistribution(point as HistogramPoint);
    case 'exponential':
      return exponentialDistribution(point as ExponentialPoint);
    default:
      return singleValue(point as NumberPoint);
  }
}

function singleValue({ value }: NumberPoint): Figure | IgnoreReason {
  if (Number.isNaN(value)) return 'not_a_number';
  return Math.abs(value) > MAX_VALUE ? 'out_of_range' : { value };
}

function explicitDistribution(point: HistogramPoint): Figure | IgnoreReason {
  const summary = summaryOf(point);
  if (typeof summary === 'string') return summary;
  const { bucketCounts: counts, bounds } = point;
  // A histogram may leave its buckets out; count and sum are of use by themselves.
  if (counts.length !== bounds.length + 1 || bounds.length === 0 || !bounds.every(Number.isFinite)) {
    return { distribution: summary };
  }
  return { distribution: { ...summary, buckets: { bounds, counts } } };
}

function exponentialDistribution(point: ExponentialPoint): Figure | IgnoreReason {
  const summary = summaryOf(point);
  if (typeof summary === 'string') return summary;
  const { scale, zeroCount, positive, negative } = point;
  return { distribution: { ...summary, buckets: { scale, zeroCount, positive, negative } } };
}

function summaryOf({ count, sum, min, max }: HistogramPoint | ExponentialPoint): Distribution | IgnoreReason {
  if (!(count > 0)) return 'empty';
  if (Number.isNaN(sum)) return 'not_a_number';
  if (count > MAX_VALUE || Math.abs(sum) > MAX_VALUE) return 'out_of_range';
  const distribution: Distribution = { count, sum };
  if (Number.isFinite(min)) distribution.min = min;
  if (Number.isFinite(max)) distribution.max = max;
  return distribution;
}

interface PointParts {
  name: string;
  unit: string;
  series: string;
  source: Source;
  point: OtlpPoint;
  reading: Reading;
  figure: Figure;
}

function pointEvent({ name, unit, series, source, point, reading, figure }: PointParts): PointEvent {
  const { attributes, startUs, timeUs } = point;
  const event: PointEvent = {
    type: 'point',
    agent: identifyAgent(source.service, nonEmptyText(attributes[agentName]) ?? source.mainAgent),
    name: conformId(name),
    series,
    ...reading,
    atMs: timeUs / 1_000,
    ...figure,
  };
  if (unit !== '') event.unit = unit;
  if (startUs > 0) event.startMs = startUs / 1_000;
  const of = toldApartBy(attributes);
  if (of) event.of = of;
  return event;
}

function toldApartBy(attributes: Attributes): Record<string, string> | undefined {
  let of: Record<string, string> | undefined;
  for (const name of tellingApart) {
    const value = attributes[name];
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    of ??= {};
    of[name] = beginningOf(String(value), MAX_OF);
  }
  return of;
}

function seriesOf(scopeKey: string, { name, unit, data }: OtlpMetric, attributes: Attributes): string {
  return fingerprint(`${scopeKey}\n${JSON.stringify([name, unit, data.kind])}\n${keyOf(attributes)}`);
}

/** The same text for the same attributes in any order. */
function keyOf(attributes: Attributes): string {
  const names = Object.keys(attributes).sort();
  return JSON.stringify(names.map((name) => [name, sorted(attributes[name] ?? null)]));
}

function sorted(value: AttributeValue): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.keys(value)
    .sort()
    .map((name) => [name, sorted(value[name] ?? null)]);
}
