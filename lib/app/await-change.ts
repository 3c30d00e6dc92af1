import type { EpochMs } from '../core/model/time.ts';
import type { PollSlots } from '../ports/poll-slots.ts';

/** How often a waiting request looks again. */
const LOOK_EVERY_MS = 500;
/** A place that was never given back falls free this long after the request must be over. */
const GRACE_MS = 10_000;

export interface WaitDeps {
  slots: PollSlots;
  nowMs: () => EpochMs;
  /** Milliseconds that really pass, whatever the clock says. */
  elapsedMs: () => number;
  pause: (ms: number) => Promise<void>;
}

/**
 * Looks until there is something new, or the time is over. When all waiting places are taken, it looks once.
 * @param look answers what there is now
 * @param isNew whether the caller does not have that yet
 * @param waitMs of real time
 */
export async function awaitChange<Seen>(
  deps: WaitDeps,
  { owner, waitMs }: { owner: string; waitMs: number },
  look: () => Promise<Seen>,
  isNew: (seen: Seen) => boolean,
): Promise<Seen> {
  const startedMs = deps.elapsedMs();
  let seen = await look();
  if (waitMs <= 0 || isNew(seen)) return seen;
  const nowMs = deps.nowMs();
  const place = await deps.slots.take(owner, nowMs, nowMs + waitMs + GRACE_MS);
  if (!place) return seen;
  try {
    for (let leftMs = waitMs; leftMs > 0 && !isNew(seen); leftMs = waitMs - (deps.elapsedMs() - startedMs)) {
      await deps.pause(Math.min(LOOK_EVERY_MS, leftMs));
      seen = await look();
    }
    return seen;
  } finally {
    await deps.slots.release(owner, place);
  }
}
