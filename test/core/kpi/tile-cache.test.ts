import { describe, expect, test } from 'vitest';
import { BoundedCache } from '../../../lib/core/kpi/bounded-cache.ts';
import { emptyTile } from '../../../lib/core/kpi/tile.ts';
import { TileCache } from '../../../lib/core/kpi/tile-cache.ts';
import { dueTiles, isWrittenAnew, type TileProgress, windowPieces } from '../../../lib/core/kpi/tile-progress.ts';

const DAY = 1_440;
const tiled: TileProgress = { from: 0, to: 3 * DAY, late: [], revision: 0 };

/** After some runs, each of which wrote the tiles of these minutes anew. */
function progressAfter(...runs: number[][]): TileProgress {
  let progress = tiled;
  for (const late of runs) progress = dueTiles({ ...progress, late }, progress.to + 10, 100).next;
  return progress;
}

describe('what was read of a tile', () => {
  test('is out of date once a minute of it was counted anew, and that of tiles before it is not', () => {
    const next = progressAfter([DAY + 15]);
    expect(next.revision).toBe(1);
    const isOutOfDate = (from: number, length: number) => isWrittenAnew(next, { from, to: from + length }, 0);
    // What is heard in a minute tells how its agent is in the quarter of an hour after it.
    expect([0, 10, 20, 30, 40].map((from) => isOutOfDate(DAY + from, 10))).toEqual([false, true, true, true, false]);
    expect([0, 60].map((from) => isOutOfDate(DAY + from, 60))).toEqual([true, false]);
    expect([0, DAY, 2 * DAY].map((from) => isOutOfDate(from, DAY))).toEqual([false, true, false]);
  });

  test('is up to date when it was read after that', () => {
    expect(isWrittenAnew(progressAfter([15]), { from: 10, to: 20 }, 1)).toBe(false);
    expect(isWrittenAnew(progressAfter([15], [500]), { from: 10, to: 20 }, 1)).toBe(false);
  });

  test('is taken for out of date when it is not kept any more which tiles were written anew', () => {
    const runs = Array.from({ length: 100 }, () => [15]);
    expect(isWrittenAnew(progressAfter(...runs), { from: 2 * DAY, to: 2 * DAY + 10 }, 0)).toBe(true);
    expect(isWrittenAnew(progressAfter(...runs), { from: 2 * DAY, to: 2 * DAY + 10 }, 99)).toBe(false);
    expect(progressAfter(...runs).rewritten?.tiles.length).toBeLessThanOrEqual(90);
    // Progress that was saved before any of this was kept.
    expect(isWrittenAnew({ ...tiled, revision: 7 }, { from: 0, to: 10 }, 6)).toBe(true);
  });
});

describe('tiles that got late events', () => {
  const late = { ...tiled, late: [2 * DAY + 15] };
  const again = [2 * DAY + 10, 2 * DAY + 20, 2 * DAY + 30];

  test('are written anew once in ten minutes, and not by the run that writes a new one', () => {
    const written = (closedTo: number) => dueTiles(late, closedTo, 6).short;
    const runs = Array.from({ length: 10 }, (_, i) => written(3 * DAY + 5 + i));
    expect(runs).toEqual([[], [], [], [], [], again, [], [], [], []]);
    expect(written(3 * DAY + 15)).toEqual([3 * DAY]);
    expect(dueTiles(late, 3 * DAY + 10, 6).next.late).toEqual([]);
  });

  test('are not put off when there are more than one run may write', () => {
    expect(dueTiles(late, 3 * DAY + 11, 2).short).toEqual(again.slice(0, 2));
    expect(dueTiles(late, 3 * DAY + 11, 2).next.late).toEqual(late.late);
  });

  test('are no part of a window meanwhile: it has their minutes, and shorter tiles of a longer one', () => {
    const pieces = windowPieces(2 * DAY, 3 * DAY, late);
    const [before, ...rest] = pieces;
    expect(before).toEqual({ kind: 'tile', length: 10, from: 2 * DAY });
    expect(rest[0]).toEqual({ kind: 'minutes', from: 2 * DAY + 10, to: 2 * DAY + 40 });
    expect(rest.slice(1)).toHaveLength(2 + 23);
    expect(windowPieces(2 * DAY, 3 * DAY, tiled)).toEqual([{ kind: 'tile', length: DAY, from: 2 * DAY }]);
  });
});

describe('kept tiles', () => {
  test('are given again to readers of their system until they are out of date; that there is none is kept too', () => {
    const cache = new TileCache(1e6);
    const tile = emptyTile(10, 20);
    cache.set('one', 10, 10, tiled, tile);
    cache.set('one', 10, 500, tiled, null);
    expect(cache.get('one', 10, 10, tiled)).toBe(tile);
    expect(cache.get('one', 10, 500, tiled)).toBeNull();
    expect(cache.get('one', 60, 10, tiled)).toBeUndefined();
    expect(cache.get('other', 10, 10, tiled)).toBeUndefined();
    expect(cache.get('one', 10, 10, progressAfter([15]))).toBeUndefined();
    expect(cache.get('one', 10, 500, progressAfter([15]))).toBeNull();
  });

  test('are not given to a reader whose progress is older than what is kept', () => {
    const cache = new TileCache(1e6);
    const tile = emptyTile(10, 20);
    cache.set('one', 10, 10, progressAfter([15]), tile);
    expect(cache.get('one', 10, 10, tiled)).toBeUndefined();
    expect(cache.get('one', 10, 10, progressAfter([15]))).toBe(tile);
  });
});

describe('a bounded cache', () => {
  test('lets go of what was used longest ago, and never holds more than it may', () => {
    const cache = new BoundedCache<string>(100);
    cache.set('a', 'A', 40);
    cache.set('b', 'B', 40);
    expect(cache.get('a')).toBe('A');
    cache.set('c', 'C', 40);
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual(['A', undefined, 'C']);
    expect(cache.bytes).toBe(80);
  });

  test('counts what is written over once, and does not keep what is larger than itself', () => {
    const cache = new BoundedCache<string>(100);
    cache.set('a', 'A', 40);
    cache.set('a', 'B', 60);
    expect([cache.get('a'), cache.bytes]).toEqual(['B', 60]);
    cache.set('a', 'C', 101);
    expect([cache.get('a'), cache.bytes]).toEqual([undefined, 0]);
  });
});
