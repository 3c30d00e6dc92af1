import { isSuggestion } from '../../core/alert/suggestion.ts';
import { MINUTE_US, type SimTime } from '../engine/sim-time.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ControlStep } from './control-steps.ts';
import { type FaultReach, isThen } from './fault-reach.ts';
import { isAbout } from './judge-actions.ts';

/** What someone was told, when, and what about. */
export interface ToldAlert {
  at: SimTime;
  kind: string;
  scope: { agent?: string; pool?: string; taskType?: string };
}

/** Minutes from a fault's onset; null where nothing came while it lasted, or shortly after. */
export interface FaultResponse {
  minutesToDetect: number | null;
  minutesToAct: number | null;
}

/**
 * How soon a fault was noticed, and answered: by the first alert whose scope meets it, suggestions apart, and by the first step about it that
 * takes work away from who is concerned, restarts, sheds, or adds agents.
 */
export function judgeResponse(
  reach: FaultReach,
  steps: readonly ControlStep[],
  alerts: readonly ToldAlert[],
  scenario: Scenario,
): FaultResponse {
  const minutesTo = (times: readonly SimTime[]) => {
    const first = Math.min(...times.filter((at) => isThen(reach, at)));
    return Number.isFinite(first) ? (first - reach.from) / MINUTE_US : null;
  };
  const answers = steps.filter(
    (step) => isAbout(reach, step) && (step.knob === 'scale' || step.knob === 'lend') === (step.direction === 'more'),
  );
  const found = alerts.filter(({ kind, scope }) => !isSuggestion(kind) && meets(reach, scope, scenario));
  return {
    minutesToDetect: minutesTo(found.map(({ at }) => at)),
    minutesToAct: minutesTo(answers.map(({ at }) => at)),
  };
}

/** An agent's alert meets a fault of that agent; one of a whole pool meets the faults of its agents too. */
function meets({ agents, pools }: FaultReach, { agent, pool, taskType }: ToldAlert['scope'], scenario: Scenario) {
  if (agent !== undefined) return agents.has(agent);
  if (pool !== undefined) return pools.has(pool);
  if (taskType !== undefined) return scenario.taskTypes.some((it) => it.taskType === taskType && pools.has(it.pool));
  return agents.size === 0;
}
