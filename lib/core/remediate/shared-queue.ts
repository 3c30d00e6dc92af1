import { MINUTE_MS, type Minute } from '../model/time.ts';

/** A pool's minute, of what tells how many tasks wait. */
export interface WaitingMinute {
  minute: Minute;
  /** Tasks that wait at its agents, as these tell; null where they do not. */
  told: number | null;
  /** Of the tasks that ended in it: how long they had waited, as far as they were begun and told, and were at work. */
  waitUs: number;
  waitCount: number;
  serviceUs: number;
  serviceCount: number;
}

/** Tasks that wait for any agent of a pool, in a queue that its agents do not tell of. */
export interface SharedQueue {
  /** At the end of the newest minute. */
  queued: number;
  /** By how many more a minute; below 0 where it shrinks. */
  growthPerMin: number;
}

/** Agents that tell of more tasks than these for each slot have queues of their own, where their work waits. */
const OWN_PER_SLOT = 0.05;
/** Nearly all that comes has to wait: beyond that the wait of those that ended says nothing of how much comes. */
const MOST_GROWTH = 0.9;
/** Waits of fewer tasks in a minute differ from those of another by chance. */
const LEAST_TASKS = 20;

/**
 * How many tasks wait in a queue that the agents of a pool share, as workers of one work queue do. None of them tells of it; it shows in
 * how long tasks had waited that end. While more comes (λ a minute) than is done (μ), what waits is what came within the present wait w:
 * λ w, and w grows by 1 − μ / λ of each minute. The tasks that end tell the wait of half a minute and a time at work ago. Where they are few,
 * it is taken to stand still.
 * @param newestFirst minutes of a pool, one after the other
 * @param slots of its agents
 * @param busySlots of them at work, in the newest
 * @returns null where agents have queues of their own, or no task tells how long it waited
 * @see Little: A Proof for the Queuing Formula L = λW, Operations Research 9(3), 1961
 */
export function sharedQueue(
  newestFirst: readonly WaitingMinute[],
  { slots, busySlots }: { slots: number; busySlots: number },
): SharedQueue | null {
  if (newestFirst.some(({ told }) => told !== null && told > OWN_PER_SLOT * slots)) return null;
  const waits = newestFirst.flatMap(waitOf);
  const [newest, before] = waits;
  if (!newest || waits.every(({ waitMin }) => waitMin === 0)) return null;
  const { waitMin, serviceMin } = newest;
  const isTelling = before && Math.min(newest.tasks, before.tasks) >= LEAST_TASKS;
  const growth = isTelling ? Math.min(MOST_GROWTH, (waitMin - before.waitMin) / (newest.minute - before.minute)) : 0;
  const now = Math.max(0, waitMin + growth * (0.5 + serviceMin));
  const arrivalsPerMin = busySlots / serviceMin / (1 - growth);
  return { queued: arrivalsPerMin * now, growthPerMin: arrivalsPerMin * growth };
}

function waitOf({ minute, waitUs, waitCount, serviceUs, serviceCount }: WaitingMinute) {
  if (waitCount === 0 || serviceCount === 0 || serviceUs === 0) return [];
  const meanMin = (sumUs: number, count: number) => sumUs / count / 1_000 / MINUTE_MS;
  return [
    { minute, tasks: waitCount, waitMin: meanMin(waitUs, waitCount), serviceMin: meanMin(serviceUs, serviceCount) },
  ];
}
