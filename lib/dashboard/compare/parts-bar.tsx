import type { Trend } from './benchmark-answers.ts';

const WIDTH = 120;
const ROW = 7;

/** Other work above, performance with its interval below, about the line of no change; the figures beside it say the same. */
export function PartsBar({ trend: { mixEffect, performance } }: { trend: Trend }) {
  if (mixEffect === null || performance === null) return null;
  const all = [mixEffect, performance.value, performance.low, performance.high].map(Math.abs);
  const reach = Math.max(...all) * 1.1 || 1;
  const x = (value: number) => Math.round((WIDTH / 2) * (1 + value / reach) * 10) / 10;
  const bar = (value: number) => ({ x: Math.min(x(0), x(value)), width: Math.max(0.5, Math.abs(x(value) - x(0))) });
  return (
    <svg class="parts-bar" viewBox={`0 0 ${WIDTH} 26`} width={WIDTH} height="26" aria-hidden="true">
      <rect class="mix" {...bar(mixEffect)} y="3" height={ROW} />
      <rect class="own" {...bar(performance.value)} y="15" height={ROW} />
      <path class="range" d={`M${x(performance.low)} 18.5H${x(performance.high)}`} />
      <path class="zero" d={`M${WIDTH / 2} 0v26`} />
    </svg>
  );
}
