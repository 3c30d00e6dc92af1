/**
 * OTLP requests as both encodings are decoded into: what the mapping to events reads, and nothing else. Times are whole
 * microseconds since 1970, which a number holds exactly; ids are lower-case hexadecimal.
 */

export type AttributeValue = string | number | boolean | null | AttributeValue[] | { [key: string]: AttributeValue };

/** Objects without a prototype. Bytes are left out: nothing here reads them. */
export type Attributes = Record<string, AttributeValue>;

export interface OtlpResource<Scope> {
  resource: Attributes;
  scopes: Scope[];
}

export interface OtlpScope {
  name: string;
  version: string;
}

export type ResourceSpans = OtlpResource<OtlpScope & { spans: OtlpSpan[] }>;
export type ResourceMetrics = OtlpResource<OtlpScope & { metrics: OtlpMetric[] }>;

export interface OtlpSpan {
  /** '' where absent or invalid: of the wrong length, or all zeros. */
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  /** 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  startUs: number;
  endUs: number;
  attributes: Attributes;
  events: { name: string; timeUs: number; attributes: Attributes }[];
  links: { traceId: string; spanId: string; attributes: Attributes }[];
  /** 0 unset, 1 ok, 2 error. */
  statusCode: number;
  statusMessage: string;
}

export interface OtlpMetric {
  name: string;
  unit: string;
  data:
    | { kind: 'gauge'; points: NumberPoint[] }
    | { kind: 'sum'; temporality: Temporality; monotonic: boolean; points: NumberPoint[] }
    | { kind: 'histogram'; temporality: Temporality; points: HistogramPoint[] }
    | { kind: 'exponential'; temporality: Temporality; points: ExponentialPoint[] }
    /** Quantiles, which cannot be put together again: only counted. */
    | { kind: 'summary'; points: number }
    | { kind: 'none' };
}

/** 0 unspecified, 1 delta, 2 cumulative. */
export type Temporality = number;

export interface OtlpPoint {
  attributes: Attributes;
  /** 0 where absent. */
  startUs: number;
  timeUs: number;
  /** Bit 0: no value was recorded. */
  flags: number;
}

export interface NumberPoint extends OtlpPoint {
  /** NaN where absent. */
  value: number;
}

export interface HistogramPoint extends OtlpPoint {
  count: number;
  /** NaN where absent, as are min and max. */
  sum: number;
  min: number;
  max: number;
  bucketCounts: number[];
  bounds: number[];
}

export interface ExponentialPoint extends OtlpPoint {
  count: number;
  sum: number;
  min: number;
  max: number;
  scale: number;
  zeroCount: number;
  positive: { offset: number; counts: number[] };
  negative: { offset: number; counts: number[] };
}
