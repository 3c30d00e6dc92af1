import type { Batch } from '../model/batch.ts';
import type { PointEvent } from '../model/event.ts';
import { type Minute, minuteOf } from '../model/time.ts';

/** A point and the batch that brought it. */
export interface KnownPoint {
  point: PointEvent;
  batchId: string;
  /** The minute it counts in: its own, or for one that came late the first that was open then. */
  minute: Minute;
}

export function pointKey({ series, startMs, atMs }: PointEvent): string {
  return `${series}:${startMs ?? ''}:${atMs}`;
}

/**
 * Every point that is known, once: of several copies the kept one, else that of the batch received first, ties by id.
 * @param kept from earlier minutes
 * @param openFrom the first minute that is open
 */
export function indexPoints(
  kept: readonly KnownPoint[],
  batches: readonly Batch[],
  openFrom: Minute,
): Map<string, KnownPoint> {
  const index = new Map<string, KnownPoint>();
  for (const known of kept) index.set(pointKey(known.point), known);
  const inOrder = batches
    .filter(({ events }) => events.some(({ type }) => type === 'point'))
    .sort((a, b) => a.receivedAtMs - b.receivedAtMs || (a.id < b.id ? -1 : 1));
  for (const { id: batchId, events } of inOrder) {
    for (const point of events) {
      if (point.type !== 'point') continue;
      const key = pointKey(point);
      if (!index.has(key)) index.set(key, { point, batchId, minute: Math.max(minuteOf(point.atMs), openFrom) });
    }
  }
  return index;
}
