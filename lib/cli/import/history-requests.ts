import type { RecordedPoint, RecordedSeries } from './recorded-series.ts';

/** What POST /v1/history takes at a time. */
const MAX_POINTS = 10_000;
/** Each day is some writes for the service, which answers within half a minute. */
const MAX_DAYS = 100;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What is sent at a time: whole UTC days of one metric, because a request replaces the days that it has points of. */
export interface HistoryRequest {
  metric: string;
  unit: string | undefined;
  kind: 'gauge' | 'counter';
  /** In order of time. */
  points: RecordedPoint[];
}

/**
 * Divides a series into requests, in order of time.
 * @returns with `summedUp`, how many days had more points than a request takes, and were summed up by the minute: means
 *   of a gauge, sums of a counter
 */
export function historyRequests(
  { metric, unit, points }: RecordedSeries,
  kind: HistoryRequest['kind'],
): { requests: HistoryRequest[]; summedUp: number } {
  const inOrder = points.toSorted((a, b) => a.atMs - b.atMs);
  const days = [...Map.groupBy(inOrder, ({ atMs }) => Math.floor(atMs / DAY_MS)).values()];
  const requests: HistoryRequest[] = [];
  let room = { points: 0, days: 0 };
  for (const day of days) {
    const its = day.length > MAX_POINTS ? byMinute(day, kind) : day;
    if (its.length > room.points || room.days === 0) {
      requests.push({ metric, unit, kind, points: [] });
      room = { points: MAX_POINTS, days: MAX_DAYS };
    }
    requests.at(-1)?.points.push(...its);
    room = { points: room.points - its.length, days: room.days - 1 };
  }
  return { requests, summedUp: days.filter((day) => day.length > MAX_POINTS).length };
}

function byMinute(points: readonly RecordedPoint[], kind: HistoryRequest['kind']): RecordedPoint[] {
  const minutes = Map.groupBy(points, ({ atMs }) => Math.floor(atMs / MINUTE_MS) * MINUTE_MS);
  return [...minutes].map(([atMs, its]) => {
    const sum = its.reduce((total, { value }) => total + value, 0);
    return { atMs, value: kind === 'counter' ? sum : sum / its.length, place: its[0]?.place ?? '' };
  });
}
