import type { Tile, TileLength } from '../core/kpi/tile.ts';
import type { Minute } from '../core/model/time.ts';

/** Summed-up stretches of a system's time. Signs of agents are kept with the shortest tiles only. */
export interface TileStore {
  /** Tiles of one length that start in [from, to), in no particular order. */
  read(system: string, length: TileLength, from: Minute, to: Minute): Promise<Tile[]>;
  /**
   * Writes a tile over what is there.
   * @param fence of the writer's lease; a tile written under a higher one stays
   * @returns false when a later lease holder has written it
   */
  save(system: string, tile: Tile, fence: number): Promise<boolean>;
}
