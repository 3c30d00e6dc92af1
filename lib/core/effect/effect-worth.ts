import type { EffectWorth, Interval } from './effect.ts';
import type { MeasuredFigure } from './kpi-minute.ts';
import type { ShiftOutcome } from './measure-shift.ts';
import { intervalOf } from './step-verdict.ts';

/** @param measure how a figure moved against what would have been, like the effect itself */
export function effectWorth(measure: (figure: MeasuredFigure) => ShiftOutcome): EffectWorth {
  const lost = measure('lost_share');
  const spend = measure('spend');
  return {
    tasksSaved: lost.status === 'measured' ? saved(intervalOf(lost.steps), lost.n) : null,
    usdSaved: spend.status === 'measured' ? saved(intervalOf(spend.steps), spend.measured) : null,
  };
}

/** @param times how many tasks, or steps, the change of each is of */
function saved({ estimate, low, high }: Interval, times: number): Interval {
  return { estimate: -estimate * times, low: -high * times, high: -low * times };
}
