import type {
  IngestAgent,
  IngestEvent,
  IngestHeartbeat,
  IngestSample,
  IngestTask,
} from '../../lib/sim/ingest-event.ts';

/**
 * How agents must have been there, minute by minute, computed from the raw events in the plainest way there is; like
 * expected-figures.ts it shares no code with the product on purpose.
 */
export interface ExpectedUse {
  /** Minutes in which the agents were there, and those of them with a known capacity. */
  there: number;
  capacityKnown: number;
  /** Slot-milliseconds at work and on offer, while both are known. */
  busyMs: number;
  offeredMs: number;
  /** Cost of the minutes in which they were there; of agents without a rate 0. */
  costUsd: number;
  /** Sum over agents and minutes of the waiting tasks, and the minutes in which any are known. */
  queued: number;
  queueMinutes: number[];
}

const MINUTE = 60_000;
/** The newest samples stand for so many minutes, their own included. */
const HELD = 5;
/** An agent without heartbeats is there for so many minutes after it was heard of, that minute included. */
const HEARD = 15;
/** Unless an agent says otherwise, its heartbeats are so far apart. */
const INTERVAL_MS = 60_000;
const DAY = 24 * 60 * MINUTE;

/** @param events all that one agent sent or did, of any time */
export function expectedUse(events: readonly IngestEvent[], fromMs: number, toMs: number): ExpectedUse {
  const described = events.filter((event): event is IngestAgent => event.type === 'agent').at(-1);
  const beats = events.filter((event): event is IngestHeartbeat => event.type === 'heartbeat');
  const samples = events.filter((event): event is IngestSample => event.type === 'sample');
  const tasks = events.filter((event): event is IngestTask => event.type === 'task');
  const use: ExpectedUse = {
    ...{ there: 0, capacityKnown: 0, busyMs: 0, offeredMs: 0, costUsd: 0, queued: 0, queueMinutes: [] },
  };
  const slotsTold = samples.filter(({ active, capacity }) => active !== undefined && (capacity ?? 0) > 0);
  const queuesTold = samples.filter(({ queued }) => queued !== undefined);
  for (let startMs = fromMs; startMs < toMs; startMs += MINUTE) {
    const endMs = startMs + MINUTE;
    if (!isThere(beats, samples, tasks, startMs, endMs)) continue;
    use.there += 1;
    use.costUsd += (described?.costPerHourUsd ?? 0) / 60;

    const slots = newestMinute(slotsTold, endMs, Number.POSITIVE_INFINITY);
    const fresh = newestMinute(slotsTold, endMs, HELD);
    const declared = described?.capacity ?? 0;
    const capacity = declared > 0 ? declared : mean(slots.map((sample) => sample.capacity ?? 0));
    if (capacity !== null) {
      use.capacityKnown += 1;
      // Of an agent that tells by samples nothing is known once they are too old; run time is for those who never do.
      if (fresh.length > 0 || slots.length === 0) {
        const share = mean(fresh.map((sample) => (sample.active ?? 0) / (sample.capacity ?? 1)));
        use.busyMs += share === null ? runMs(tasks, startMs, endMs) : share * capacity * MINUTE;
        use.offeredMs += capacity * MINUTE;
      }
    }
    const queue = mean(newestMinute(queuesTold, endMs, HELD).map(({ queued }) => queued ?? 0));
    if (queue === null) continue;
    use.queued += queue;
    use.queueMinutes.push(startMs);
  }
  return use;
}

/** Share of what was offered that was at work, 0..1; null where capacity is not known for all of the time, or nothing was offered. */
export function expectedUtilization(uses: readonly ExpectedUse[]): number | null {
  const total = (of: (use: ExpectedUse) => number) => uses.reduce((sum, use) => sum + of(use), 0);
  const [there, known] = [total((use) => use.there), total((use) => use.capacityKnown)];
  const offered = total((use) => use.offeredMs);
  if (there === 0 || known < 0.95 * there || offered === 0) return null;
  return total((use) => use.busyMs) / offered;
}

/** Mean waiting tasks from the first minute in which some agent's are known to the last; null where none are. */
export function expectedQueue(uses: readonly ExpectedUse[]): number | null {
  const minutes = uses.flatMap(({ queueMinutes }) => queueMinutes);
  if (minutes.length === 0) return null;
  const span = (Math.max(...minutes) - Math.min(...minutes)) / MINUTE + 1;
  return uses.reduce((sum, { queued }) => sum + queued, 0) / span;
}

/**
 * Heartbeats are due from the first on until nothing at all was heard of the agent for a day; without them, an agent is
 * there while it was heard of lately. Both until it has stopped: from the minute after it said so, and where it said that
 * it is draining, from when its next heartbeat does not come.
 */
function isThere(
  beats: readonly IngestHeartbeat[],
  samples: readonly IngestSample[],
  tasks: readonly IngestTask[],
  startMs: number,
  endMs: number,
): boolean {
  const before = beats.filter(({ at }) => at < endMs);
  const last = before.reduce<IngestHeartbeat | null>(
    (newest, beat) => (newest && newest.at > beat.at ? newest : beat),
    null,
  );
  if (last && last.at < startMs) {
    if (last.state === 'stopped') return false;
    if (last.state === 'draining' && endMs - last.at > Math.max(MINUTE, last.intervalMs ?? INTERVAL_MS)) return false;
  }
  const newest = Math.max(...[...beats, ...samples].map(({ at }) => at), ...tasks.map(({ endedAt }) => endedAt));
  if (last && endMs - newest <= DAY) return true;
  const heard = startMs - (HEARD - 1) * MINUTE;
  const isHeard = (atMs: number) => atMs >= heard && atMs < endMs;
  const ran = (task: IngestTask) =>
    runMs([task], heard, endMs) > 0 || (task.status !== 'rejected' && isHeard(task.endedAt));
  return samples.some(({ at }) => isHeard(at)) || tasks.some(ran);
}

/** The samples of the newest minute that has any, of the last so many minutes. */
function newestMinute(samples: readonly IngestSample[], endMs: number, minutes: number): readonly IngestSample[] {
  const recent = samples.filter(({ at }) => at < endMs && at >= endMs - minutes * MINUTE);
  const newest = Math.max(...recent.map(({ at }) => Math.floor(at / MINUTE)));
  return recent.filter(({ at }) => Math.floor(at / MINUTE) === newest);
}

function runMs(tasks: readonly IngestTask[], fromMs: number, toMs: number): number {
  return tasks.reduce((sum, task) => {
    const startedAt = task.startedAt ?? (task.durationMs === undefined ? null : task.endedAt - task.durationMs);
    return startedAt === null ? sum : sum + Math.max(0, Math.min(task.endedAt, toMs) - Math.max(startedAt, fromMs));
  }, 0);
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
