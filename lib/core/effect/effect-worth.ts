import { measureShift, type Shift } from './measure-shift.ts';
import { type Interval, intervalOf } from './step-verdict.ts';

/** What an effect was worth in the measured minutes; null where it cannot be told. Below 0 it cost as much. */
export interface EffectWorth {
  /** Tasks that would have ended badly, or later than promised. */
  tasksSaved: Interval | null;
  /** What tasks and agents would have cost. */
  usdSaved: Interval | null;
}

/** Measured like the effect itself, whichever figure it is told in: against what would have been. */
export function effectWorth(shift: Omit<Shift, 'figure'>): EffectWorth {
  const lost = measureShift({ ...shift, figure: 'lost_share' });
  const spend = measureShift({ ...shift, figure: 'spend' });
  return {
    tasksSaved: lost.status === 'measured' ? saved(intervalOf(lost.steps), lost.n) : null,
    usdSaved: spend.status === 'measured' ? saved(intervalOf(spend.steps), spend.minutes) : null,
  };
}

/** @param times how many tasks, or minutes, the change of each is of */
function saved({ estimate, low, high }: Interval, times: number): Interval {
  return { estimate: -estimate * times, low: -high * times, high: -low * times };
}
