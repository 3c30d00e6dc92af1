import type { Minute } from '../model/time.ts';
import { type Beat, laterBeat, type PresenceRollup } from './presence-rollup.ts';

/** What was last heard of an agent by the end of some minute: what tells its state, and what holds until it reports anew. */
export interface Signs {
  /** The newest heartbeat. */
  beat: Beat | null;
  /** Newest minute with any event of the agent. */
  seen: Minute | null;
  /** Newest minute in which a task of it ended, other than rejected. */
  task: Minute | null;
  /** The work counter of its heartbeats, and the minute in which that last changed. */
  progress: { value: number; minute: Minute } | null;
  /** Mean of active ÷ capacity in the newest minute with such samples, in parts per million. */
  utilization: { minute: Minute; ppm: number } | null;
  /** Mean capacity in the newest minute that gave one, in thousandths of a slot. */
  capacityMilli: number | null;
  /** Mean waiting tasks in the newest minute that gave them, in thousandths. */
  queued: { minute: Minute; milli: number } | null;
}

/** What one minute's rollups say of one agent. */
export interface AgentMinute {
  presence: PresenceRollup | undefined;
  /** Tasks that ended, other than rejected. */
  ended: number;
  /** Run time in the minute, of all task types. */
  busyUs: number;
}

export const noSigns: Signs = {
  ...{ beat: null, seen: null, task: null, progress: null },
  ...{ utilization: null, capacityMilli: null, queued: null },
};

/** The signs after one more minute; minutes come in order. */
export function signsAfter(before: Signs, minute: Minute, { presence, ended, busyUs }: AgentMinute): Signs {
  const counters = presence?.counters;
  const isSeen = ended > 0 || busyUs > 0 || (counters !== undefined && counters.beats + counters.samples > 0);
  if (!isSeen) return before;
  const progress = presence?.beat?.progress ?? null;
  const after: Signs = {
    ...before,
    beat: laterBeat(before.beat, presence?.beat ?? null),
    seen: minute,
    task: ended > 0 ? minute : before.task,
    progress: progress === null || progress === before.progress?.value ? before.progress : { value: progress, minute },
  };
  if (counters && counters.utilizationCount > 0) {
    after.utilization = { minute, ppm: Math.round(counters.utilizationPpm / counters.utilizationCount) };
    after.capacityMilli = Math.round(counters.capacityMilli / counters.utilizationCount);
  }
  if (counters && counters.queuedCount > 0) {
    after.queued = { minute, milli: Math.round((counters.queued / counters.queuedCount) * 1_000) };
  }
  return after;
}
