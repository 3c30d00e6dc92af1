import { areBeatsMissing } from '../../detect/liveness.ts';
import type { FailureExcess } from '../../detect/peer-failures.ts';
import { type Minute, startOfMinute } from '../../model/time.ts';
import { utcClock } from '../../model/utc-clock.ts';
import { wholePercent } from '../whole-percent.ts';
import { wilsonLower } from '../wilson-bound.ts';
import { isUnheard } from './dead-agents.ts';
import { completedOf, givenUpOf } from './given-up.ts';
import type { IllAgent } from './ill-agent.ts';
import { FAILS } from './looks-well.ts';
import { limitForOne, type PoolSeen } from './pool-seen.ts';
import { toldByAlerts } from './told-by-alerts.ts';

/** How an agent's failures stand out: by so much more than its peers', surely, with so many tasks. */
const FAILING = { more: FAILS, tasks: 5, givenUp: 3, p: 1e-3 };
/** Where the peers fail at more than this, it is no agent's fault. */
const BAD_REST = 0.2;

/** An agent whose tasks fail more than those of its peers, or are given up (`hung`). @param judged agents that are */
export function failingAgent(seen: PoolSeen, agent: string, judged: number): IllAgent | null {
  const alerts = seen.alertsOf(agent, (rule) => rule === 'agent-failing');
  const total = seen.told.outcomes.get(agent)?.total();
  if (alerts.length === 0 && (!total || total.failed + total.timeout < FAILING.givenUp)) return null;
  for (const { from, failures } of seen.looks) {
    const it = failures(agent);
    if (!it || !standsOut(seen, agent, it, from, judged)) continue;
    const outcomes = seen.outcomesFrom(agent, from);
    const isGivenUp = givenUpOf(outcomes) > it.failed / 2 && completedOf(outcomes) === 0;
    const beat = seen.context.roster.get(agent)?.lastBeat;
    const isSilent = !!beat && areBeatsMissing(beat, seen.context.nowMs);
    if (isGivenUp && isUnheard(seen, agent)) continue;
    return {
      ...{ pool: seen.pool, agent, ailment: isGivenUp ? 'hung' : 'failing', timesSlower: 1, alerts },
      excess: it.failed / it.n - it.peersRatio,
      onsetMs: Math.min(startOfMinute(from), ...alerts.map(({ onsetMs }) => onsetMs)),
      words: [
        `${agent}: ${it.failed} of ${it.n} tasks ${isGivenUp ? 'were given up' : 'failed or were given up'} since ${utcClock(startOfMinute(from))}, where its ${it.peers} peers lose ${wholePercent(it.peersRatio)} of the same task types`,
      ],
      signals: [
        isGivenUp ? 'its tasks are given up' : 'its tasks fail',
        ...(isSilent ? ['heartbeats are missing'] : []),
      ],
    };
  }
  return toldByAlerts(seen, agent, 'failing', alerts);
}

function standsOut(
  seen: PoolSeen,
  agent: string,
  { failed, n, peersRatio, p }: FailureExcess,
  from: Minute,
  judged: number,
): boolean {
  const outcomes = seen.outcomesFrom(agent, from);
  const isLost = givenUpOf(outcomes) >= FAILING.givenUp && completedOf(outcomes) === 0;
  if ((n < FAILING.tasks && !isLost) || peersRatio > BAD_REST) return false;
  if (wilsonLower(failed, n) <= peersRatio + FAILING.more || p >= limitForOne(FAILING.p, judged)) return false;
  // What has passed is no reason any more.
  return (seen.newestFailed(agent) ?? 0) > peersRatio + FAILING.more;
}
