import { indexPoints, type KnownPoint, pointKey } from '../metric/point-index.ts';
import { type FigurePoint, pointsToKeep, readPoints } from '../metric/read-points.ts';
import type { Batch } from '../model/batch.ts';
import type { FleetEvent } from '../model/event.ts';
import { type Minute, minuteOf } from '../model/time.ts';
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
  const index = new SpanIndex(carried.spans, [...context, ...batches]);
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
 * @param isReadAgain whether the next run reads the batch by itself
 */
export function carryOver(
  carried: CarriedOver,
  { assembly, index, pointIndex }: ReturnType<typeof putTogether>,
  { openFrom, nextOpenFrom }: { openFrom: Minute; nextOpenFrom: Minute },
  isReadAgain: (batchId: string) => boolean,
): CarriedOver {
  const before = new Set(carried.spans.map(({ span }) => spanKey(span)));
  const newest = new Map<string, Minute>();
  for (const { span } of index.values()) {
    newest.set(span.trace, Math.max(newest.get(span.trace) ?? 0, minuteOf(span.endedAtMs)));
  }
  const isNeeded = (trace: string, from: Minute) => {
    const last = newest.get(trace) ?? 0;
    return last >= from || (assembly.unresolved.has(trace) && last + GIVE_UP_MINUTES >= from);
  };
  const spans = [...index.values()].filter((known) =>
    before.has(spanKey(known.span))
      ? isNeeded(known.span.trace, openFrom)
      : !isReadAgain(known.batchId) && isNeeded(known.span.trace, nextOpenFrom),
  );
  const points = pointsToKeep(pointIndex.values(), openFrom, ({ batchId }) => isReadAgain(batchId));
  return { spans, points };
}
