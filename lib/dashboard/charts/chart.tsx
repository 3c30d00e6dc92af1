import { useMemo, useState } from 'preact/hooks';
import { clockText } from '../show-time.ts';
import { valueText } from '../show-value.ts';
import { bandPath } from './band-path.ts';
import type { ChartLine, ChartMark, ChartProps } from './chart-props.ts';
import type { Period } from './period.ts';
import { axisText, axisTop, type Frame, linePath, place } from './series-shape.ts';
import { tickText, timeTicks } from './time-ticks.ts';
import { useWidth } from './use-width.ts';

const LEFT = 58;
const RIGHT = 10;
const ABOVE = 8;
const BELOW = 20;

/**
 * Lines and bands over time on an axis that begins at 0. What is under the pointer, or under the cursor that the arrow
 * keys move, is told in words below.
 */
export function Chart(props: ChartProps) {
  const { summary, unit, period, lines, bands = [], levels = [], marks = [], height = 150 } = props;
  const { spot, width } = useWidth();
  const [cursorMs, setCursor] = useState<number | undefined>(undefined);
  const values = [
    ...lines.flatMap(({ points }) => points.map(({ value }) => value)),
    ...bands.flatMap(({ points }) => points.map(({ high }) => high)),
    ...levels.map(({ value }) => value),
  ];
  const frame: Frame = {
    width: Math.max(1, width - LEFT - RIGHT),
    height: height - ABOVE - BELOW,
    top: axisTop(Math.max(0, ...values), unit),
    ...period,
  };
  const atX = (x: number) => period.fromMs + ((x - LEFT) / frame.width) * (period.toMs - period.fromMs);
  const moments = useMemo(() => momentsOf(props), [props]);
  const step = (by: number) => {
    const now = cursorMs === undefined ? moments.length : nearest(moments, cursorMs) + by;
    setCursor(moments[Math.min(moments.length - 1, Math.max(0, now))]);
  };
  return (
    <figure class="chart">
      <div
        ref={spot}
        class="plot"
        role="application"
        aria-roledescription="chart"
        aria-label={summary}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read the chart as the pointer does
        tabIndex={0}
        onPointerMove={({ clientX, currentTarget }) =>
          setCursor(moments[nearest(moments, atX(clientX - currentTarget.getBoundingClientRect().left))])
        }
        onPointerLeave={() => setCursor(undefined)}
        onBlur={() => setCursor(undefined)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
          event.preventDefault();
          step(event.key === 'ArrowLeft' ? -1 : 1);
        }}
      >
        <svg viewBox={`0 0 ${width} ${height}`} width="100%" height={height} aria-hidden="true">
          <g transform={`translate(${LEFT} ${ABOVE})`}>
            <Axes frame={frame} unit={unit} period={period} />
            {bands.map(({ label, points, style }) => (
              <path key={label} class={`band ${style}`} d={bandPath(points, frame)} />
            ))}
            {levels.map(({ label, value }) => (
              <path
                key={label}
                class="level"
                d={`M0 ${place({ atMs: period.fromMs, value }, frame).y}H${frame.width}`}
              />
            ))}
            {marks.map((mark) => (
              <Mark key={`${mark.kind} ${mark.atMs} ${mark.label}`} mark={mark} frame={frame} />
            ))}
            {[...lines].reverse().map(({ label, points, style, stepMs }) => (
              <path key={label} class={`line ${style}`} d={linePath(points, stepMs, frame)} />
            ))}
            {cursorMs === undefined ? null : <Cursor atMs={cursorMs} lines={lines} frame={frame} />}
          </g>
        </svg>
      </div>
      <figcaption>
        <span class="readout" role="status">
          {cursorMs === undefined ? null : readout(cursorMs, props)}
        </span>
        <Legend lines={lines} bands={bands} levels={levels} marks={marks} unit={unit} />
      </figcaption>
    </figure>
  );
}

function Axes({ frame, unit, period }: { frame: Frame; unit: string; period: Period }) {
  const { width, height, top } = frame;
  return (
    <>
      {[0, 0.5, 1].map((share) => (
        <g key={share}>
          <path class="base" d={`M0 ${height * (1 - share)}H${width}`} />
          <text x="-8" y={height * (1 - share) + 4} text-anchor="end">
            {axisText(share * top, unit)}
          </text>
        </g>
      ))}
      {timeTicks(period, Math.max(2, Math.floor(width / 90))).map((atMs) => (
        <text key={atMs} x={place({ atMs, value: 0 }, frame).x} y={height + 16} text-anchor="middle">
          {tickText(atMs, period)}
        </text>
      ))}
    </>
  );
}

const markShapes: Readonly<Record<ChartMark['kind'], string>> = {
  change: 'M-4-4h8v8h-8Z',
  directive: 'M-5-4 4 0l-9 4Z',
  alert: 'M0-5 5 4H-5Z',
  breach: 'M0-5 5 0 0 5-5 0Z',
  onset: 'M0-5 5 0 0 5-5 0Z',
  noticed: 'M0-5 5 4H-5Z',
  resolved: 'M-5-1-2 4 5-5-2 1Z',
  now: '',
};

function Mark({ mark: { atMs, kind }, frame }: { mark: ChartMark; frame: Frame }) {
  const { x } = place({ atMs, value: 0 }, frame);
  if (x < 0 || x > frame.width) return null;
  return (
    <g class={`at ${kind}`} transform={`translate(${x} 0)`}>
      <path class="rule" d={`M0 0v${frame.height}`} />
      <path d={markShapes[kind]} />
    </g>
  );
}

function Cursor({ atMs, lines, frame }: { atMs: number; lines: readonly ChartLine[]; frame: Frame }) {
  const { x } = place({ atMs, value: 0 }, frame);
  return (
    <g class="cursor">
      <path d={`M${x} 0v${frame.height}`} />
      {lines.map(({ label, points, stepMs }) => {
        const point = within(points, atMs, stepMs);
        return point === undefined ? null : <circle key={label} cx={x} cy={place(point, frame).y} r="3" />;
      })}
    </g>
  );
}

function Legend({
  lines,
  bands,
  levels,
  marks,
  unit,
}: Required<Pick<ChartProps, 'lines' | 'bands' | 'levels' | 'marks' | 'unit'>>) {
  const kinds = [...new Set(marks.map(({ kind }) => kind))].filter((kind) => kind !== 'now');
  return (
    <span class="legend">
      {lines.map(({ label, style }) => (
        <Key key={label} label={label}>
          <path class={`line ${style}`} d="M0 5h20" />
        </Key>
      ))}
      {bands.map(({ label, style }) => (
        <Key key={label} label={label}>
          <path class={`band ${style}`} d="M0 0h20v10H0Z" />
        </Key>
      ))}
      {levels.map(({ label, value }) => (
        <Key key={label} label={`${label} ${valueText(value, unit)}`}>
          <path class="level" d="M0 5h20" />
        </Key>
      ))}
      {kinds.map((kind) => (
        <Key key={kind} label={kind}>
          <g class={`at ${kind}`} transform="translate(10 5)">
            <path d={markShapes[kind]} />
          </g>
        </Key>
      ))}
    </span>
  );
}

function Key({ label, children }: { label: string; children: preact.ComponentChildren }) {
  return (
    <span class="key">
      <svg viewBox="0 0 20 10" width="20" height="10" aria-hidden="true">
        {children}
      </svg>{' '}
      {label}
    </span>
  );
}

/** Every moment of which something is told, in order. */
function momentsOf({ lines, bands = [] }: ChartProps): number[] {
  const all = new Set([...lines, ...bands].flatMap(({ points }) => points.map(({ atMs }) => atMs)));
  return [...all].sort((a, b) => a - b);
}

/** Position of the moment next to one, 0 where there is none. */
function nearest(moments: readonly number[], atMs: number): number {
  let best = 0;
  for (let i = 1; i < moments.length; i++) {
    if (Math.abs((moments[i] as number) - atMs) < Math.abs((moments[best] as number) - atMs)) best = i;
  }
  return best;
}

function within<Point extends { atMs: number }>(points: readonly Point[], atMs: number, stepMs: number) {
  return points.find((point) => Math.abs(point.atMs - atMs) < stepMs / 2);
}

function readout(atMs: number, { lines, bands = [], marks = [], unit, period }: ChartProps): string {
  const stepMs = lines[0]?.stepMs ?? 60_000;
  const said = [
    ...lines.flatMap(({ label, points, stepMs: its }) => {
      const point = within(points, atMs, its);
      return point === undefined ? [] : [`${label} ${valueText(point.value, unit)}`];
    }),
    ...bands.flatMap(({ label, points }) => {
      const point = within(points, atMs, stepMs);
      return point === undefined ? [] : [`${label} ${valueText(point.low, unit)} to ${valueText(point.high, unit)}`];
    }),
    ...marks.flatMap((mark) => (Math.abs(mark.atMs - atMs) <= stepMs / 2 ? [mark.label] : [])),
  ];
  return `${clockText(atMs, period.toMs)} UTC: ${said.join(', ')}`;
}
