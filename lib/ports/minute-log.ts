import type { TileProgress } from '../core/kpi/tile-progress.ts';
import type { EpochMs, Minute } from '../core/model/time.ts';
import type { Held } from '../core/remediate/held.ts';

/** How far the minute job has come for one system. */
export interface MinuteProgress {
  /** Last minute whose rollups are written and judged; null before the first. */
  doneThrough: Minute | null;
  /** Into how many chunks minutes are split. */
  chunks: number;
  /** "minute#chunk" → digest of what the open chunks were last written from. */
  openDigests: Record<string, string>;
  /** The first minute of those that were judged without a gap since; absent before the first. */
  runningFrom?: Minute;
  /** What was called for lately and not done, newest first, one of a kind and subject. */
  held?: Held[];
  /** Absent until the first minutes are summed up. */
  tiles?: TileProgress;
}

export interface MinuteLease {
  /** Grows with every taking of the lease; writes under a lower fence are refused. */
  fence: number;
  progress: MinuteProgress;
}

/** The last taking of a lease. */
export interface MinuteTurn {
  owner: string;
  takenMs: EpochMs;
  /** Whether its owner has done all that it took the lease for. */
  endedWell: boolean;
}

/** One lease a system, so that one minute job at a time writes, and its progress. */
export interface MinuteLog {
  /**
   * Takes the lease where it is free, has run out, or is the owner's own (a retry of the same run goes on at once).
   * @returns null while somebody else holds it
   */
  take(system: string, owner: string, nowMs: EpochMs, untilMs: EpochMs): Promise<MinuteLease | null>;
  /** @returns false when a later lease holder exists; then nothing is written */
  saveProgress(system: string, progress: MinuteProgress, fence: number): Promise<boolean>;
  /** @param endedWell false where the owner gives up */
  release(system: string, fence: number, endedWell?: boolean): Promise<void>;
  /** Without `lastTurn` before the first. */
  progress(system: string): Promise<MinuteProgress & { lastTurn?: MinuteTurn }>;
}
