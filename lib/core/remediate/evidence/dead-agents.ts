import { lookedBackOn } from '../../detect/agent-outcomes.ts';
import { livenessAt } from '../../detect/liveness.ts';
import type { RosterEntry } from '../../model/roster.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, minuteOf } from '../../model/time.ts';
import { completedOf, givenUpOf } from './given-up.ts';
import type { IllAgent } from './ill-agent.ts';
import type { PoolSeen } from './pool-seen.ts';

/** Tasks of a missing agent that must have been given up for it to be dead; half of its slots where that is more. */
const FEWEST_LOST = 2;
/** An agent that left without a word is expected for as long. */
const LEAVING_MS = DAY_MINUTES * MINUTE_MS;

/**
 * Silence alone is often telemetry: who is missing is dead where tasks that it was given since have been given up and none
 * ended; or where it alone is missing and was alerted about.
 */
export function deadAgents(seen: PoolSeen): Map<string, IllAgent> {
  const { nowMs } = seen.context;
  const missing = seen.told.entries.filter((entry) => livenessAt(entry, nowMs).kind === 'missing');
  const lost = new Map(missing.map((entry) => [entry.agent, lostBy(seen, entry)]));
  const unexplained = missing.filter((entry) => lost.get(entry.agent) === 0).length;
  const dead = new Map<string, IllAgent>();
  for (const { agent, lastBeat } of missing) {
    const alerts = seen.alertsOf(agent, (rule) => rule === 'agent-dead');
    const tasks = lost.get(agent) ?? 0;
    if (reportsSince(seen, agent, lastBeat?.atMs ?? 0)) continue;
    if (tasks === 0 && (alerts.length === 0 || unexplained > 1 || wasScaledIn(seen))) continue;
    const silentS = Math.round((nowMs - (lastBeat?.atMs ?? nowMs)) / 1_000);
    dead.set(agent, {
      ...{ pool: seen.pool, agent, ailment: 'dead', timesSlower: 1, excess: 1, alerts },
      onsetMs: (lastBeat?.atMs ?? nowMs) + (lastBeat?.intervalMs ?? 0),
      words: [
        `${agent}: no heartbeat for ${silentS} s`,
        ...(tasks > 0 ? [`${agent}: ${tasks} tasks that it had were given up since, and none ended`] : []),
      ],
      signals: ['heartbeats are missing', ...(tasks > 0 ? ['its tasks are given up'] : [])],
    });
  }
  return dead;
}

/** Tasks given up since its last heartbeat; 0 where too few, as a dead agent loses all that it is given: one task may be late by chance. */
function lostBy(seen: PoolSeen, entry: RosterEntry): number {
  const tasks = givenUpSince(seen, entry);
  return tasks >= Math.max(FEWEST_LOST, (entry.description?.capacity ?? 1) / 2) ? tasks : 0;
}

/** Tasks given up after its last heartbeat; 0 when some ended all the same. */
function givenUpSince(seen: PoolSeen, { agent, lastBeat }: RosterEntry): number {
  const since = lookedBackOn(seen.context.minute).findIndex((at) => at > minuteOf(lastBeat?.atMs ?? 0));
  const outcomes = since < 0 ? undefined : seen.told.outcomes.get(agent)?.byTypeFrom(since);
  if (!outcomes || completedOf(outcomes) > 0) return 0;
  return [...outcomes.values()].some(({ failed }) => failed > 0) ? 0 : givenUpOf(outcomes);
}

/** Whether the pool got fewer agents lately: who is silent since may have left, its last word lost. */
function wasScaledIn({ context: { recent, nowMs }, pool }: PoolSeen): boolean {
  return recent.some(({ directive: { kind, params, inForceMs } }) => {
    if (kind !== 'scale' || params.pool !== pool || inForceMs === null) return false;
    const isIn = params.desired !== undefined && params.before !== undefined && params.desired < params.before;
    return isIn && nowMs - inForceMs < LEAVING_MS;
  });
}

/** Whether tasks or samples of it came that are from after its last heartbeat. */
function reportsSince(seen: PoolSeen, agent: string, beatMs: EpochMs): boolean {
  return [...seen.told.reports].some(
    ([minute, { presence, ended }]) =>
      minute > minuteOf(beatMs) &&
      (ended.some((it) => it.agent === agent) || presence.some((it) => it.agent === agent && it.counters.samples > 0)),
  );
}
