import { useFacts } from '../page-context.ts';
import { Chart } from './chart.tsx';
import { readings, seriesInWords } from './series-shape.ts';
import { useSeries } from './use-series.ts';

/** Mean and p95 response time of a scope over time. */
export function TimeChart({ scope, title }: { scope: string; title: string }) {
  const { api, history } = useFacts();
  const { series, period, isUnknown } = useSeries(api, 'average_response_time', scope, history);
  if (isUnknown) return <p class="quiet">The course of its response time is not available.</p>;
  if (!series || !period) return <div class="chart waiting-chart" />;
  const { points, stepMs, unit } = series;
  return (
    <Chart
      summary={seriesInWords(title, points, { unit, stepMs, ...period })}
      unit={unit}
      period={period}
      lines={[
        { label: 'mean response', style: 'main', points: readings(points, stepMs), stepMs },
        { label: 'p95', style: 'second', points: readings(points, stepMs, ({ p95 }) => p95), stepMs },
      ]}
    />
  );
}
