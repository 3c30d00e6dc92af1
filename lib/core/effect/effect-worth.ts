import type { MeasuredFigure } from './kpi-minute.ts';
import type { ShiftOutcome } from './measure-shift.ts';
import { type Interval, intervalOf } from './step-verdict.ts';

/** What an effect was worth in the measured minutes; null where it cannot be told. Below 0 it cost as much. */
export interface EffectWorth {
  /** Tasks that would have ended badly, or later than promised. */
  tasksSaved: Interval | null;
  /** What tasks and agents would have cost. */
  usdSaved: Interval | null;
}

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
