import type { ChunkColumns } from '../core/kpi/chunk-columns.ts';
import type { RollupChunk } from '../core/kpi/rollup-chunk.ts';
import type { Minute } from '../core/model/time.ts';

/** Minute rollups, packed in chunks. */
export interface RollupStore {
  /** Every stored chunk of the minutes in [from, through], in no particular order. */
  read(system: string, from: Minute, through: Minute): Promise<RollupChunk[]>;
  /** One chunk of a minute; null where there is none of that index. */
  readChunk(system: string, minute: Minute, index: number): Promise<RollupChunk | null>;
  /** The same as `read`, and as `readChunk`, of what figures are made from: without an object for each rollup. */
  readColumns(system: string, from: Minute, through: Minute): Promise<ChunkColumns[]>;
  readChunkColumns(system: string, minute: Minute, index: number): Promise<ChunkColumns | null>;
  /**
   * Writes a chunk over what is there.
   * @param fence of the writer's lease; a chunk written under a higher one stays
   * @returns false when a later lease holder has written the chunk
   */
  save(system: string, chunk: RollupChunk, fence: number): Promise<boolean>;
}
