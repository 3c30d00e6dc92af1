import type { Flush } from '../sim/fleet.ts';

const STEP_MS = 15_000;

/** Where to replay to: an API with a clock that can be moved. */
export interface ReplayTarget {
  send(flush: Flush): Promise<void>;
  /** Moves the clock; returns when all that was due has been done. */
  advanceTo(ms: number): Promise<void>;
}

/**
 * Sends what a fleet would send, when it would send it, on a clock that is moved along: at each step what has fallen
 * due is sent, in order, before the clock moves on.
 * @param onMinute called after each whole minute, with the time; stops the replay by returning 'stop'
 */
export async function replayFlushes(
  target: ReplayTarget,
  flushes: Iterable<Flush>,
  fromMs: number,
  onMinute: (nowMs: number) => Promise<'stop' | undefined>,
): Promise<void> {
  let nowMs = fromMs;
  const reach = async (atMs: number): Promise<'stop' | undefined> => {
    while (nowMs + STEP_MS <= atMs) {
      nowMs += STEP_MS;
      await target.advanceTo(nowMs);
      if (nowMs % 60_000 === 0 && (await onMinute(nowMs)) === 'stop') return 'stop';
    }
    return undefined;
  };
  for (const flush of flushes) {
    if ((await reach(flush.atMs)) === 'stop') return;
    await target.send(flush);
  }
  await reach(Math.ceil(nowMs / 60_000) * 60_000 + 60_000);
}
