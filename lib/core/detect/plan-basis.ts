import { countTasks } from '../kpi/task-rollup.ts';
import type { PlanBasis } from '../plan/fleet-plan.ts';
import { agentsThere } from './agents-there.ts';
import { figuresAt, LOOKBACK_MINUTES, type MinuteSeen } from './detection-context.ts';
import { slotsPerAgent } from './slots-in-use.ts';

/** The newest minutes are left out: not all that ended in them has been reported. */
const REPORTING_MINUTES = 2;
/** What a load is told by. */
export const BASIS_MINUTES = LOOKBACK_MINUTES - REPORTING_MINUTES;

/**
 * Slots of agents that are there, and the tasks that end a minute, as the last minutes tell.
 * @returns null where one of them is not known
 */
export function planBasis(seen: MinuteSeen): PlanBasis | null {
  let [slots, tasks] = [0, 0];
  const last = seen.minute - REPORTING_MINUTES;
  for (let minute = last - BASIS_MINUTES + 1; minute <= last; minute += 1) {
    const figures = figuresAt(seen, minute);
    if (!figures) return null;
    tasks += countTasks(figures.fleet.counters);
  }
  let isSlotsKnown = false;
  for (const [pool, figures] of figuresAt(seen, last)?.pools ?? []) {
    const each = slotsPerAgent(figures);
    if (each === null) continue;
    isSlotsKnown = true;
    slots += each * agentsThere(seen, pool);
  }
  return { slots: isSlotsKnown ? slots : null, tasksPerMin: tasks / BASIS_MINUTES };
}
