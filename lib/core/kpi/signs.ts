import { areBeatsMissing } from '../detect/liveness.ts';
import type { RosterEntry } from '../model/roster.ts';
import { type EpochMs, type Minute, minuteOf, startOfMinute } from '../model/time.ts';
import { noMarks } from '../model/work-marks.ts';
import { zeroCounters } from './counters.ts';
import { type Beat, laterBeat, type PresenceCounter } from './presence-rollup.ts';

/** How long the newest sample stands for the minutes after it, as in Prometheus. */
export const HOLD_MINUTES = 5;

/** What was last heard of an agent by the end of some minute: what tells its state, and what holds until it reports anew. */
export interface Signs {
  /** The newest heartbeat. */
  beat: Beat | null;
  /** Newest minute with any event of the agent. */
  seen: Minute | null;
  /** Newest minute in which a task of it ended, other than rejected. */
  task: Minute | null;
  /** Newest minute with a sample. */
  sample: Minute | null;
  /**
   * The work counter of its heartbeats, the minute in which that last changed (or was first seen), and since when it has
   * changed again and again within five minutes; null where it was not seen to change.
   */
  progress: { value: number; minute: Minute; movesSince: Minute | null } | null;
  /** Newest minute with a heartbeat, and since which minute all said busy; null where the newest did not. */
  busy: { minute: Minute; since: Minute } | null;
  /** Newest minute whose samples told whether there is work, and since which minute all told of work; null for none. */
  load: { minute: Minute; since: Minute | null } | null;
  /** Mean of active ÷ capacity in the newest minute with such samples, in parts per million. */
  utilization: { minute: Minute; ppm: number } | null;
  /** Mean capacity in the newest minute that gave one, in thousandths of a slot. */
  capacityMilli: number | null;
  /** Mean waiting tasks in the newest minute that gave them, in thousandths. */
  queued: { minute: Minute; milli: number } | null;
}

/** What signs are taken from, of samples and heartbeats. */
export const signCounters = [
  'samples',
  'utilizationCount',
  'utilizationPpm',
  'queuedCount',
  'queued',
  'beats',
  'capacityMilli',
  'busyBeats',
  'loadedSamples',
  'unloadedSamples',
] as const satisfies readonly PresenceCounter[];

export type SignCounter = (typeof signCounters)[number];
export const noSignCounters = zeroCounters(signCounters);

/** What one minute's rollups say of one agent. */
export interface AgentMinute {
  presence: { counters: Readonly<Record<SignCounter, number>>; beat: Beat | null } | undefined;
  /** Tasks that ended, other than rejected. */
  ended: number;
  /** Run time in the minute, of all task types. */
  busyUs: number;
}

export const noSigns: Signs = {
  ...{ beat: null, seen: null, task: null, sample: null, progress: null, busy: null, load: null },
  ...{ utilization: null, capacityMilli: null, queued: null },
};

/** A sign that is fresh enough to stand for a minute. */
export function held<Sign extends { minute: Minute }>(sign: Sign | null, minute: Minute): Sign | null {
  return sign && minute - sign.minute < HOLD_MINUTES ? sign : null;
}

/** The signs after one more minute; minutes come in order. */
export function signsAfter(before: Signs, minute: Minute, { presence, ended, busyUs }: AgentMinute): Signs {
  const counters = presence?.counters;
  const isSeen = ended > 0 || busyUs > 0 || (counters !== undefined && counters.beats + counters.samples > 0);
  if (!isSeen) return before;
  const after: Signs = {
    ...before,
    beat: laterBeat(before.beat, presence?.beat ?? null),
    seen: minute,
    task: ended > 0 ? minute : before.task,
    progress: progressAfter(before, minute, presence?.beat?.progress ?? null),
  };
  if (!counters) return after;
  if (counters.beats > 0) after.busy = busyAfter(before, minute, after.beat, counters);
  if (counters.samples > 0) after.sample = minute;
  if (counters.loadedSamples + counters.unloadedSamples > 0) after.load = loadAfter(before, minute, counters);
  if (counters.utilizationCount > 0) {
    after.utilization = { minute, ppm: Math.round(counters.utilizationPpm / counters.utilizationCount) };
    after.capacityMilli = Math.round(counters.capacityMilli / counters.utilizationCount);
  }
  if (counters.queuedCount > 0) {
    after.queued = { minute, milli: Math.round((counters.queued / counters.queuedCount) * 1_000) };
  }
  return after;
}

function progressAfter({ progress }: Signs, minute: Minute, value: number | null): Signs['progress'] {
  if (value === null || value === progress?.value) return progress;
  const movesSince = held(progress, minute)?.movesSince ?? minute;
  return { value, minute, movesSince: progress === null ? null : movesSince };
}

function busyAfter(
  { busy }: Signs,
  minute: Minute,
  beat: Beat | null,
  { beats, busyBeats }: Readonly<Record<SignCounter, number>>,
): Signs['busy'] {
  if (beat?.state !== 'busy') return null;
  const isUnbroken =
    busy !== null && busyBeats === beats && !areBeatsMissing(lastBeatOf(busy.minute, beat), startOfMinute(minute));
  return { minute, since: isUnbroken ? busy.since : minute };
}

/** A heartbeat as late as it can have been in its minute. */
function lastBeatOf(minute: Minute, { intervalMs }: Beat): Pick<Beat, 'atMs' | 'intervalMs'> {
  return { atMs: startOfMinute(minute + 1), intervalMs };
}

function loadAfter(
  { load }: Signs,
  minute: Minute,
  { loadedSamples, unloadedSamples }: Readonly<Record<SignCounter, number>>,
): Signs['load'] {
  if (loadedSamples === 0) return { minute, since: null };
  const since = unloadedSamples > 0 ? minute : (held(load, minute)?.since ?? minute);
  return { minute, since };
}

/**
 * Signs of an agent before some minute, from what is known of it without looking at the minutes before: all that the
 * roster has from before that minute and nothing newer than it. What the roster has newer does not tell what was before.
 * @param entry undefined where the agent is not known
 * @param first the first minute whose rollups are at hand
 */
export function signsBefore(entry: RosterEntry | undefined, first: Minute): Signs {
  if (!entry) return noSigns;
  const { lastBeat, firstBeatMs, work = noMarks } = entry;
  const firstMs = startOfMinute(first);
  const before = (atMs: EpochMs | null) => (atMs !== null && atMs < firstMs ? minuteOf(atMs) : null);
  const signs: Signs = { ...noSigns, task: before(work.taskMs), sample: before(work.sampleMs) };
  if (lastBeat && lastBeat.atMs < firstMs) signs.beat = lastBeat;
  // The counter starts anew with its agent: a smaller value is newer, and since when it stands is not known.
  if (work.progress && work.progress.value === lastBeat?.progress && work.progress.sinceMs < firstMs) {
    const { value, sinceMs } = work.progress;
    const minute = minuteOf(sinceMs);
    signs.progress = { value, minute, movesSince: sinceMs > (firstBeatMs ?? sinceMs) ? minute : null };
  }
  // It has been busy since the heartbeat after the last that did not say so.
  const busyMs = work.notBusyMs === null ? firstBeatMs : work.notBusyMs + (lastBeat?.intervalMs ?? 0);
  const [busySince, loadedSince] = [before(busyMs), before(work.unloadedMs)];
  if (lastBeat?.state === 'busy' && busySince !== null) {
    signs.busy = { minute: before(lastBeat.atMs) ?? first - 1, since: busySince };
  }
  // One that never told of having no work may tell nothing at all while it has none.
  if (loadedSince !== null && (work.loadedMs ?? 0) > (work.unloadedMs ?? 0)) {
    signs.load = { minute: before(work.loadedMs) ?? first - 1, since: loadedSince };
  }
  return signs;
}
