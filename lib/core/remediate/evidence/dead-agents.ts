import { lookedBackOn, type OutcomesByType } from '../../detect/agent-outcomes.ts';
import { LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import { livenessAt } from '../../detect/liveness.ts';
import { poissonTail } from '../../detect/poisson-tail.ts';
import type { RosterEntry } from '../../model/roster.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, minuteOf } from '../../model/time.ts';
import { completedOf, givenUpOf } from './given-up.ts';
import type { IllAgent } from './ill-agent.ts';
import type { PoolSeen } from './pool-seen.ts';

/** Tasks of a missing agent that must have been given up for it to be dead; half of its slots where that is more. */
const FEWEST_LOST = 2;
/** As many are given up by chance once in so often, by what the agents lose that are heard of. */
const LOST_BY_CHANCE = 1e-5;
/** Who is silent for less, and loses no task, may as well be what is not heard where reports of others are lost too: it harms nobody. */
const SILENT_MS = 10 * MINUTE_MS;
/** Reports of an agent are lost where less than this part of its heartbeats came, in the two minutes before the newest as far as they are open. */
const HEARD_SHARE = 0.5;
/** An agent that left without a word is expected for as long. */
const LEAVING_MS = DAY_MINUTES * MINUTE_MS;

/**
 * Silence alone is often telemetry: who is missing is dead where so many tasks that it was given since have been given up as none of
 * the others loses by chance, and none ended; or where it alone is missing and was alerted about, for long unless all others are heard well.
 */
export function deadAgents(seen: PoolSeen): Map<string, IllAgent> {
  const { nowMs } = seen.context;
  const missing = seen.told.entries.filter((entry) => isMissing(seen, entry));
  if (missing.length === 0) return new Map();
  const lost = new Map(missing.map((entry) => [entry.agent, givenUpSince(seen, entry)]));
  const alive = seen.told.entries.filter((entry) => livenessAt(entry, nowMs).kind === 'alive');
  const isChance = lossesByChance(seen, alive, [...lost.values()]);
  const unexplained = [...lost.values()].filter(({ tasks }) => tasks === 0).length;
  const areHeard = areAllHeard(seen, alive);
  const dead = new Map<string, IllAgent>();
  for (const entry of missing) {
    const { agent, lastBeat, description } = entry;
    const alerts = seen.alertsOf(agent, (rule) => rule === 'agent-dead');
    const own = lost.get(agent) ?? nothing;
    const { tasks } = own;
    const silentMs = nowMs - (lastBeat?.atMs ?? nowMs);
    if (!isUnheard(seen, agent)) continue;
    const isLosing = tasks >= Math.max(FEWEST_LOST, (description?.capacity ?? 1) / 2) && !isChance(own);
    const areOthersUnexplained = unexplained > (tasks === 0 ? 1 : 0);
    const mayBeLost = silentMs < SILENT_MS && !areHeard;
    if (!isLosing && (alerts.length === 0 || areOthersUnexplained || mayBeLost || wasScaledIn(seen))) continue;
    dead.set(agent, {
      ...{ pool: seen.pool, agent, ailment: 'dead', timesSlower: 1, excess: 1, alerts },
      onsetMs: (lastBeat?.atMs ?? nowMs) + (lastBeat?.intervalMs ?? 0),
      words: [
        `${agent}: no heartbeat for ${Math.round(silentMs / 1_000)} s`,
        ...(tasks > 0 ? [`${agent}: ${tasks} tasks that it had were given up since, and none ended`] : []),
      ],
      signals: ['heartbeats are missing', ...(isLosing ? ['its tasks are given up'] : [])],
    });
  }
  return dead;
}

/** Whether nothing has come of an agent that was due: tasks that it was given may have ended well all the same. */
export function isUnheard(seen: PoolSeen, agent: string): boolean {
  const entry = seen.context.roster.get(agent);
  return entry !== undefined && isMissing(seen, entry) && !reportsSince(seen, agent, entry.lastBeat?.atMs ?? 0);
}

/** Whether the heartbeats of all that are alive come: then it is not their way that is to blame where one is missing. */
function areAllHeard({ told, context: { minute } }: PoolSeen, alive: readonly RosterEntry[]): boolean {
  const open = [minute - 1, minute - 2].flatMap((at) => {
    const presence = told.reports.get(at)?.presence ?? [];
    return presence.length > 0 ? [new Map(presence.map((it) => [it.agent, it.counters.beats]))] : [];
  });
  return alive.every(({ agent, lastBeat }) => {
    if (!lastBeat) return true;
    const beats = open.reduce((sum, of) => sum + (of.get(agent) ?? 0), 0);
    const due = (open.length * MINUTE_MS) / lastBeat.intervalMs;
    return open.length > 0 && beats >= HEARD_SHARE * due;
  });
}

function isMissing({ context }: PoolSeen, entry: RosterEntry): boolean {
  return livenessAt(entry, context.nowMs).kind === 'missing';
}

/** Tasks given up of one agent, in so many minutes. */
interface Lost {
  tasks: number;
  minutes: number;
}

const nothing: Lost = { tasks: 0, minutes: 0 };

/** After its last heartbeat, as far as is looked back; none when some ended all the same. */
function givenUpSince(seen: PoolSeen, { agent, lastBeat }: RosterEntry): Lost {
  const since = lookedBackOn(seen.context.minute).findIndex((at) => at > minuteOf(lastBeat?.atMs ?? 0));
  if (since < 0) return nothing;
  const outcomes: OutcomesByType = seen.told.outcomes.get(agent)?.byTypeFrom(since) ?? new Map();
  const hasEnded = completedOf(outcomes) > 0 || [...outcomes.values()].some(({ failed }) => failed > 0);
  return { tasks: hasEnded ? 0 : givenUpOf(outcomes), minutes: LOOKBACK_MINUTES - since };
}

/**
 * Whether living agents lose as many tasks in as many minutes now and then: Poisson, at the rate of the agents that are heard of, one more
 * lost for what so few minutes do not show. In time, not in tasks: those that a missing agent may have completed are what is not seen.
 * What all that are missing lost together tells as much of each, none of them counted for more than {@link FEWEST_LOST}.
 */
function lossesByChance(
  { told }: PoolSeen,
  alive: readonly RosterEntry[],
  missing: readonly Lost[],
): (own: Lost) => boolean {
  const lost = alive.reduce((sum, { agent }) => sum + (told.outcomes.get(agent)?.total().timeout ?? 0), 0);
  const perMinute = (lost + 1) / (Math.max(1, alive.length) * LOOKBACK_MINUTES);
  const isChance = ({ tasks, minutes }: Lost) => poissonTail(tasks, perMinute * minutes) >= LOST_BY_CHANCE;
  const together = isChance({
    tasks: missing.reduce((sum, { tasks }) => sum + Math.min(tasks, FEWEST_LOST), 0),
    minutes: missing.reduce((sum, { minutes }) => sum + minutes, 0),
  });
  return (own) => together && isChance(own);
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
