import type { Alert } from '../../alert/alert.ts';
import { GIVEN_UP } from '../../alert/rules/agent-hung.ts';
import { MINUTE_MS, startOfMinute } from '../../model/time.ts';
import { utcClock } from '../../model/utc-clock.ts';
import type { IllAgent } from './ill-agent.ts';
import type { PoolSeen } from './pool-seen.ts';
import { isBeyondNature } from './slot-progress.ts';
import { toldByAlerts } from './told-by-alerts.ts';

/** A hang that lasts so long is none of a few long tasks. */
const LASTING_MS = 15 * MINUTE_MS;

/** An agent whose slots are busy and end nothing. @param judged agents that are */
export function hungAgent(seen: PoolSeen, agent: string, judged: number): IllAgent | null {
  const alerts = seen.alertsOf(agent, (rule) => rule === 'agent-hung');
  for (const { from, progress } of seen.looks) {
    const it = progress(agent);
    if (!it || it.ended > 0 || !isBeyondNature(it, judged) || !seen.isBusyNow(agent)) continue;
    return {
      ...{ pool: seen.pool, agent, ailment: 'hung', timesSlower: 1, excess: 1, alerts },
      onsetMs: Math.min(startOfMinute(from), ...alerts.map(({ onsetMs }) => onsetMs)),
      words: [
        `${agent}: its slots were busy for ${Math.round(it.busyMs / 1_000)} s since ${utcClock(startOfMinute(from))} and ended nothing, where its ${it.peers} peers end ${it.expected.toFixed(0)} tasks in as much time`,
      ],
      signals: ['its slots are busy and end nothing', ...alerts.map(({ rule }) => rule)],
    };
  }
  return isBelieved(seen, agent, alerts) ? toldByAlerts(seen, agent, 'hung', alerts) : null;
}

/**
 * Where samples tell of slots, one long task on an agent that is given little else looks like a hang for a while. Tasks that were given up
 * are a sign of their own where they cannot be compared with what became of the peers' tasks: where they can, that tells whether they are
 * more than chance.
 */
function isBelieved(seen: PoolSeen, agent: string, alerts: readonly Alert[]): boolean {
  if (!seen.sendsSamples(agent)) return true;
  if (alerts.some(({ onsetMs }) => seen.context.nowMs - onsetMs >= LASTING_MS)) return true;
  if (seen.looks.some(({ failures }) => failures(agent) !== null)) return false;
  const outcomes = seen.told.outcomes.get(agent)?.total();
  return outcomes !== undefined && outcomes.completed === 0 && outcomes.timeout >= GIVEN_UP.tasks;
}
