import { expect, test } from 'vitest';
import type { MinuteLog } from '../../lib/ports/minute-log.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const MINUTE_MS = 60_000;

export function minuteLogContract(fresh: FreshStore<MinuteLog>): void {
  test('lets one owner in at a time', async () => {
    const { store } = await fresh(NOW_MS);
    const first = await store.take('default', 'first', NOW_MS, NOW_MS + MINUTE_MS);
    expect(first?.progress.doneThrough).toBeNull();
    expect(await store.take('default', 'second', NOW_MS + 1, NOW_MS + MINUTE_MS)).toBeNull();
    expect(await store.take('other', 'second', NOW_MS + 1, NOW_MS + MINUTE_MS)).not.toBeNull();
  });

  test('lets the next owner in once the lease has run out or was given back', async () => {
    const { store } = await fresh(NOW_MS);
    await store.take('default', 'first', NOW_MS, NOW_MS + MINUTE_MS);
    const second = await store.take('default', 'second', NOW_MS + MINUTE_MS + 1, NOW_MS + 2 * MINUTE_MS);
    await store.release('default', second?.fence ?? 0);
    expect(await store.take('default', 'third', NOW_MS + MINUTE_MS + 2, NOW_MS + 2 * MINUTE_MS)).not.toBeNull();
  });

  test('lets an owner in again, because a retry of the same run goes on at once', async () => {
    const { store } = await fresh(NOW_MS);
    const first = await store.take('default', 'run', NOW_MS, NOW_MS + MINUTE_MS);
    const again = await store.take('default', 'run', NOW_MS + 1, NOW_MS + MINUTE_MS);
    expect(again?.fence).toBeGreaterThan(first?.fence ?? Number.POSITIVE_INFINITY);
  });

  test('takes progress from the newest lease only', async () => {
    const { store } = await fresh(NOW_MS);
    const first = await store.take('default', 'first', NOW_MS, NOW_MS + 1);
    const second = await store.take('default', 'second', NOW_MS + 2, NOW_MS + MINUTE_MS);
    const progress = { doneThrough: 7, chunks: 2, openDigests: { '7#0': 'x' } };
    expect(await store.saveProgress('default', progress, second?.fence ?? 0)).toBe(true);
    expect(await store.saveProgress('default', { ...progress, doneThrough: 1 }, first?.fence ?? 0)).toBe(false);
    expect(await store.progress('default')).toMatchObject(progress);
    await store.release('default', first?.fence ?? 0);
    expect(await store.take('default', 'third', NOW_MS + 3, NOW_MS + MINUTE_MS)).toBeNull();
  });

  test('remembers whose turn was the last, since when, and whether it ended well', async () => {
    const { store } = await fresh(NOW_MS);
    expect((await store.progress('default')).lastTurn).toBeUndefined();
    const first = await store.take('default', 'first', NOW_MS, NOW_MS + MINUTE_MS);
    const begun = { owner: 'first', takenMs: NOW_MS, endedWell: false };
    expect((await store.progress('default')).lastTurn).toEqual(begun);
    await store.release('default', first?.fence ?? 0);
    expect((await store.progress('default')).lastTurn).toEqual({ ...begun, endedWell: true });
    const second = await store.take('default', 'second', NOW_MS + 1, NOW_MS + MINUTE_MS);
    await store.release('default', second?.fence ?? 0, false);
    expect((await store.progress('default')).lastTurn).toEqual({
      ...{ owner: 'second', takenMs: NOW_MS + 1, endedWell: false },
    });
    expect(await store.take('default', 'third', NOW_MS + 2, NOW_MS + MINUTE_MS)).not.toBeNull();
  });
}
