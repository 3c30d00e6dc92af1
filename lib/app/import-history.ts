import type { HistoryLevel } from '../core/kpi/history-point.ts';
import {
  IMPORTED_VERSION,
  type ImportedMetric,
  type ImportedPoint,
  type ImportPeriod,
  importPeriod,
  rollUpImport,
  whyOutside,
} from '../core/kpi/imported-history.ts';
import type { Actor } from '../core/model/audit-entry.ts';
import { type EpochMs, startOfMinute } from '../core/model/time.ts';
import type { MetricStore } from '../ports/metric-store.ts';
import { type AuditDeps, audited } from './audited.ts';

export interface ImportDeps extends AuditDeps {
  metrics: MetricStore;
  /** How many days each level is kept. */
  historyDays: Readonly<Record<HistoryLevel, number>>;
}

export interface ImportRequest {
  system: string;
  metric: ImportedMetric;
  /** Those of a day are all that is known of it: they take the place of what was brought in of it before. */
  points: readonly (ImportedPoint & { index: number })[];
  who: Actor;
  atMs: EpochMs;
}

export interface ImportOutcome {
  /** Points that were stored, and the steps of each level that they are summed up in. */
  stored: number;
  steps: Record<HistoryLevel, number>;
  refused: { index: number; code: 'too_recent' | 'too_old'; message: string }[];
}

/**
 * Brings in history of a custom metric from before, or from beside, the events of the system. What the minute job has
 * counted of the same metric and time stays. Doing it again with the same points changes nothing, and repairs what was
 * stopped half way.
 * @throws Error when the store refuses or cannot be reached; some steps may have been stored
 */
export async function importHistory(
  deps: ImportDeps,
  { system, metric, points, who, atMs }: ImportRequest,
): Promise<ImportOutcome> {
  const period = importPeriod(atMs, deps.historyDays);
  const refused = points.flatMap((point) => refusalOf(point, period));
  const taken = points.filter((point) => whyOutside(point.atMs, period) === null);
  const days = rollUpImport(metric, taken, period);
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return { stored: 0, steps: { minute: 0, hour: 0, day: 0 }, refused };
  const after = {
    ...{ kind: metric.kind, unit: metric.unit, points: taken.length, days: days.length },
    ...{ firstDay: dateOf(first.from), lastDay: dateOf(last.from) },
  };
  return audited(
    deps,
    { system, who, action: 'history.import', target: `metric:${metric.name}`, atMs, after },
    async () => {
      for (const level of ['minute', 'hour', 'day'] as const) {
        const steps = days.flatMap((day) => day.points[level]);
        await deps.metrics.write(system, level, steps, IMPORTED_VERSION);
      }
      const filled = (level: HistoryLevel) => days.flatMap((day) => day.points[level].filter(({ metric }) => metric));
      const steps = { minute: filled('minute').length, hour: filled('hour').length, day: filled('day').length };
      return { stored: taken.length, steps, refused };
    },
    () => ({ outcome: 'done' }),
  );
}

function refusalOf(
  { index, atMs }: ImportRequest['points'][number],
  { keptFrom, before }: ImportPeriod,
): ImportOutcome['refused'] {
  const code = whyOutside(atMs, { keptFrom, before });
  if (code === null) return [];
  const message =
    code === 'too_recent'
      ? `points[${index}].at must be before ${momentOf(startOfMinute(before))}: what is newer than 24 hours is sent to /v1/events`
      : `points[${index}].at must be ${momentOf(startOfMinute(keptFrom.day))} or later: older days are not kept`;
  return [{ index, code, message }];
}

function momentOf(atMs: EpochMs): string {
  return new Date(atMs).toISOString();
}

function dateOf(minute: number): string {
  return momentOf(startOfMinute(minute)).slice(0, 10);
}
