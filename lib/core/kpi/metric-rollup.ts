import type { Distribution, MetricDirection, MetricKind } from '../model/event.ts';

/**
 * The mergeable summary of one metric of one agent (or pool, or of the system: both '') in one minute. Values are
 * added as whole numbers and millionths apart, so that sums are exact in any order.
 */
export interface MetricRollup {
  agent: string;
  pool: string;
  name: string;
  unit: string;
  kind: MetricKind;
  direction: MetricDirection;
  /** Observations. */
  count: number;
  /** Their sum is whole + micro / 1e6. */
  whole: number;
  micro: number;
  min: number | null;
  max: number | null;
  /** The newest value; of several at one time the greatest. */
  last: { atMs: number; value: number } | null;
}

/** What a rollup needs to know of an observation. */
export interface Observation {
  agent: string;
  pool: string;
  name: string;
  unit: string;
  kind: MetricKind;
  direction: MetricDirection;
  atMs: number;
  /** One value, or many that were summed up by the sender. */
  value: number | Pick<Distribution, 'count' | 'sum' | 'min' | 'max'>;
}

export function emptyMetricRollup(of: Omit<Observation, 'atMs' | 'value'>): MetricRollup {
  const { agent, pool, name, unit, kind, direction } = of;
  return { agent, pool, name, unit, kind, direction, count: 0, whole: 0, micro: 0, min: null, max: null, last: null };
}

export function metricRollupKey({ agent, pool, name, unit, kind }: Omit<Observation, 'atMs' | 'value'>): string {
  return `${agent}\n${agent === '' ? pool : ''}\n${name}\n${unit}\n${kind}`;
}

export function countObservation(rollup: MetricRollup, { atMs, value }: Observation): void {
  const { count, sum, min, max } = typeof value === 'number' ? { count: 1, sum: value, min: value, max: value } : value;
  const whole = Math.floor(sum);
  addTo(rollup, {
    ...{ count, whole, micro: Math.round((sum - whole) * 1e6), min: min ?? null, max: max ?? null },
    last: { atMs, value: typeof value === 'number' ? value : count > 0 ? sum / count : 0 },
  });
}

/** Adds every observation of `other` in place; the identity stays. */
export function mergeMetricRollup(rollup: MetricRollup, other: MetricRollup): void {
  addTo(rollup, other);
}

type Amount = Pick<MetricRollup, 'count' | 'whole' | 'micro' | 'min' | 'max' | 'last'>;

function addTo(rollup: MetricRollup, { count, whole, micro, min, max, last }: Amount): void {
  rollup.count += count;
  rollup.whole += whole;
  rollup.micro += micro;
  if (min !== null) rollup.min = Math.min(rollup.min ?? min, min);
  if (max !== null) rollup.max = Math.max(rollup.max ?? max, max);
  const { last: before } = rollup;
  if (last && (!before || last.atMs > before.atMs || (last.atMs === before.atMs && last.value > before.value))) {
    rollup.last = last;
  }
}

export function metricSum({ whole, micro }: Pick<MetricRollup, 'whole' | 'micro'>): number {
  return whole + micro / 1e6;
}
