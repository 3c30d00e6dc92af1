import { startOfMinute } from '../../model/time.ts';
import { utcClock } from '../../model/utc-clock.ts';
import type { DirectiveRecord } from '../directive.ts';
import { isInForce } from '../directive-status.ts';
import type { IllAgent } from './ill-agent.ts';
import { KEEPS_PACE } from './looks-well.ts';
import { type Look, limitForOne, type PoolSeen } from './pool-seen.ts';
import { isBeyondNature, type SlotProgress } from './slot-progress.ts';
import { toldByAlerts } from './told-by-alerts.ts';

/**
 * An agent this much slower than its peers, which chance explains so seldom in one of the agents that are judged: its tasks and its slots together. Of slots that
 * ended this many times as much as its tasks took, one of the two is told wrongly; without samples, tasks are believed so far.
 */
const SLOW = { times: 2.5, p: 1e-6, tasks: 3, apart: 3, believed: 20 };
/** What chance explains this much more seldom is believed at once; else it must have shown the minute before, too. */
const AT_ONCE = 0.1;
/** Slots that get this part of their peers' work done are stuck. */
const STUCK_PACE = 0.45;

const aboutSlowness: ReadonlySet<string> = new Set(['agent-degraded', 'agent-slower']);

/** An agent whose slots get little done, or whose tasks take long. @param judged agents that are */
export function slowAgent(seen: PoolSeen, agent: string, judged: number): IllAgent | null {
  const alerts = seen.alertsOf(agent, (rule) => aboutSlowness.has(rule));
  const limit = limitForOne(SLOW.p, judged);
  for (const look of [seen.newest, ...seen.looks]) {
    const { from } = look;
    const time = look.slowness(agent);
    // One minute tells of tasks that have ended, and has too few samples to tell of slots.
    const pace = look === seen.newest ? null : look.progress(agent);
    const isStuck = pace !== null && pace.pace <= STUCK_PACE && isBeyondNature(pace, judged);
    const chance = chanceOfSlowness(seen, look, agent);
    const isSlow = time !== null && chance < limit && (chance < AT_ONCE * limit || wasSlow(seen, agent, limit));
    if (!isStuck && !isSlow) continue;
    if (!isSlow && !seen.isBusyNow(agent)) continue;
    const timesSlower = Math.max(isStuck ? 1 / Math.max(0.01, pace.pace) : 1, isSlow ? time.ratio : 1);
    return {
      ...{ pool: seen.pool, agent, ailment: 'slow', timesSlower, excess: 1 - 1 / timesSlower, alerts },
      onsetMs: Math.min(startOfMinute(from), ...alerts.map(({ onsetMs }) => onsetMs)),
      words: [
        ...(isStuck
          ? [
              `${agent}: its slots were busy for ${Math.round(pace.busyMs / 1_000)} s since ${utcClock(startOfMinute(from))} and ended ${pace.ended.toFixed(0)} tasks, where its ${pace.peers} peers end ${pace.expected.toFixed(0)} in as much time`,
            ]
          : []),
        ...(isSlow
          ? [
              `${agent}: ${time.n} tasks since ${utcClock(startOfMinute(from))} took ${time.ratio.toFixed(1)} times as long as those of its ${time.peers} peers, of the same task types`,
            ]
          : []),
      ],
      signals: [
        ...(isStuck ? ['its slots get little done'] : []),
        ...(isSlow ? ['its tasks take long'] : []),
        ...alerts.map(({ rule }) => rule),
      ],
    };
  }
  if (alerts.length === 0) return null;
  // Alerts tell people of what may be chance: who can be seen is judged by that, unless it is led around and has little to show.
  const isLed = isLedAround(agent, seen.context.live);
  if (!isLed && seen.looks.some(({ progress, slowness }) => progress(agent) ?? slowness(agent))) return null;
  const times = Math.max(1, ...alerts.map(({ value, expected }) => (expected > 0 ? value / expected : 1)));
  const pace = seen.looks[1]?.progress(agent) ?? null;
  const isBelieved = isLed && pace === null ? times < SLOW.believed : agrees(seen, pace, times);
  return isBelieved ? toldByAlerts(seen, agent, 'slow', alerts) : null;
}

/** Of an agent that is as fast as its peers to look so slow, 0..1; 1 where it does not, or its slots tell otherwise. */
function chanceOfSlowness(seen: PoolSeen, { slowness, progress }: Look, agent: string): number {
  const time = slowness(agent);
  if (time === null || time.n < SLOW.tasks || time.ratio < SLOW.times) return 1;
  const pace = progress(agent);
  return agrees(seen, pace, time.ratio) ? together(time.p, pace) : 1;
}

/** Whether it looked slow in any way a minute ago: what chance does is gone with the next tasks. */
function wasSlow(seen: PoolSeen, agent: string, limit: number): boolean {
  return seen.looksBefore.some((look) => chanceOfSlowness(seen, look, agent) < limit);
}

/** Whether its slots get as little done as its tasks take long: durations in a wrong unit do not show in slots. */
function agrees(seen: PoolSeen, pace: SlotProgress | null, times: number): boolean {
  if (pace === null) return !seen.sendsSamples() && times < SLOW.believed;
  // Slots that were hardly busy happen to end nothing: of a ratio like that of a wrong unit they have to tell more.
  const tells = times < SLOW.believed || isBeyondNature(pace);
  return tells && pace.pace <= Math.min(KEEPS_PACE, SLOW.apart / times);
}

function isLedAround(agent: string, live: readonly DirectiveRecord[]): boolean {
  return live.some((record) => {
    const { kind, blastRadius } = record.directive;
    return (kind === 'route' || kind === 'breaker') && blastRadius.agents.includes(agent) && isInForce(record);
  });
}

/** Chance of both, as Fisher combines independent ones. */
function together(p: number, pace: SlotProgress | null): number {
  const both = p * Math.exp(-(pace?.surprise ?? 0));
  return pace === null || both === 0 ? both : both * (1 - Math.log(both));
}
