import type { Effect } from './answers.ts';

const WIDTH = 160;
const MIDDLE = 7;

/** The 90 % interval of a measured effect against the line of no effect; the figures beside it say the same. */
export function EffectInterval({ effect, verdict }: { effect: Effect | undefined; verdict: string }) {
  const { estimate, low, high } = effect ?? {};
  if (estimate === undefined || low === undefined || high === undefined) return null;
  const reach = Math.max(Math.abs(low), Math.abs(high)) * 1.1 || 1;
  const x = (value: number) => Math.round((WIDTH / 2) * (1 + value / reach) * 10) / 10;
  return (
    <svg class={`interval verdict-${verdict}`} viewBox={`0 0 ${WIDTH} 14`} width={WIDTH} height="14" aria-hidden="true">
      <path class="base" d={`M0 ${MIDDLE}H${WIDTH}`} />
      <path class="zero" d={`M${WIDTH / 2} 1v12`} />
      <path class="range" d={`M${x(low)} ${MIDDLE}H${x(high)}M${x(low)} 4v6M${x(high)} 4v6`} />
      <circle cx={x(estimate)} cy={MIDDLE} r="3" />
    </svg>
  );
}
