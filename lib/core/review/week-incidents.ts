import { type Severity, severityOf } from '../alert/alert.ts';
import { nearestRank } from '../kpi/nearest-rank.ts';
import type { EpochMs } from '../model/time.ts';
import type { Figure, Query } from './figure.ts';
import type { PastAlert } from './incident-cluster.ts';
import type { RecurringIncident } from './recurring-incidents.ts';
import type { IncidentReport, IncidentRow, RecurringRow } from './review.ts';
import { moment, type Period, queries } from './review-queries.ts';
import { WEEK_MS } from './week.ts';

const DAY_MS = 86_400_000;
const LISTED = 12;
/** Alerts of a pool that begin so soon after another tell of the same trouble. */
const SAME_TROUBLE_MS = 3_600_000;
const order: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3 };

/** Incidents that were noticed in a week; recommendations are none. @param alerts that fired in the week or before */
export function reportIncidents(alerts: readonly PastAlert[], week: Period): IncidentReport {
  const before = { fromMs: week.fromMs - WEEK_MS, toMs: week.fromMs };
  const its = alertsIn(alerts, week);
  const incidents = incidentsOf(its);
  const query = queries.alerts(week);
  const counted = (
    value: number,
    how = 'incidents counted: alerts of a pool that begin within an hour are one',
  ): Figure => ({
    ...{ value, unit: 'incidents', query, how },
  });
  const median = (times: readonly number[], how: string): Figure => {
    const value = nearestRank(times, 0.5);
    return {
      value,
      unit: 'ms',
      n: times.length,
      query,
      how: `median of ${how}`,
      ...(value === null && { reason: 'none' }),
    };
  };
  const rows = incidents.map((alertsOfIt) => incidentRow(alertsOfIt, query));
  return {
    count: counted(incidents.length),
    countBefore: { ...counted(incidentsOf(alertsIn(alerts, before)).length), query: queries.alerts(before) },
    alerts: { value: its.length, unit: 'alerts', query, how: 'alerts counted by detectedAt, without recommendations' },
    toDetect: median(
      its.map(({ onsetMs, detectedMs }) => detectedMs - onsetMs),
      'detectedAt − onsetAt',
    ),
    toAcknowledge: median(
      its.flatMap(({ acknowledged, detectedMs }) => (acknowledged ? [acknowledged.atMs - detectedMs] : [])),
      'acknowledged.at − detectedAt',
    ),
    toResolve: median(
      its.flatMap(({ resolvedMs, onsetMs }) => (resolvedMs === null ? [] : [resolvedMs - onsetMs])),
      'resolvedAt − onsetAt',
    ),
    byDay: Array.from({ length: 7 }, (_, i) => {
      const fromMs = week.fromMs + i * DAY_MS;
      const of = incidents.filter(([first]) =>
        isIn((first as PastAlert).detectedMs, { fromMs, toMs: fromMs + DAY_MS }),
      );
      return { day: moment(fromMs), count: counted(of.length, 'incidents counted by day of the first detectedAt') };
    }),
    listed: rows.slice(0, LISTED),
    more: counted(Math.max(0, rows.length - LISTED), 'incidents counted that are not listed'),
  };
}

/** @param period from which alerts were looked at */
export function recurringRow(it: RecurringIncident, period: Period): RecurringRow {
  const query = queries.alerts(period);
  return {
    ...{ title: it.title, kind: it.kind, together: it.together, query },
    calendar: { kind: it.calendar.kind, words: it.calendar.words },
    occurrences: it.occurrences.map(({ atMs, alert }) => ({ at: moment(atMs), alert })),
    count: { value: it.occurrences.length, unit: 'times', query, how: 'onsetAt of the alerts named' },
    confidence: {
      ...{ value: it.confidence, unit: 'ratio', query },
      how: '1 ÷ (1 + patterns as good that chance would bring in all alerts of the period); see docs/reviews.md',
    },
    nextAt: it.nextMs === null ? null : moment(it.nextMs),
  };
}

function alertsIn(alerts: readonly PastAlert[], period: Period): PastAlert[] {
  return alerts.filter(({ detectedMs, scope }) => scope.recommendation === undefined && isIn(detectedMs, period));
}

function isIn(atMs: EpochMs, { fromMs, toMs }: Period): boolean {
  return atMs >= fromMs && atMs < toMs;
}

/** Worst first, of those the longest; within one, in order of onsets. */
function incidentsOf(alerts: readonly PastAlert[]): PastAlert[][] {
  const incidents: PastAlert[][] = [];
  const open = new Map<string, PastAlert[]>();
  for (const alert of alerts.toSorted((a, b) => a.onsetMs - b.onsetMs)) {
    const subject = alert.scope.pool ?? '';
    const current = open.get(subject);
    if (current && alert.onsetMs - (current.at(-1) as PastAlert).onsetMs <= SAME_TROUBLE_MS) {
      current.push(alert);
      continue;
    }
    const incident = [alert];
    open.set(subject, incident);
    incidents.push(incident);
  }
  return incidents.sort((a, b) => severityRank(a) - severityRank(b) || lastedMs(b) - lastedMs(a));
}

function severity(alert: PastAlert): Severity {
  return alert.severity ?? severityOf[alert.kind];
}

function severityRank(alerts: readonly PastAlert[]): number {
  return Math.min(...alerts.map((alert) => order[severity(alert)]));
}

function lastedMs(alerts: readonly PastAlert[]): number {
  return endMs(alerts) === null
    ? Number.POSITIVE_INFINITY
    : (endMs(alerts) as number) - (alerts[0] as PastAlert).onsetMs;
}

/** null while one of them fires. */
function endMs(alerts: readonly PastAlert[]): EpochMs | null {
  const ends = alerts.map(({ resolvedMs }) => resolvedMs);
  return ends.some((end) => end === null) ? null : Math.max(...(ends as number[]));
}

function incidentRow(alerts: readonly PastAlert[], query: Query): IncidentRow {
  const [worst] = alerts.toSorted((a, b) => order[severity(a)] - order[severity(b)]) as [PastAlert];
  const onsetMs = (alerts[0] as PastAlert).onsetMs;
  const detectedMs = Math.min(...alerts.map((alert) => alert.detectedMs));
  const acknowledgedMs = alerts.flatMap(({ acknowledged }) => (acknowledged ? [acknowledged.atMs] : []));
  const end = endMs(alerts);
  return {
    ...{ title: worst.title, kind: worst.kind, severity: severity(worst), alert: worst.id, query },
    alerts: { value: alerts.length, unit: 'alerts', query },
    onsetAt: moment(onsetMs),
    detectedAt: moment(detectedMs),
    acknowledgedAt: acknowledgedMs.length > 0 ? moment(Math.min(...acknowledgedMs)) : null,
    resolvedAt: end === null ? null : moment(end),
    toDetect: { value: detectedMs - onsetMs, unit: 'ms', query, how: 'detectedAt − onsetAt' },
    lasted: {
      ...{ value: end === null ? null : end - onsetMs, unit: 'ms', query, how: 'resolvedAt − onsetAt' },
      ...(end === null && { reason: 'not over' }),
    },
  };
}
