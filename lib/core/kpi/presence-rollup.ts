import type { HeartbeatEvent, HeartbeatState, SampleEvent } from '../model/event.ts';
import type { EpochMs } from '../model/time.ts';
import { tellsOfWork } from '../model/work-marks.ts';
import { zeroCounters } from './counters.ts';

/** What is counted of an agent's samples and heartbeats. Integers and additive, like the task counters. */
export const presenceCounters = [
  'samples',
  /** Samples that gave both active and capacity (above 0). */
  'utilizationCount',
  /** Sum over those samples of active ÷ capacity, in parts per million. */
  'utilizationPpm',
  'cpuCount',
  'cpuPpm',
  'memoryCount',
  'memoryPpm',
  'memoryBytesCount',
  'memoryBytes',
  'networkCount',
  'networkRxBps',
  'networkTxBps',
  'queuedCount',
  'queued',
  'beats',
  /** Sum over the samples of utilizationCount of their capacity, in thousandths of a slot. */
  'capacityMilli',
  /** Beats that said busy. */
  'busyBeats',
  /** Samples that told of work, and those that told of none. */
  'loadedSamples',
  'unloadedSamples',
] as const;

export type PresenceCounter = (typeof presenceCounters)[number];

export interface Beat {
  atMs: EpochMs;
  state: HeartbeatState;
  intervalMs: number;
  progress: number | null;
}

/** The mergeable summary of one agent's samples and heartbeats in one minute. */
export interface PresenceRollup {
  agent: string;
  counters: Record<PresenceCounter, number>;
  /** The newest heartbeat of the minute. */
  beat: Beat | null;
}

export function emptyPresenceRollup(agent: string): PresenceRollup {
  return { agent, counters: zeroCounters(presenceCounters), beat: null };
}

export function mergePresenceRollup(rollup: PresenceRollup, other: PresenceRollup): void {
  for (const name of presenceCounters) rollup.counters[name] += other.counters[name];
  rollup.beat = laterBeat(rollup.beat, other.beat);
}

export function countSample(rollup: PresenceRollup, sample: SampleEvent): void {
  const { counters } = rollup;
  counters.samples += 1;
  const hasWork = tellsOfWork(sample);
  if (hasWork !== null) counters[hasWork ? 'loadedSamples' : 'unloadedSamples'] += 1;
  if (sample.active !== undefined && sample.capacity !== undefined && sample.capacity > 0) {
    counters.utilizationCount += 1;
    counters.utilizationPpm += Math.round((sample.active / sample.capacity) * 1e6);
    counters.capacityMilli += Math.round(sample.capacity * 1_000);
  }
  if (sample.cpuPpm !== undefined) {
    counters.cpuCount += 1;
    counters.cpuPpm += sample.cpuPpm;
  }
  if (sample.memoryPpm !== undefined) {
    counters.memoryCount += 1;
    counters.memoryPpm += sample.memoryPpm;
  }
  if (sample.memoryBytes !== undefined) {
    counters.memoryBytesCount += 1;
    counters.memoryBytes += sample.memoryBytes;
  }
  if (sample.networkRxBps !== undefined || sample.networkTxBps !== undefined) {
    counters.networkCount += 1;
    counters.networkRxBps += sample.networkRxBps ?? 0;
    counters.networkTxBps += sample.networkTxBps ?? 0;
  }
  if (sample.queued !== undefined) {
    counters.queuedCount += 1;
    counters.queued += sample.queued;
  }
}

export function countHeartbeat(rollup: PresenceRollup, heartbeat: HeartbeatEvent): void {
  rollup.counters.beats += 1;
  const { atMs, state, intervalMs } = heartbeat;
  if (state === 'busy') rollup.counters.busyBeats += 1;
  rollup.beat = laterBeat(rollup.beat, { atMs, state, intervalMs, progress: heartbeat.progress ?? null });
}

/** The newer of two beats; equal times are settled by content, so that the order of arrival never matters. */
export function laterBeat(a: Beat | null, b: Beat | null): Beat | null {
  if (!a || !b) return a ?? b;
  if (a.atMs !== b.atMs) return a.atMs > b.atMs ? a : b;
  return JSON.stringify([a.progress, a.state, a.intervalMs]) >= JSON.stringify([b.progress, b.state, b.intervalMs])
    ? a
    : b;
}
