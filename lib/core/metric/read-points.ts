import type { Observation } from '../kpi/metric-rollup.ts';
import type { Distribution, MetricKind, PointEvent, SampleEvent } from '../model/event.ts';
import { DAY_MINUTES, MINUTE_MS, type Minute } from '../model/time.ts';
import { type Increase, increaseOf } from './increase.ts';
import type { KnownPoint } from './point-index.ts';
import { countsSinceBoot, isResourceMetric, type ResourceReading, sampleOf } from './resource-metrics.ts';

/** What one point, or the resource points of one moment, add to the figures. */
export interface FigurePoint {
  minute: Minute;
  agent: string;
  /** Batches that brought the points. */
  sources: readonly string[];
  /** One of both. */
  observation?: Observation;
  sample?: SampleEvent;
}

/** At first sight a total is new if it began within this time. */
const NEW_TOTAL_MS = DAY_MINUTES * MINUTE_MS;

/**
 * Reads points as figures: what stands at a moment as an observation, totals as what they grew by since the point
 * before, metrics of process and host as samples. A function of the set of points.
 * @param openFrom points that count in earlier minutes are only what later ones are compared with
 */
export function readPoints(points: Iterable<KnownPoint>, openFrom: Minute): FigurePoint[] {
  const figures: FigurePoint[] = [];
  const totals = new Map<string, KnownPoint[]>();
  const moments = new Map<string, { minute: Minute; sources: Set<string>; readings: ResourceReading[] }>();
  const read = (known: KnownPoint, value: number | Distribution, kind: MetricKind, seconds: number) => {
    const { point, minute, batchId } = known;
    if (!isResourceMetric(point.name)) {
      figures.push({ minute, agent: point.agent, sources: [batchId], observation: observationOf(point, value, kind) });
      return;
    }
    const key = `${point.agent}\n${minute}\n${point.atMs}`;
    const moment = moments.get(key) ?? { minute, sources: new Set(), readings: [] };
    moments.set(key, moment);
    moment.sources.add(batchId);
    const reading = typeof value !== 'number' ? Number.NaN : kind === 'gauge' ? value : value / seconds;
    if (Number.isFinite(reading)) moment.readings.push({ point, value: reading });
  };

  for (const known of points) {
    const { point } = known;
    if (isTotal(point)) {
      const series = totals.get(point.series);
      if (series) series.push(known);
      else totals.set(point.series, [known]);
    } else if (known.minute >= openFrom) {
      const value = point.distribution ?? point.value ?? 0;
      if (point.temporality !== 'delta') read(known, value, 'gauge', 0);
      else read(known, value, 'counter', (point.atMs - (point.startMs ?? point.atMs)) / 1_000);
    }
  }
  for (const series of totals.values()) {
    let before = latest(series.filter(({ minute }) => minute < openFrom));
    // What comes after a later point of its series is in that one's growth already.
    const sinceMs = before?.point.atMs ?? Number.NEGATIVE_INFINITY;
    for (const known of inOrder(series.filter(({ minute, point }) => minute >= openFrom && point.atMs >= sinceMs))) {
      const seconds = before ? (known.point.atMs - before.point.atMs) / 1_000 : 0;
      const increase = before ? increaseOf(known.point, before.point) : firstSight(known.point);
      const amount = 'value' in increase ? increase.value : increase.distribution;
      read(known, amount, 'counter', seconds);
      before = known;
    }
  }
  for (const { minute, sources, readings } of moments.values()) {
    const sample = sampleOf(readings);
    if (sample) figures.push({ minute, agent: sample.agent, sources: [...sources], sample });
  }
  return figures;
}

/**
 * The points that later runs need: of every total the last one before `openFrom`, and those since that lie in batches
 * the next run does not read again.
 * @param isReadAgain whether the next run reads the point by itself, as one of the same minute
 */
export function pointsToKeep(
  points: Iterable<KnownPoint>,
  openFrom: Minute,
  isReadAgain: (known: KnownPoint) => boolean,
): KnownPoint[] {
  const kept: KnownPoint[] = [];
  const old = new Map<string, KnownPoint[]>();
  for (const known of points) {
    if (!isTotal(known.point)) continue;
    if (known.minute >= openFrom) {
      if (!isReadAgain(known)) kept.push(known);
    } else if (known.minute > openFrom - DAY_MINUTES) {
      const { series } = known.point;
      old.set(series, [...(old.get(series) ?? []), known]);
    }
  }
  return [...[...old.values()].flatMap((series) => latest(series) ?? []), ...kept];
}

function latest(series: readonly KnownPoint[]): KnownPoint | null {
  return inOrder([...series]).at(-1) ?? null;
}

function isTotal({ temporality, monotonic, distribution }: PointEvent): boolean {
  return temporality === 'cumulative' && (monotonic || distribution !== undefined);
}

/** By time; of two points at one moment the greater, so that a repeated last export adds nothing. */
function inOrder(series: KnownPoint[]): KnownPoint[] {
  const size = ({ point }: KnownPoint) => point.value ?? point.distribution?.count ?? 0;
  return series.sort((a, b) => a.point.atMs - b.point.atMs || size(a) - size(b));
}

function firstSight(point: PointEvent): Increase {
  const isNew = point.startMs !== undefined && point.startMs > point.atMs - NEW_TOTAL_MS;
  return isNew && !countsSinceBoot(point.name) ? increaseOf(point, null) : increaseOf(point, point);
}

function observationOf(point: PointEvent, value: number | Distribution, kind: MetricKind): Observation {
  const { agent, name, unit = '', atMs } = point;
  return { agent, pool: '', name, unit, kind, direction: 'none', atMs, value };
}
