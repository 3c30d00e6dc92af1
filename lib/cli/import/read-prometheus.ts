import { CommandError } from '../command-error.ts';
import { type RecordedFile, type RecordedPoint, Recording } from './recorded-series.ts';

/** What the file does not say. */
export interface PrometheusDefaults {
  /** In place of `__name__`. */
  metric: string | undefined;
  unit: string | undefined;
  /** Counters are running totals: what is read of them is how much they grew. */
  kind: 'gauge' | 'counter';
}

/**
 * Reads what Prometheus answers to /api/v1/query_range: {"status": "success", "data": {"resultType": "matrix", "result":
 * [{"metric": {labels}, "values": [[seconds, "value"], ...]}]}}. NaN (stale markers too) and infinity are left out and
 * counted, and so are native histograms.
 * @throws CommandError when it is something else, or a series has no name
 * @see https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries
 */
export function readPrometheus(text: string, defaults: PrometheusDefaults): RecordedFile {
  const recording = new Recording();
  const names = new Set<string>();
  for (const [index, { metric: labels, values = [], histograms = [] }] of matrixIn(text).entries()) {
    const { __name__: name = undefined, ...others } = labels;
    const called = nameOf(defaults.metric ?? name, others, index);
    if (names.has(called)) throw new CommandError(`two series would both be called ${called}: ask for one of them`);
    names.add(called);
    const place = (i: number) => `${called}, values[${i}]`;
    const series = recording.of(called, defaults.unit);
    const points: RecordedPoint[] = [];
    values.forEach(([seconds, value], i) => {
      const atMs = typeof seconds === 'number' ? seconds * 1_000 : Number.NaN;
      const number = typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
      if (!Number.isFinite(atMs)) recording.skip('time that cannot be read', place(i));
      else if (!Number.isFinite(number)) recording.skip('NaN, stale or infinite value', place(i));
      else points.push({ atMs, value: number, place: place(i) });
    });
    for (const _ of histograms) recording.skip('native histogram', called);
    if (defaults.kind === 'counter' && points[0]) {
      recording.skip('first total of a counter, which has nothing to be compared with', points[0].place);
    }
    series.points.push(...(defaults.kind === 'counter' ? increases(points) : points));
  }
  return recording;
}

/**
 * By how much a counter grew from each total to the next, at the time of the later. A total that is less than the one
 * before began at 0 again, as in Prometheus' increase(), whose extrapolation to the ends of a window is left out.
 * @param totals in order of time
 */
export function increases(totals: readonly RecordedPoint[]): RecordedPoint[] {
  return totals.slice(1).map(({ value, ...of }, i) => {
    const before = totals[i]?.value ?? 0;
    return { ...of, value: value < before ? value : value - before };
  });
}

/** @example nameOf('http_requests_total', {method: 'GET', code: '200'}, 0) // "http_requests_total/code:200/method:GET" */
function nameOf(name: string | undefined, labels: Readonly<Record<string, string>>, index: number): string {
  if (!name) throw new CommandError(`result[${index}] has no __name__: give --metric NAME`);
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return [name, ...sorted.map(([label, value]) => `${label}:${value}`)].join('/');
}

interface MatrixSeries {
  metric: Record<string, string>;
  values?: [seconds: unknown, value: unknown][];
  histograms?: unknown[];
}

function matrixIn(text: string): MatrixSeries[] {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`the file is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { status, error, data } = (answer ?? {}) as { status?: string; error?: string; data?: Record<string, unknown> };
  if (status !== 'success' || typeof data !== 'object' || data === null) {
    throw new CommandError(`the file is no successful answer of Prometheus${error ? `: ${error}` : ''}`);
  }
  const { resultType, result } = data;
  if (resultType !== 'matrix') {
    throw new CommandError(`the file has a ${resultType}, and a matrix is needed: ask /api/v1/query_range`);
  }
  if (!Array.isArray(result) || !result.every(isSeries)) {
    throw new CommandError('data.result must be a list of {"metric": {...}, "values": [[seconds, "value"], ...]}');
  }
  return result;
}

function isSeries(one: unknown): one is MatrixSeries {
  if (typeof one !== 'object' || one === null) return false;
  const { metric, values = [], histograms = [] } = one as Record<string, unknown>;
  const isLabels = (it: unknown) =>
    typeof it === 'object' && it !== null && Object.values(it).every((value) => typeof value === 'string');
  return (
    isLabels(metric) &&
    Array.isArray(values) &&
    values.every((pair) => Array.isArray(pair) && pair.length === 2) &&
    Array.isArray(histograms)
  );
}
