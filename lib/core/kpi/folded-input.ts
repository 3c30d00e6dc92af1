import { indexPoints, type KnownPoint, pointKey } from '../metric/point-index.ts';
import { type FigurePoint, pointsToKeep, readPoints } from '../metric/read-points.ts';
import type { Batch } from '../model/batch.ts';
import type { FleetEvent } from '../model/event.ts';
import { type Minute, minuteOf, startOfMinute } from '../model/time.ts';
import { type Assembly, assembleRuns, GIVE_UP_MINUTES, type Run } from '../trace/assemble-runs.ts';
import { type KnownSpan, SpanIndex, spanKey } from '../trace/span-index.ts';

/** What later runs of the minute job need of batches that they no longer read. */
export interface CarriedOver {
  /** Of traces with parts whose run is not known yet, or was counted so lately that it may have to be counted again. */
  spans: KnownSpan[];
  /** Of every running total the last points. */
  points: KnownPoint[];
}

/** All that is counted, put together. */
export interface FoldedInput {
  batches: readonly Batch[];
  /** Whether a span or point is the copy that counts. */
  isOriginal: (event: FleetEvent, batchId: string) => boolean;
  /** Tasks from spans that the batches have to do with, and those that are given up. */
  runs: readonly Run[];
  points: readonly FigurePoint[];
}

/** The run of a late span, and other copies of it, came within about this time of its end. */
const CONTEXT_MINUTES = 10;

/**
 * Closed buckets to read again because spans of closed minutes came: they may hold other copies of them, or the run
 * they belong to.
 * @param from the first minute that no run has completed: batches received long before it were read before
 * @param read buckets that are read anyway
 */
export function contextBuckets(
  batches: readonly Batch[],
  { openFrom, from }: { openFrom: Minute; from: Minute },
  read: { has: (bucket: Minute) => boolean },
): Set<Minute> {
  const context = new Set<Minute>();
  // The clocks of those who receive and of those who read may differ by as much as a minute.
  const newSinceMs = startOfMinute(from - 1);
  for (const { bucket, receivedAtMs, events } of batches) {
    if (bucket >= openFrom && receivedAtMs < newSinceMs) continue;
    for (const event of events) {
      if (event.type !== 'span') continue;
      const minute = minuteOf(event.endedAtMs);
      for (let at = minute; at <= minute + CONTEXT_MINUTES && at < openFrom; at++) if (!read.has(at)) context.add(at);
    }
  }
  return context;
}

/** Input that needs no putting together: tests and tools that only have events as agents report them. */
export function plainInput(batches: readonly Batch[]): FoldedInput {
  return { batches, isOriginal: () => true, runs: [], points: [] };
}

/**
 * Puts spans and points together: a function of what was carried over and of the set of batches.
 * @param openFrom the first minute that is open
 * @param context batches that count already, read again because they may hold the first copy of a late span
 */
export function putTogether(
  carried: CarriedOver,
  batches: readonly Batch[],
  openFrom: Minute,
  context: readonly Batch[] = [],
): FoldedInput & { assembly: Assembly; index: SpanIndex; pointIndex: Map<string, KnownPoint> } {
  const index = new SpanIndex(carried.spans, batches, context);
  const pointIndex = indexPoints(carried.points, batches, openFrom);
  const assembly = assembleRuns(index);
  const read = new Set(batches.map(({ id }) => id));
  const runs = assembly.runs.filter(
    ({ isGivenUp, minute, batchId, parts }) =>
      (isGivenUp && minute >= openFrom) ||
      (!isGivenUp && (read.has(batchId) || parts.some(({ sources }) => sources.some((source) => read.has(source))))),
  );
  const points = readPoints(pointIndex.values(), openFrom);
  return { batches, isOriginal: originals(index, pointIndex), runs, points, assembly, index, pointIndex };
}

/** Of several copies the one in the index counts; of several in one batch the first. */
function originals(
  index: SpanIndex,
  pointIndex: ReadonlyMap<string, KnownPoint>,
): (event: FleetEvent, batchId: string) => boolean {
  const met = new Set<string>();
  return (event, batchId) => {
    if (event.type !== 'span' && event.type !== 'point') return true;
    const key = event.type === 'span' ? spanKey(event) : pointKey(event);
    const first = event.type === 'span' ? index.get(key) : pointIndex.get(key);
    if (first?.batchId !== batchId || met.has(key)) return false;
    met.add(key);
    return true;
  };
}

/**
 * What to carry over to the run whose first open minute is `nextOpenFrom`.
 * A run that stopped before its progress was saved starts over with this, so nothing is left out that minutes from
 * `openFrom` on are computed from.
 */
export function carryOver(
  carried: CarriedOver,
  { batches, assembly, index, pointIndex }: ReturnType<typeof putTogether>,
  { openFrom, nextOpenFrom }: { openFrom: Minute; nextOpenFrom: Minute },
): CarriedOver {
  const buckets = new Map(batches.map(({ id, bucket }) => [id, bucket]));
  const bucketOf = (batchId: string) => buckets.get(batchId) ?? Number.NEGATIVE_INFINITY;
  const carriedBefore = new Set(carried.spans.map(({ span }) => spanKey(span)));
  const tracesBefore = new Set(carried.spans.map(({ span }) => span.trace));
  const newest = new Map<string, Minute>();
  const newestBucket = new Map<string, Minute>();
  const raise = (of: Map<string, Minute>, trace: string, to: Minute) => of.set(trace, Math.max(of.get(trace) ?? 0, to));
  for (const { span } of index.values()) raise(newest, span.trace, minuteOf(span.endedAtMs));
  // Copies of spans, too: the next run must know them for what they are.
  for (const { bucket, events } of batches) {
    for (const event of events) if (event.type === 'span') raise(newestBucket, event.trace, bucket);
  }
  // A trace is carried over as a whole while any of it is read: without its run, a part would look as if it had none.
  const isNeeded = (trace: string) => {
    const from = tracesBefore.has(trace) ? openFrom : nextOpenFrom;
    const last = Math.max(newest.get(trace) ?? 0, newestBucket.get(trace) ?? 0);
    return last >= from || (assembly.unresolved.has(trace) && last + GIVE_UP_MINUTES >= from);
  };
  const spans = [...index.values()].filter(
    ({ span, batchId }) =>
      isNeeded(span.trace) && (carriedBefore.has(spanKey(span)) || bucketOf(batchId) < nextOpenFrom),
  );
  const points = pointsToKeep(
    pointIndex.values(),
    openFrom,
    // A point that is read again in a closed minute would be taken for one that came late.
    ({ batchId, minute }) => bucketOf(batchId) >= nextOpenFrom && minute >= nextOpenFrom,
  );
  return { spans, points };
}
