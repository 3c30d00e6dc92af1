import type { ChunkColumns, ChunkTasks } from '../core/kpi/chunk-columns.ts';
import type { ClosedChunk, RollupChunk } from '../core/kpi/rollup-chunk.ts';
import type { Minute } from '../core/model/time.ts';

/** Minute rollups, packed in chunks. */
export interface RollupStore {
  /** Every stored chunk of the minutes in [from, through], late ones as well, in no particular order. */
  read(system: string, from: Minute, through: Minute): Promise<RollupChunk[]>;
  /** What is needed of a minute's chunks to add late events to it: without the figures of those that were on time. */
  readClosed(system: string, minute: Minute): Promise<ClosedChunk[]>;
  /** The same as `read` of what figures are made from: without an object for each rollup. */
  readColumns(system: string, from: Minute, through: Minute): Promise<ChunkColumns[]>;
  /** The same of tasks alone. */
  readTasks(system: string, from: Minute, through: Minute): Promise<ChunkTasks[]>;
  /** Of one index: at most the chunk that was on time, and the late one. */
  readChunkColumns(system: string, minute: Minute, index: number): Promise<ChunkColumns[]>;
  /**
   * Writes a chunk over what is there of it; late ones lie beside those that were on time.
   * @param fence of the writer's lease; a chunk written under a higher one stays
   * @returns false when a later lease holder has written the chunk
   */
  save(system: string, chunk: RollupChunk, fence: number): Promise<boolean>;
}
