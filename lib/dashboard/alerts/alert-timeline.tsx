import type { Alert } from '../answers.ts';
import { tickText, timeTicks } from '../charts/time-ticks.ts';
import { useWidth } from '../charts/use-width.ts';
import { useFacts } from '../page-context.ts';
import { clockText, lengthText } from '../show-time.ts';
import { alertLanes } from './alert-lanes.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const LANE = 12;
const BELOW = 20;
/** Half of what a time is wide: nearer to an edge it would be cut off. */
const EDGE = 20;

/** When the listed alerts fired: a bar each, over the 24 hours or since the first of them began. */
export function AlertTimeline({ alerts }: { alerts: readonly Alert[] }) {
  const { nowMs } = useFacts();
  const { spot, width } = useWidth();
  const firstMs = Math.min(...alerts.map(({ onsetAt }) => Date.parse(onsetAt)));
  const toMs = nowMs ?? firstMs + HOUR_MS;
  // Of a system that was started an hour ago, a day would be all white.
  const fromMs = Math.max(toMs - DAY_MS, Math.min(toMs - HOUR_MS, firstMs - HOUR_MS / 4));
  const { lanes, leftOut } = alertLanes(alerts, { fromMs, toMs });
  const x = (atMs: number) => ((atMs - fromMs) / (toMs - fromMs)) * width;
  const height = lanes.length * LANE + BELOW;
  return (
    <div class="timeline" ref={spot}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width="100%"
        height={height}
        role="img"
        aria-label={`${alerts.length} alerts between ${clockText(fromMs, toMs)} and ${clockText(toMs, toMs)} UTC, as listed below`}
      >
        {timeTicks({ fromMs, toMs }, Math.max(2, Math.floor(width / 90))).map((atMs) => (
          <g key={atMs}>
            <path class="base" d={`M${x(atMs)} 0v${height - BELOW + 4}`} />
            {x(atMs) < EDGE || x(atMs) > width - EDGE ? null : (
              <text x={x(atMs)} y={height - 4} text-anchor="middle">
                {tickText(atMs, { fromMs, toMs })}
              </text>
            )}
          </g>
        ))}
        {lanes.map((bars, lane) =>
          bars.map(({ alert, fromMs: startMs, toMs: endMs }) => (
            <rect
              key={alert.id}
              class={`severity-${alert.severity} ${alert.state === 'firing' ? 'firing' : 'over'}`}
              x={x(startMs)}
              y={lane * LANE + 2}
              width={Math.max(3, x(endMs) - x(startMs))}
              height={LANE - 4}
              rx="2"
            >
              <title>{`${alert.title}, ${alert.severity}, ${alert.state}, from ${clockText(Date.parse(alert.onsetAt), toMs)} UTC for ${lengthText(endMs - Date.parse(alert.onsetAt))}`}</title>
            </rect>
          )),
        )}
      </svg>
      {leftOut > 0 ? <p class="sub">{leftOut} more fired at the same time.</p> : null}
    </div>
  );
}
