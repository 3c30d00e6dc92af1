import { ClosedTasks } from '../kpi/closed-tasks.ts';
import type { PresenceRollup } from '../kpi/presence-rollup.ts';
import type { RollupChunk } from '../kpi/rollup-chunk.ts';
import type { Roster } from '../model/roster.ts';
import type { EpochMs, Minute } from '../model/time.ts';

/** How many minutes back, the judged one included, a detector may look. */
export const LOOKBACK_MINUTES = 5;

export interface MinuteRollups {
  tasks: readonly ClosedTasks[];
  /** Of minutes that are closed they may be absent. */
  presence: readonly PresenceRollup[];
}

/** All a detector may know when it judges one minute. */
export interface DetectionContext {
  minute: Minute;
  /** End of the judged minute. */
  nowMs: EpochMs;
  roster: Roster;
  /** Rollups of the last {@link LOOKBACK_MINUTES} minutes; a minute without events is absent. */
  minutes: ReadonlyMap<Minute, MinuteRollups>;
  /** Fingerprints of alerts that are firing. */
  firing: ReadonlySet<string>;
}

export function rollupsByMinute(chunks: Iterable<RollupChunk>): Map<Minute, MinuteRollups> {
  const minutes = new Map<Minute, { tasks: ClosedTasks[]; presence: PresenceRollup[] }>();
  for (const chunk of chunks) {
    const found = minutes.get(chunk.minute) ?? { tasks: [], presence: [] };
    minutes.set(chunk.minute, found);
    found.tasks.push(new ClosedTasks(chunk.tasks));
    for (const rollup of chunk.presence.values()) found.presence.push(rollup);
  }
  return minutes;
}
