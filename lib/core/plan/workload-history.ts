import type { HistoryPoint } from '../kpi/history-point.ts';
import { metricSum } from '../kpi/metric-rollup.ts';
import { countTasks, type TaskCounter } from '../kpi/task-rollup.ts';
import type { Minute } from '../model/time.ts';

/** Hours that forecasts are made from: five weeks. */
export const HISTORY_HOURS = 35 * 24;

/** How much work came to a scope, hour by hour. */
export interface WorkloadHistory {
  /** First minute of the first hour. */
  from: Minute;
  /** A minute of each hour: tasks, those that were tried again included, or what else was asked for; NaN where nothing is known. */
  perMin: Float64Array;
  /** Hours that were brought in from elsewhere; they are among those that are known. */
  imported: number;
}

const HOUR_MINUTES = 60;

/** Name of the custom metric whose imported history stands in for a scope's own: tasks a minute. @example workloadMetric('pool:writers') // 'workload.pool:writers' */
export function workloadMetric(scope: string): string {
  return `workload.${scope}`;
}

/**
 * The workload of a scope from its hourly history. An hour without a word of the scope had no tasks if something was heard of the
 * fleet in it; else it is not known. The hour in which the fleet began is left out once others are known: it was not a whole one.
 * @param own points of the scope, hours of [from, to)
 * @param fleet those of the fleet
 * @param imported those of {@link workloadMetric}, taken where the fleet is silent
 * @param amountOf what is counted of the tasks of an hour; tasks themselves unless said
 */
export function workloadHistory(
  { from, to }: { from: Minute; to: Minute },
  own: readonly HistoryPoint[],
  fleet: readonly HistoryPoint[],
  imported: readonly HistoryPoint[],
  amountOf: (counters: Readonly<Record<TaskCounter, number>>) => number = countTasks,
): WorkloadHistory {
  const hourOf = ({ at }: HistoryPoint) => (at - from) / HOUR_MINUTES;
  const perMin = new Float64Array(Math.max(0, (to - from) / HOUR_MINUTES)).fill(Number.NaN);
  const broughtIn = new Set<number>();
  for (const point of imported) {
    if (!point.metric || point.metric.count === 0) continue;
    perMin[hourOf(point)] = metricSum(point.metric) / point.metric.count;
    broughtIn.add(hourOf(point));
  }
  const heard = fleet.filter(({ figures }) => figures).map(hourOf);
  const began = heard.length > 1 ? Math.min(...heard) : 0;
  // At the very start of the period the fleet may have begun long before.
  const isWhole = (hour: number) => hour > began || began === 0;
  for (const hour of heard) {
    if (!isWhole(hour)) continue;
    perMin[hour] = 0;
    broughtIn.delete(hour);
  }
  for (const point of own) {
    if (!point.figures || !isWhole(hourOf(point))) continue;
    perMin[hourOf(point)] = amountOf(point.figures.tasks.counters) / HOUR_MINUTES;
    broughtIn.delete(hourOf(point));
  }
  return { from, perMin, imported: broughtIn.size };
}

/** Hours that something is known of. */
export function knownHours({ perMin }: WorkloadHistory): number {
  return perMin.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
}

/**
 * The history of a young scope with, before it, that of what it is part of, at the share that it has of it: a new task type has
 * the day and the week of its pool until it has shown its own.
 * @param whole of the same hours
 * @returns the same where it is not younger, or has nothing of the whole
 */
export function withBorrowedPast(
  young: WorkloadHistory,
  whole: WorkloadHistory,
): { history: WorkloadHistory; borrowed: number } {
  const first = young.perMin.findIndex((value) => value > 0);
  const start = whole.perMin.findIndex((value) => value > 0);
  if (first < 0 || start < 0 || start >= first) return { history: young, borrowed: 0 };
  let [own, of] = [0, 0];
  for (let hour = first; hour < young.perMin.length; hour += 1) {
    const [part, total] = [young.perMin[hour] as number, whole.perMin[hour] as number];
    if (Number.isNaN(part) || Number.isNaN(total)) continue;
    own += part;
    of += total;
  }
  if (!(own > 0 && of > 0)) return { history: young, borrowed: 0 };
  const perMin = young.perMin.map((value, hour) =>
    hour < first ? (whole.perMin[hour] as number) * (own / of) : value,
  );
  const borrowed = perMin.subarray(0, first).reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
  return { history: { ...young, perMin }, borrowed };
}
