import type { RosterEntry } from '../model/roster.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, type Minute, startOfMinute } from '../model/time.ts';
import { emptyPresenceRollup, mergePresenceRollup, type PresenceRollup } from './presence-rollup.ts';
import type { RollupChunk } from './rollup-chunk.ts';
import { emptyTaskRollup, mergeTaskRollup, type TaskRollup } from './task-rollup.ts';

/** Everything the KPIs of one agent over one window are computed from. */
export interface AgentFigures {
  agent: string;
  fromMs: EpochMs;
  toMs: EpochMs;
  /** Over all task types. */
  tasks: TaskRollup;
  presence: PresenceRollup;
  /** Concurrent slots; null when the agent never said. */
  capacity: number | null;
  costPerHourUsd: number | null;
  /** Minutes of the window in which heartbeats were due, and those of them in which they came. */
  expectedMinutes: number;
  liveMinutes: number;
  /** Sum and count of the whole pool's quality, to shrink a small sample to. */
  poolQuality: { count: number; ppm: number };
}

/**
 * Merges the rollups of a window by agent.
 * @param chunks every chunk of the minutes in [from, to)
 * @param entries the agents to report; agents without rollups get empty ones
 */
export function agentFigures(
  chunks: Iterable<RollupChunk>,
  entries: Iterable<RosterEntry>,
  poolOfAgent: (agent: string) => string,
  from: Minute,
  to: Minute,
): Map<string, AgentFigures> {
  const tasks = new Map<string, TaskRollup>();
  const presence = new Map<string, PresenceRollup>();
  const beats = new Map<string, Map<Minute, PresenceRollup>>();
  const poolQuality = new Map<string, { count: number; ppm: number }>();
  for (const chunk of chunks) {
    for (const rollup of chunk.tasks.values()) {
      if (rollup.agent === '') continue;
      const merged = tasks.get(rollup.agent) ?? emptyTaskRollup(rollup.agent, '', '');
      tasks.set(rollup.agent, merged);
      mergeTaskRollup(merged, rollup);
      const pool = poolOfAgent(rollup.agent);
      const quality = poolQuality.get(pool) ?? { count: 0, ppm: 0 };
      poolQuality.set(pool, quality);
      quality.count += rollup.counters.qualityCount;
      quality.ppm += rollup.counters.qualityPpm;
    }
    for (const rollup of chunk.presence.values()) {
      const merged = presence.get(rollup.agent) ?? emptyPresenceRollup(rollup.agent);
      presence.set(rollup.agent, merged);
      mergePresenceRollup(merged, rollup);
      const minutes = beats.get(rollup.agent) ?? new Map<Minute, PresenceRollup>();
      beats.set(rollup.agent, minutes);
      minutes.set(chunk.minute, rollup);
    }
  }
  const result = new Map<string, AgentFigures>();
  for (const entry of entries) {
    const { agent, description } = entry;
    result.set(agent, {
      agent,
      fromMs: startOfMinute(from),
      toMs: startOfMinute(to),
      tasks: tasks.get(agent) ?? emptyTaskRollup(agent, '', ''),
      presence: presence.get(agent) ?? emptyPresenceRollup(agent),
      capacity: description?.capacity ?? null,
      costPerHourUsd: description?.costPerHourUsd ?? null,
      ...liveMinutes(entry, beats.get(agent) ?? new Map(), from, to),
      poolQuality: poolQuality.get(poolOfAgent(agent)) ?? { count: 0, ppm: 0 },
    });
  }
  return result;
}

/**
 * An agent is expected from its first heartbeat until it says it stopped, or until a day without any event. It is live
 * in a minute when a heartbeat falls into it, or into the heartbeat interval before its end if that is longer.
 */
function liveMinutes(
  entry: RosterEntry,
  beats: ReadonlyMap<Minute, PresenceRollup>,
  from: Minute,
  to: Minute,
): { expectedMinutes: number; liveMinutes: number } {
  let expected = 0;
  let live = 0;
  let lastBeatMs = Number.NEGATIVE_INFINITY;
  let intervalMs = entry.lastBeat?.intervalMs ?? MINUTE_MS;
  let isStopped = false;
  for (let minute = from; minute < to; minute++) {
    const endMs = startOfMinute(minute + 1);
    const beat = beats.get(minute)?.beat;
    if (beat) {
      lastBeatMs = beat.atMs;
      intervalMs = beat.intervalMs;
      isStopped = beat.state === 'stopped';
    }
    const isDue = entry.firstBeatMs !== null && entry.firstBeatMs < endMs && (!isStopped || beat !== undefined);
    if (!isDue || endMs - entry.lastSeenMs > DAY_MINUTES * MINUTE_MS) continue;
    expected += 1;
    if (endMs - lastBeatMs <= Math.max(MINUTE_MS, intervalMs)) live += 1;
  }
  return { expectedMinutes: expected, liveMinutes: live };
}
