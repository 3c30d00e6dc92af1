import { useMemo } from 'preact/hooks';
import type { Alert, Directive } from '../answers.ts';
import { Chart } from '../charts/chart.tsx';
import { peersOf } from '../charts/peers-line.ts';
import { readings, seriesInWords } from '../charts/series-shape.ts';
import { useSeries } from '../charts/use-series.ts';
import { kpiName } from '../kpi-names.ts';
import { useFacts } from '../page-context.ts';
import { type AlertSeries, alertSeries } from './alert-kpi.ts';
import { alertPeriod } from './alert-period.ts';
import { incidentMarks } from './incident-marks.ts';

/** The course of the KPI that an alert is about, with when it began, was noticed and was over. */
export function AlertChart({ alert, directives }: { alert: Alert; directives: readonly Directive[] }) {
  const series = alertSeries(alert);
  if (series === undefined) return null;
  return <CourseOf alert={alert} directives={directives} of={series} />;
}

interface CourseProps {
  alert: Alert;
  directives: readonly Directive[];
  of: AlertSeries;
}

function CourseOf({ alert, directives, of: { kpi, scope } }: CourseProps) {
  const { api, nowMs } = useFacts();
  const { agent, pool } = alert.scope;
  const wanted = useMemo(() => (nowMs === undefined ? undefined : alertPeriod(alert, nowMs)), [alert, nowMs]);
  const poolScope =
    agent !== undefined && pool !== undefined && scope.startsWith('agent:') ? `pool:${pool}` : undefined;
  const { series, period, isUnknown } = useSeries(api, kpi, scope, wanted, { isUrgent: true });
  const { series: ofPool } = useSeries(api, kpi, poolScope ?? scope, poolScope === undefined ? undefined : wanted, {
    isUrgent: true,
  });
  const name = `${kpi === 'metric_value' ? 'Value' : kpiName(kpi).label} of ${scope.replace(':', ' ')}`;
  const title = <h3>{name}</h3>;
  if (isUnknown) {
    return (
      <>
        {title}
        <p class="quiet">Its course is not available.</p>
      </>
    );
  }
  if (!series || !period) {
    return (
      <>
        {title}
        <div class="chart waiting-chart" />
      </>
    );
  }
  const { points, stepMs, unit } = series;
  const peers = ofPool === undefined ? [] : peersOf(kpi, points, ofPool.points);
  // Some alerts are about another figure than the KPI that shows them best: its expected value is no level of this one.
  const isSame = alert.unit === unit && alert.expected !== null;
  return (
    <>
      {title}
      <Chart
        summary={seriesInWords(name, points, { unit, stepMs, ...period })}
        unit={unit}
        period={period}
        lines={[
          { label: scope.replace(/^[a-zA-Z]+:/, ''), style: 'main', points: readings(points, stepMs), stepMs },
          ...(peers.length === 0
            ? []
            : [
                {
                  label: `the others of pool ${pool}`,
                  style: 'expected' as const,
                  points: readings(peers, stepMs),
                  stepMs,
                },
              ]),
        ]}
        levels={isSame ? [{ label: 'expected', value: alert.expected as number }] : []}
        marks={incidentMarks(alert, directives)}
      />
    </>
  );
}
