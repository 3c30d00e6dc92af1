import type { HeartbeatEvent, SampleEvent, TaskEvent } from './event.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS } from './time.ts';

/**
 * What the events of an agent told of its work, however long ago. Every mark is a minimum or a maximum over all events,
 * so the order of events does not matter and marking one twice changes nothing. null where no event told of it.
 */
export interface WorkMarks {
  /** When its newest task ended, other than rejected. */
  taskMs: EpochMs | null;
  sampleMs: EpochMs | null;
  /** The greatest value of its progress counter, and the first heartbeat that had it. */
  progress: { value: number; sinceMs: EpochMs } | null;
  /** The newest heartbeat that did not say busy. */
  notBusyMs: EpochMs | null;
  /** The newest sample that told of work, and the newest that told of none. */
  loadedMs: EpochMs | null;
  unloadedMs: EpochMs | null;
  longestTask: LongestTask | null;
}

/** Service time of the longest completed tasks that ended on the newest day (UTC) that has one, and on the day before. */
export interface LongestTask {
  /** Days since 1970-01-01. */
  day: number;
  us: number;
  dayBeforeUs: number;
}

const DAY_MS = DAY_MINUTES * MINUTE_MS;

export const noMarks: WorkMarks = {
  ...{ taskMs: null, longestTask: null, sampleMs: null, loadedMs: null, unloadedMs: null },
  ...{ progress: null, notBusyMs: null },
};

export function markTask(marks: WorkMarks, { status, endedAtMs, serviceUs }: TaskEvent): WorkMarks {
  if (status === 'rejected') return marks;
  const longestTask =
    status === 'completed' && serviceUs !== undefined
      ? longer(marks.longestTask, Math.floor(endedAtMs / DAY_MS), serviceUs)
      : marks.longestTask;
  return { ...marks, taskMs: later(marks.taskMs, endedAtMs), longestTask };
}

export function markSample(marks: WorkMarks, sample: SampleEvent): WorkMarks {
  const hasWork = tellsOfWork(sample);
  const marked = { ...marks, sampleMs: later(marks.sampleMs, sample.atMs) };
  if (hasWork === null) return marked;
  return hasWork
    ? { ...marked, loadedMs: later(marks.loadedMs, sample.atMs) }
    : { ...marked, unloadedMs: later(marks.unloadedMs, sample.atMs) };
}

export function markHeartbeat(marks: WorkMarks, { state, atMs, progress }: HeartbeatEvent): WorkMarks {
  const notBusyMs = state === 'busy' ? marks.notBusyMs : later(marks.notBusyMs, atMs);
  return { ...marks, notBusyMs, progress: further(marks.progress, progress, atMs) };
}

/** Whether a sample tells that there is work, or that there is none; null where it tells neither. */
export function tellsOfWork({ active, queued }: Pick<SampleEvent, 'active' | 'queued'>): boolean | null {
  if ((active ?? 0) > 0 || (queued ?? 0) > 0) return true;
  // An empty queue alone does not tell whether something is at work.
  return active === undefined ? null : false;
}

/** The longer of the two days' longest tasks; null without any. */
export function longestOf({ longestTask }: WorkMarks): number | null {
  return longestTask && Math.max(longestTask.us, longestTask.dayBeforeUs);
}

function longer(known: LongestTask | null, day: number, us: number): LongestTask {
  if (!known) return { day, us, dayBeforeUs: 0 };
  if (day > known.day) return { day, us, dayBeforeUs: day === known.day + 1 ? known.us : 0 };
  if (day === known.day) return { ...known, us: Math.max(known.us, us) };
  return day === known.day - 1 ? { ...known, dayBeforeUs: Math.max(known.dayBeforeUs, us) } : known;
}

function further(known: WorkMarks['progress'], value: number | undefined, atMs: EpochMs): WorkMarks['progress'] {
  if (value === undefined) return known;
  if (!known || value > known.value) return { value, sinceMs: atMs };
  return value === known.value ? { value, sinceMs: Math.min(known.sinceMs, atMs) } : known;
}

function later(known: EpochMs | null, atMs: EpochMs): EpochMs {
  return known === null ? atMs : Math.max(known, atMs);
}
