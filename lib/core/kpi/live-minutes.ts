import type { RosterEntry } from '../model/roster.ts';
import { DAY_MINUTES, MINUTE_MS, type Minute, startOfMinute } from '../model/time.ts';
import type { Beat } from './presence-rollup.ts';
import type { RollupChunk } from './rollup-chunk.ts';

/** The newest heartbeat of each minute that has one. */
export type Beats = ReadonlyMap<Minute, Beat>;

/** How far before a window its heartbeats are looked for, so that a slow cadence is not taken for silence. */
export const BEAT_LOOKBACK_MINUTES = 15;

/** The heartbeats in some chunks, by agent. */
export function beatsIn(chunks: Iterable<RollupChunk>): Map<string, Map<Minute, Beat>> {
  const beats = new Map<string, Map<Minute, Beat>>();
  for (const { minute, presence } of chunks) {
    for (const { agent, beat } of presence.values()) {
      if (!beat) continue;
      const own = beats.get(agent) ?? new Map<Minute, Beat>();
      beats.set(agent, own);
      own.set(minute, beat);
    }
  }
  return beats;
}

/**
 * In how many minutes of [from, to) an agent's heartbeats were due, and in how many of those it was live.
 *
 * An agent is expected from its first heartbeat until it says it stopped, until it goes quiet after it said that it is
 * draining, or until a day without any event. It is live in a minute when a heartbeat falls into it, or into the
 * heartbeat interval before its end if that is longer.
 * @param beats of the window and of {@link BEAT_LOOKBACK_MINUTES} before it
 */
export function liveMinutes(
  entry: RosterEntry,
  beats: Beats = new Map(),
  from: Minute,
  to: Minute,
): { expectedMinutes: number; liveMinutes: number } {
  let expected = 0;
  let live = 0;
  let last = beatBefore(entry, beats, from);
  for (let minute = from; minute < to; minute++) {
    const endMs = startOfMinute(minute + 1);
    const beat = beats.get(minute);
    last = beat ?? last;
    const intervalMs = Math.max(MINUTE_MS, last?.intervalMs ?? MINUTE_MS);
    const isLive = last !== null && endMs - last.atMs <= intervalMs;
    const hasLeft = beat === undefined && (last?.state === 'stopped' || (last?.state === 'draining' && !isLive));
    const isDue = entry.firstBeatMs !== null && entry.firstBeatMs < endMs && !hasLeft;
    if (!isDue || endMs - entry.lastSeenMs > DAY_MINUTES * MINUTE_MS) continue;
    expected += 1;
    if (isLive) live += 1;
  }
  return { expectedMinutes: expected, liveMinutes: live };
}

function beatBefore({ lastBeat }: RosterEntry, beats: Beats, from: Minute): Beat | null {
  if (lastBeat && lastBeat.atMs < startOfMinute(from)) return lastBeat;
  for (let minute = from - 1; minute >= from - BEAT_LOOKBACK_MINUTES; minute--) {
    const beat = beats.get(minute);
    if (beat) return beat;
  }
  return null;
}
