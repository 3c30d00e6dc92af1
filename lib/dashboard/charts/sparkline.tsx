import { useRef } from 'preact/hooks';
import { kpiName } from '../kpi-names.ts';
import { useFacts } from '../page-context.ts';
import { linePath, place, readings, seriesInWords } from './series-shape.ts';
import { useSeen } from './use-seen.ts';
import { useSeries } from './use-series.ts';

const WIDTH = 120;
const HEIGHT = 26;

interface SparklineProps {
  kpi: string;
  /** For example `agent:writer-1`. */
  scope: string;
}

/** The recent course of a KPI, from 0 to its own highest value; asked for once it comes into sight. */
export function Sparkline({ kpi, scope }: SparklineProps) {
  const { api, history } = useFacts();
  const spot = useRef<HTMLSpanElement>(null);
  const isSeen = useSeen(spot);
  const { series, period, isUnknown } = useSeries(api, kpi, scope, isSeen ? history : undefined);
  const name = `${kpiName(kpi).label} of ${scope.replace(':', ' ')}`;
  const words = series && period ? seriesInWords(name, series.points, { ...series, ...period }) : `${name}: loading`;
  return (
    <span class="sparkline" ref={spot} title={words}>
      <svg
        viewBox={`0 -3 ${WIDTH} ${HEIGHT + 6}`}
        width={WIDTH}
        height={HEIGHT + 6}
        role="img"
        aria-label={isUnknown ? `${name}: not available` : words}
        preserveAspectRatio="none"
      >
        {series && period ? (
          <Line series={series} period={period} />
        ) : (
          <path class="base" d={`M0 ${HEIGHT}h${WIDTH}`} />
        )}
      </svg>
    </span>
  );
}

function Line({ series, period }: Required<Pick<ReturnType<typeof useSeries>, 'series' | 'period'>>) {
  if (!series || !period) return null;
  const line = readings(series.points, series.stepMs);
  const top = Math.max(0, ...line.map(({ value }) => value)) || 1;
  const frame = { width: WIDTH - 4, height: HEIGHT, top, ...period };
  const last = line.at(-1);
  const isRecent = last !== undefined && period.toMs - last.atMs <= 2 * series.stepMs;
  const end = last && place(last, frame);
  return (
    <>
      <path class="base" d={`M0 ${HEIGHT}h${WIDTH}`} />
      <path class="line" d={linePath(line, series.stepMs, frame)} />
      {end && isRecent ? <circle class="end" cx={end.x} cy={end.y} r="2.2" /> : null}
    </>
  );
}
