import { ClosedTasks } from '../kpi/closed-tasks.ts';
import type { PresenceRollup } from '../kpi/presence-rollup.ts';
import { chunkKey, type RollupChunk } from '../kpi/rollup-chunk.ts';
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

/** Tasks of chunks by minute, and by the keys of the chunks. */
export type TaskTables = ReadonlyMap<Minute, ReadonlyMap<string, ClosedTasks>>;

export function taskTables(chunks: Iterable<RollupChunk>): Map<Minute, Map<string, ClosedTasks>> {
  const minutes = new Map<Minute, Map<string, ClosedTasks>>();
  for (const chunk of chunks) {
    const found = minutes.get(chunk.minute) ?? new Map<string, ClosedTasks>();
    minutes.set(chunk.minute, found);
    found.set(chunkKey(chunk), new ClosedTasks(chunk.tasks));
  }
  return minutes;
}

/** @param chunks whose presence is known, of these minutes */
export function rollupsByMinute(tables: TaskTables, chunks: Iterable<RollupChunk>): Map<Minute, MinuteRollups> {
  const byMinute = Map.groupBy(chunks, ({ minute }) => minute);
  const presenceIn = (minute: Minute) => (byMinute.get(minute) ?? []).flatMap(({ presence }) => [...presence.values()]);
  return new Map(
    [...tables].map(([minute, tasks]) => [minute, { tasks: [...tasks.values()], presence: presenceIn(minute) }]),
  );
}
