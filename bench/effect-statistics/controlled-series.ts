import type { ControlledSeries } from '../../lib/core/effect/step-effect.ts';
import type { Random } from '../../lib/sim/random.ts';

export interface DrawnSeries {
  /** Values up to the decision, steps from the last of them to the next, and values from there on. */
  known: number;
  ahead: number;
  since: number;
  phi: number;
  peers: number;
  /** What each shares with the others, as a share of its variance. */
  common: number;
  /** The last known value lies this many standard deviations out, as it does when it triggers something; absent: anywhere. */
  trigger?: number | null;
}

/** Around which series are drawn. */
const LEVEL = 20;

/** A series with autoregressive noise of standard deviation 1 that moves with its peers, and no step in it. */
export function drawControlled(
  { known, ahead, since, phi, peers, common, trigger = null }: DrawnSeries,
  random: Random,
): Required<Omit<ControlledSeries, 'calm'>> {
  const length = known + ahead - 1 + since;
  const shared = autoregressive(length, phi, random);
  const drawOne = () => {
    const alone = autoregressive(length, phi, random);
    return shared.map((value, i) => Math.sqrt(common) * value + Math.sqrt(1 - common) * alone[i]!);
  };
  const own = drawOne();
  // To wait until it happens would take days: the last value is set, and what comes with it before, after and in peers follows.
  const beyond = trigger === null ? 0 : trigger - own[known - 1]!;
  const cut = (values: readonly number[], part: number) => {
    const moved = values.map((value, i) => LEVEL + value + part * beyond * phi ** Math.abs(i - (known - 1)));
    return { known: moved.slice(0, known), since: moved.slice(known + ahead - 1) };
  };
  return { ...cut(own, 1), ahead, peers: Array.from({ length: peers }, () => cut(drawOne(), common)) };
}

/** The same with a step where it is looked for. */
export function withStep<Series extends ControlledSeries>(series: Series, step: number): Series {
  return { ...series, since: series.since.map((value) => value + step) };
}

/** Stationary, with mean 0 and standard deviation 1. */
function autoregressive(length: number, phi: number, random: Random): number[] {
  let next = random.normal(0, 1);
  return Array.from({ length }, () => {
    const value = next;
    next = phi * value + random.normal(0, Math.sqrt(1 - phi ** 2));
    return value;
  });
}
