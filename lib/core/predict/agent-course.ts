import { lookedBackOn, outcomesByPool } from '../detect/agent-outcomes.ts';
import type { MinuteSeen } from '../detect/detection-context.ts';
import { addMoments } from '../detect/minute-figures.ts';
import { SLOT_MINUTES } from '../detect/share-ring.ts';
import type { LogMoments } from '../kpi/closed-tasks.ts';
import { greatestLagMs } from '../model/report-lag.ts';
import { poolOf } from '../model/roster.ts';
import { MINUTE_MS } from '../model/time.ts';

/** As many readings as the signs of half an hour ago need: see learn-from-failures.ts. */
const MOST_READINGS = 16;

/** What an agent did in five minutes, beside the peers of its pool on the same task types. */
export interface CourseReading {
  /** Tasks completed or failed, and failed. */
  ended: number;
  failed: number;
  /** Of what peers ended of the same task types, thousandths that failed. */
  peersFailedPermille: number;
  /** Natural logarithm of its service times over that of its peers, and the standard error of that by its tasks alone, in hundredths. */
  slowPercent: number;
  slowErrorPercent: number;
  /** How late its next heartbeat was, beyond how late its reports come; tenths of the interval that it announced. */
  beatLateTenths: number;
}

/** The readings of the last 80 minutes of one agent. */
export interface AgentCourse {
  /** Of the newest reading: minutes since 1970 ÷ 5. */
  slot: number;
  /** Oldest first; null where it ended nothing. The newest is no null. */
  readings: (CourseReading | null)[];
}

/** Peers that have ended fewer tasks of a type in five minutes than this are no measure. */
const LEAST_PEER_TASKS = 20;
/** What a figure of a reading has at most, either way where it has a sign: it is stored in two digits of base 36. */
const MOST_OF_FIGURE = 1_295;
export const MOST_SLOW_PERCENT = 600;

/**
 * The courses after a minute: only every fifth adds a reading.
 * @returns the same map where nothing is added, also for a minute that is in it already
 */
export function coursesAfter(
  courses: ReadonlyMap<string, AgentCourse>,
  seen: MinuteSeen,
): ReadonlyMap<string, AgentCourse> {
  const { minute, roster } = seen;
  if (minute % SLOT_MINUTES !== 0) return courses;
  const slot = minute / SLOT_MINUTES;
  for (const course of courses.values()) if (course.slot >= slot) return courses;
  const after = new Map<string, AgentCourse>();
  for (const [agent, course] of courses) {
    if (slot - course.slot < MOST_READINGS && roster.has(agent)) after.set(agent, course);
  }
  for (const [agent, reading] of readingsAt(seen)) {
    const before = after.get(agent);
    const missed = before ? Array.from({ length: slot - before.slot - 1 }, () => null) : [];
    const readings = [...(before?.readings ?? []), ...missed, reading].slice(-MOST_READINGS);
    after.set(agent, { slot, readings: readings.slice(readings.findIndex((it) => it !== null)) });
  }
  return after.size === 0 && courses.size === 0 ? courses : after;
}

/** The course as it was after a slot; null where it began later. */
export function courseUntil(course: AgentCourse, slot: number): AgentCourse | null {
  const { readings } = course;
  if (course.slot <= slot) return course;
  const last = readings.findLastIndex((it, index) => it !== null && index < readings.length - (course.slot - slot));
  if (last < 0) return null;
  return { slot: course.slot - (readings.length - 1 - last), readings: readings.slice(0, last + 1) };
}

function* readingsAt(seen: MinuteSeen): Generator<[string, CourseReading]> {
  const services = servicesByPool(seen);
  for (const [pool, agents] of outcomesByPool(seen)) {
    const failures = new Map<string, { ended: number; failed: number }>();
    const outcomes = [...agents].map(([agent, its]) => [agent, its.byType()] as const);
    for (const [, types] of outcomes) {
      for (const [taskType, { completed, failed }] of types) {
        const sum = failures.get(taskType) ?? { ended: 0, failed: 0 };
        failures.set(taskType, { ended: sum.ended + completed + failed, failed: sum.failed + failed });
      }
    }
    for (const [agent, types] of outcomes) {
      let [ended, failed, compared, peersFailed] = [0, 0, 0, 0];
      for (const [taskType, own] of types) {
        const all = failures.get(taskType) ?? { ended: 0, failed: 0 };
        const [ownEnded, peersEnded] = [own.completed + own.failed, all.ended - own.completed - own.failed];
        ended += ownEnded;
        failed += own.failed;
        if (peersEnded < LEAST_PEER_TASKS) continue;
        compared += ownEnded;
        peersFailed += (ownEnded * (all.failed - own.failed)) / peersEnded;
      }
      if (ended === 0) continue;
      yield [
        agent,
        {
          ...countsOf(ended, failed),
          peersFailedPermille: compared === 0 ? 0 : Math.round((1_000 * peersFailed) / compared),
          ...(services.get(pool)?.(agent) ?? { slowPercent: 0, slowErrorPercent: MOST_OF_FIGURE }),
          beatLateTenths: beatLateTenths(seen, agent),
        },
      ];
    }
  }
}

/** Of more tasks than can be stored, as many in the same proportion. */
function countsOf(ended: number, failed: number): Pick<CourseReading, 'ended' | 'failed'> {
  const part = Math.min(1, MOST_OF_FIGURE / ended);
  return { ended: Math.round(part * ended), failed: Math.round(part * failed) };
}

type Slow = Pick<CourseReading, 'slowPercent' | 'slowErrorPercent'>;

function servicesByPool({ minute, minutes, roster }: MinuteSeen): Map<string, (agent: string) => Slow | null> {
  type Types = Map<string, LogMoments>;
  const pools = new Map<string, { all: Types; agents: Map<string, Types> }>();
  for (const at of lookedBackOn(minute)) {
    for (const table of minutes.get(at)?.tasks ?? []) {
      // Rows of an agent mostly follow each other.
      let last: { agent: string; all: Types; own: Types } = { agent: '', all: new Map(), own: new Map() };
      for (const { agent, taskType, service } of table.services()) {
        if (service.n === 0) continue;
        if (last.agent !== agent) {
          const entry = roster.get(agent);
          if (!entry) continue;
          const pool = poolOf(entry);
          const of = pools.get(pool) ?? { all: new Map(), agents: new Map() };
          pools.set(pool, of);
          const own: Types = of.agents.get(agent) ?? new Map();
          of.agents.set(agent, own);
          last = { agent, all: of.all, own };
        }
        addTo(last.all, taskType, service);
        addTo(last.own, taskType, service);
      }
    }
  }
  return new Map([...pools].map(([pool, { all, agents }]) => [pool, (agent) => slowness(agents.get(agent), all)]));
}

function addTo(types: Map<string, LogMoments>, taskType: string, { n, sum, squares }: LogMoments): void {
  const known = types.get(taskType);
  if (known) addMoments(known, { n, sum, squares });
  else types.set(taskType, { n, sum, squares });
}

/** Of all task types together, each by how many tasks there are of it. */
function slowness(own: ReadonlyMap<string, LogMoments> | undefined, all: ReadonlyMap<string, LogMoments>): Slow | null {
  let [tasks, shifts, variances] = [0, 0, 0];
  for (const [taskType, { n, sum, squares }] of own ?? []) {
    const of = all.get(taskType);
    const peers = (of?.n ?? 0) - n;
    if (!of || peers < LEAST_PEER_TASKS) continue;
    const mean = (of.sum - sum) / peers;
    tasks += n;
    shifts += sum - n * mean;
    variances += n * Math.max(1e-4, (of.squares - squares) / peers - mean ** 2);
  }
  if (tasks === 0) return null;
  return {
    slowPercent: Math.round(Math.min(MOST_SLOW_PERCENT, Math.max(-MOST_SLOW_PERCENT, (100 * shifts) / tasks))),
    slowErrorPercent: Math.min(MOST_OF_FIGURE, Math.max(1, Math.round((100 * Math.sqrt(variances)) / tasks))),
  };
}

function beatLateTenths({ nowMs, roster }: MinuteSeen, agent: string): number {
  const entry = roster.get(agent);
  const beat = entry?.lastBeat;
  if (!beat || beat.state === 'stopped' || beat.state === 'paused') return 0;
  const lateMs = nowMs - beat.atMs - beat.intervalMs - Math.max(MINUTE_MS, greatestLagMs(entry.lag));
  return Math.min(MOST_OF_FIGURE, Math.max(0, Math.round((10 * lateMs) / beat.intervalMs)));
}
