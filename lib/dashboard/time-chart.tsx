import { usePage } from './page-context.ts';
import { axisText, axisTop, linePath, readings, seriesInWords } from './series-shape.ts';
import { clockText } from './show-time.ts';
import { useSeries } from './use-series.ts';

const HEIGHT = 130;
const LEFT = 56;
const BELOW = 18;

/** Mean and p95 response time of a scope over time, with axes. */
export function TimeChart({ scope, title }: { scope: string; title: string }) {
  const { api, history } = usePage();
  const { series, period, isUnknown } = useSeries(api, 'average_response_time', scope, history);
  if (isUnknown) return <p class="quiet">The course of its response time is not available.</p>;
  if (!series || !period) return <div class="chart waiting-chart" />;
  const { points, stepMs, unit } = series;
  const width = matchMedia('(max-width: 560px)').matches ? 350 : 540;
  const mean = readings(points, stepMs);
  const p95 = readings(points, stepMs, (point) => point.p95);
  const highest = Math.max(0, ...mean.map(({ value }) => value), ...p95.map(({ value }) => value));
  const frame = { width: width - LEFT - 6, height: HEIGHT - BELOW - 6, top: axisTop(highest, unit), ...period };
  const ticks = [0, 0.5, 1].map((share) => ({ value: share * frame.top, y: frame.height * (1 - share) }));
  const moments = [0, 1 / 3, 2 / 3, 1].map((share) => ({
    atMs: period.fromMs + share * (period.toMs - period.fromMs),
    x: share * frame.width,
  }));
  return (
    <figure class="chart">
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-label={seriesInWords(title, points, { unit, stepMs, ...period })}
      >
        <g transform={`translate(${LEFT} 6)`}>
          {ticks.map(({ value, y }) => (
            <g key={value}>
              <path class="base" d={`M0 ${y}H${frame.width}`} />
              <text x="-8" y={y + 4} text-anchor="end">
                {axisText(value, unit)}
              </text>
            </g>
          ))}
          {moments.map(({ atMs, x }, index) => (
            <text
              key={atMs}
              x={x}
              y={frame.height + 15}
              text-anchor={index === 0 ? 'start' : index === moments.length - 1 ? 'end' : 'middle'}
            >
              {clockText(atMs, period.toMs)}
            </text>
          ))}
          <path class="line second" d={linePath(p95, stepMs, frame)} />
          <path class="line" d={linePath(mean, stepMs, frame)} />
        </g>
      </svg>
      <figcaption>
        <span class="key">
          <svg viewBox="0 0 20 6" width="20" height="6" aria-hidden="true">
            <path class="line" d="M0 3h20" />
          </svg>{' '}
          mean
        </span>
        <span class="key">
          <svg viewBox="0 0 20 6" width="20" height="6" aria-hidden="true">
            <path class="line second" d="M0 3h20" />
          </svg>{' '}
          p95 response, UTC
        </span>
      </figcaption>
    </figure>
  );
}
