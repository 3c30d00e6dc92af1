import { figuresAt, type MinuteSeen } from '../detect/detection-context.ts';
import { livenessAt } from '../detect/liveness.ts';
import type { SubjectMinute } from '../detect/minute-figures.ts';
import { poolOf, type RosterEntry } from '../model/roster.ts';
import { type EpochMs, MINUTE_MS, type Minute } from '../model/time.ts';
import { sharedQueue, type WaitingMinute } from './shared-queue.ts';
import { slotsByAgent } from './slots-by-agent.ts';

/** Reports of agents may come two minutes late: what is counted, not sampled, is known of the minutes before. */
const LATE_MINUTES = 2;
/** Samples of fewer of the agents do not stand for all. */
const LEAST_SAMPLED = 0.5;
/** Who never sends a heartbeat is there for so long after it was heard of. */
const HEARD_MS = 5 * MINUTE_MS;

/** How hard a pool's agents are pressed by the work that reaches them. Work is in erlangs: slots that it would keep busy. */
export interface PoolPressure {
  /** The newest minute that enough agents sampled. */
  minute: Minute;
  /** Agents that can take work, and their slots. */
  agents: number;
  slots: number;
  /** That there were a minute before, as far as they told; those now at most. */
  slotsBefore: number;
  /** Share of the slots at work. */
  utilization: number;
  /** Tasks that wait, and by how many more than a minute before. */
  queued: number;
  growthPerMin: number;
  /** Share of the agents before which something waits, as much as half of their slots at least. */
  pressedShare: number;
  /** Mean time that a task takes of a slot. */
  serviceMs: number;
  /** How long those that wait now take, if nothing is turned away. */
  waitMs: number;
  /** Work that came to the agents from the middle of the minute before to that of the newest: done, queued up, or given up waiting. */
  load: number;
}

/** Agents of each of these pools that can take work: alive, and not about to stop. */
export function workingAgents(
  { roster, nowMs }: Pick<MinuteSeen, 'roster' | 'nowMs'>,
  pools: ReadonlySet<string>,
): Map<string, RosterEntry[]> {
  const working = [...roster.values()].filter((entry) => pools.has(poolOf(entry)) && canWork(entry, nowMs));
  return Map.groupBy(working, poolOf);
}

/** One that reports as it should, and is not about to stop. */
export function canWork(entry: RosterEntry, nowMs: EpochMs): boolean {
  return entry.lastBeat?.state !== 'draining' && isReporting(entry, nowMs);
}

/** Whether an agent beats as it should, or, where it never sends a heartbeat, was heard of lately. */
export function isReporting(entry: RosterEntry, nowMs: EpochMs): boolean {
  if (entry.lastBeat === null) return nowMs - entry.lastSeenMs < HEARD_MS;
  return livenessAt(entry, nowMs).kind === 'alive';
}

/**
 * From samples, which are as new as the minute, and stand for agents that have not reported yet; what was given up, and how
 * long tasks take, are told by tasks of minutes that are complete.
 * @param working see {@link workingAgents}
 * @returns null where too few agents sample `active`, `capacity` and `queued`, no task told how long it took, or they have no slots
 */
export function poolPressure(seen: MinuteSeen, pool: string, working: readonly RosterEntry[]): PoolPressure | null {
  const minutes = [0, 1, 2, 3, 4].map((back) => figuresAt(seen, seen.minute - back)?.pools.get(pool));
  const back = minutes.findIndex((subject) => subject && isSampled(subject, working.length));
  const [newest, before] = [minutes[back], minutes[back + 1]];
  const service = minutes.reduce((sum, it) => addService(sum, it), { n: 0, us: 0 });
  if (!newest || back >= LATE_MINUTES || service.n === 0) return null;
  const serviceMs = service.us / service.n / 1_000;
  const agents = working.length;
  const slotsOf = slotsByAgent(seen, working, meanSlots(newest));
  const slots = [...slotsOf.values()].reduce((sum, its) => sum + its, 0);
  if (slots <= 0) return null;
  const utilization = utilizationOf(newest);
  const busy = utilization * slots;
  const shared = sharedQueue(
    minutes.slice(back).flatMap((it, i) => (it ? { minute: seen.minute - back - i, ...waitingOf(it, agents) } : [])),
    { slots, busySlots: busy },
  );
  const queued = shared?.queued ?? queuedOf(newest, agents);
  const isKnownBefore = before !== undefined && isSampled(before, agents);
  const toldBefore = isKnownBefore ? queuedOf(before, agents) : queued;
  const growthPerMin = shared?.growthPerMin ?? queued - toldBefore;
  const slotsBefore = isKnownBefore ? Math.min(slots, meanSlots(before) * before.agents) : slots;
  const busyBefore = isKnownBefore ? utilizationOf(before) * slotsBefore : busy;
  const complete = minutes.slice(LATE_MINUTES).flatMap((it) => it ?? []);
  const timeouts = complete.reduce((sum, { counters }) => sum + counters.timeout, 0) / Math.max(1, complete.length);
  const givenUp = timeouts * (queued / Math.max(1, queued + utilization * slots));
  return {
    minute: seen.minute - back,
    ...{ agents, slots, slotsBefore, utilization, queued, growthPerMin, serviceMs },
    // What they share waits for each of them.
    pressedShare: shared ? Number(queued >= slots / 2) : pressedShare(seen, seen.minute - back, slotsOf),
    waitMs: (queued / slots) * serviceMs,
    load: Math.max(0, (busy + busyBefore) / 2 + ((growthPerMin + givenUp) * serviceMs) / MINUTE_MS),
  };
}

function isSampled({ presence, agents: reporting }: SubjectMinute, agents: number): boolean {
  return presence.utilizationCount > 0 && presence.queuedCount > 0 && reporting >= LEAST_SAMPLED * agents && agents > 0;
}

function addService(sum: { n: number; us: number }, subject: SubjectMinute | undefined): { n: number; us: number } {
  if (!subject) return sum;
  const { serviceCount, serviceUs } = subject.counters;
  return { n: sum.n + serviceCount, us: sum.us + serviceUs };
}

function queuedOf({ presence }: SubjectMinute, agents: number): number {
  return (presence.queued / presence.queuedCount) * agents;
}

function waitingOf(subject: SubjectMinute, agents: number): Omit<WaitingMinute, 'minute'> {
  const { waitUs, waitCount, serviceUs, serviceCount } = subject.counters;
  const told = subject.presence.queuedCount > 0 ? queuedOf(subject, agents) : null;
  return { told, waitUs, waitCount, serviceUs, serviceCount };
}

function utilizationOf({ presence }: SubjectMinute): number {
  return Math.min(1, presence.utilizationPpm / presence.utilizationCount / 1e6);
}

/** Of an agent, by what they sampled. */
function meanSlots({ presence }: SubjectMinute): number {
  return presence.capacityMilli / presence.utilizationCount / 1_000;
}

function pressedShare(seen: MinuteSeen, minute: Minute, slotsOf: ReadonlyMap<string, number>): number {
  const figures = figuresAt(seen, minute)?.agents;
  const sampled = [...slotsOf].flatMap(([agent, slots]) => {
    const presence = figures?.get(agent)?.presence;
    return presence && presence.queuedCount > 0 ? { slots, queued: presence.queued / presence.queuedCount } : [];
  });
  const pressed = sampled.filter(({ queued, slots }) => queued >= slots / 2);
  return sampled.length === 0 ? 0 : pressed.length / sampled.length;
}
