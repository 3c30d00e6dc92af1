import type { Minute } from '../model/time.ts';
import { BoundedCache } from './bounded-cache.ts';
import { type Tile, type TileLength, tileBytes } from './tile.ts';
import { isWrittenAnew, type TileProgress } from './tile-progress.ts';

interface Kept {
  /** null where there is none: nothing happened. */
  tile: Tile | null;
  /** TileProgress.revision that was read before the tile. */
  revision: number;
}

/** An absent tile takes a little too. */
const BYTES_PER_ENTRY = 200;

/**
 * Tiles that were read before, of any system. One is used again as long as the progress of its system tells that it was
 * not written anew; so a tile that got late events is read again as soon as the run is over that counted them.
 */
export class TileCache {
  readonly #kept: BoundedCache<Kept>;

  constructor(mostBytes: number) {
    this.#kept = new BoundedCache(mostBytes);
  }

  get bytes(): number {
    return this.#kept.bytes;
  }

  /**
   * @param tiled as it is now
   * @returns undefined where the tile has to be read; null where it was read and there is none
   */
  get(system: string, length: TileLength, from: Minute, tiled: TileProgress): Tile | null | undefined {
    const key = keyOf(system, length, from);
    const found = this.#kept.get(key);
    if (!found) return undefined;
    if (isWrittenAnew(tiled, { from, to: from + length }, found.revision)) {
      // A reader that began earlier may still be on its way: what is newer than its progress is of no use to it only.
      if (found.revision <= tiled.revision) this.#kept.delete(key);
      return undefined;
    }
    return found.tile;
  }

  /** @param tiled as it was before the tile was read */
  set(system: string, length: TileLength, from: Minute, tiled: TileProgress, tile: Tile | null): void {
    const kept = { tile, revision: tiled.revision };
    this.#kept.set(keyOf(system, length, from), kept, BYTES_PER_ENTRY + (tile ? tileBytes(tile) : 0));
  }
}

function keyOf(system: string, length: TileLength, from: Minute): string {
  return `${length}#${from}#${system}`;
}
