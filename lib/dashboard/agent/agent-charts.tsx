import { useMemo } from 'preact/hooks';
import type { Agent, Alert, Directive, SeriesAnswer } from '../answers.ts';
import { Chart } from '../charts/chart.tsx';
import type { ChartLine, ChartMark } from '../charts/chart-props.ts';
import { knownPeriod } from '../charts/known-period.ts';
import { meanOfOthers, peersOf } from '../charts/peers-line.ts';
import type { Period } from '../charts/period.ts';
import { readings, seriesInWords } from '../charts/series-shape.ts';
import { useSeries } from '../charts/use-series.ts';
import { kpiName } from '../kpi-names.ts';
import { useFacts } from '../page-context.ts';
import { agentMarks } from './agent-marks.ts';

const HOUR_MS = 3_600_000;
/** At least so much of the past is shown, whatever the window. */
const SHOWN_MS = 3 * HOUR_MS;
const HEIGHT = 120;

interface AgentChartsProps {
  agent: Agent;
  alerts: readonly Alert[];
  directives: readonly Directive[];
  /** Agents of its pool, itself included. */
  poolSize: number;
}

/** The course of an agent's KPIs beside what the other agents of its pool had in the same minutes. */
export function AgentCharts({ agent: { agent, pool }, alerts, directives, poolSize }: AgentChartsProps) {
  const { history } = useFacts();
  const fromMs = history && Math.min(history.fromMs, history.toMs - SHOWN_MS);
  const toMs = history?.toMs;
  const wanted = useMemo(
    () => (fromMs === undefined || toMs === undefined ? undefined : { fromMs, toMs }),
    [fromMs, toMs],
  );
  const marks = useMemo(
    () => (wanted ? agentMarks({ agent, pool }, { alerts, directives }, wanted) : []),
    [agent, pool, alerts, directives, wanted],
  );
  const others = `the others of ${pool}`;
  const shared = { agent, pool, wanted, marks };
  return (
    <div class="agent-charts">
      <KpiChart
        {...shared}
        kpi="average_response_time"
        peers={(own, ofPool) => line(others, peersOf('average_response_time', own.points, ofPool.points), own)}
      />
      <KpiChart
        {...shared}
        kpi="average_response_time"
        percentile="p95"
        peers={(own, ofPool) => ({
          ...line(`p95 of pool ${pool}`, [], own),
          points: readings(ofPool.points, ofPool.stepMs, p95Of),
        })}
      />
      <KpiChart
        {...shared}
        kpi="overall_throughput"
        peers={(own, ofPool) =>
          line(`mean of the ${poolSize - 1} others`, meanOfOthers(own.points, ofPool.points, poolSize), own)
        }
      />
      <KpiChart
        {...shared}
        kpi="error_ratio"
        peers={(own, ofPool) => line(others, peersOf('error_ratio', own.points, ofPool.points), own)}
      />
      <KpiChart
        {...shared}
        kpi="resource_utilization"
        peers={(own, ofPool) => line(others, peersOf('resource_utilization', own.points, ofPool.points), own)}
      />
      <KpiChart {...shared} kpi="queue_depth" />
    </div>
  );
}

function p95Of({ p95 }: { p95?: number }) {
  return p95;
}

function line(label: string, points: SeriesAnswer['points'], { stepMs }: SeriesAnswer): ChartLine {
  return { label, style: 'expected', points: readings(points, stepMs), stepMs };
}

interface KpiChartProps {
  agent: string;
  pool: string;
  kpi: string;
  percentile?: 'p95';
  wanted: Period | undefined;
  marks: readonly ChartMark[];
  /** What is expected of the agent; without it, only the pool has the KPI. */
  peers?: (own: SeriesAnswer, ofPool: SeriesAnswer) => ChartLine;
}

function KpiChart({ agent, pool, kpi, percentile, wanted, marks, peers }: KpiChartProps) {
  const { api } = useFacts();
  const { series: ofPool, period, isUnknown } = useSeries(api, kpi, `pool:${pool}`, wanted, { isUrgent: true });
  const own = useSeries(api, kpi, `agent:${agent}`, peers ? wanted : undefined, { isUrgent: true }).series;
  const { label } = kpiName(kpi);
  const name = percentile ? `${percentile} response` : peers ? label : `${label} of pool ${pool}`;
  const main = peers ? own : ofPool;
  if (isUnknown) {
    return (
      <section aria-label={name}>
        <h4>{name}</h4>
        <p class="quiet">Not available.</p>
      </section>
    );
  }
  if (!main || !ofPool || !period) {
    return (
      <section aria-label={name}>
        <h4>{name}</h4>
        <div class="chart waiting-small" />
      </section>
    );
  }
  const { stepMs, unit } = main;
  const shown = knownPeriod([...main.points, ...ofPool.points], period);
  const points = percentile
    ? main.points.map((point) => ({ ...point, value: point[percentile] ?? null }))
    : main.points;
  const summary = seriesInWords(`${name} of ${peers ? agent : `pool ${pool}`}`, points, { unit, stepMs, ...shown });
  const isEmpty = points.every(({ value }) => value === null);
  return (
    <section aria-label={name}>
      <h4>
        {name}
        {isEmpty ? <span class="quiet"> no value in this period</span> : null}
      </h4>
      <Chart
        summary={summary}
        unit={unit}
        period={shown}
        height={HEIGHT}
        lines={[
          { label: peers ? agent : `pool ${pool}`, style: 'main', points: readings(points, stepMs), stepMs },
          ...(peers && own ? [peers(own, ofPool)].filter(({ points: known }) => known.length > 0) : []),
        ]}
        marks={marks}
      />
    </section>
  );
}
