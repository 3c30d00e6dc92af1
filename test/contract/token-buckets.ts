import { expect, test } from 'vitest';
import { take, waitUs } from '../../lib/core/model/rate-limit.ts';
import type { TokenBuckets } from '../../lib/ports/token-buckets.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const NOW_US = NOW_MS * 1_000;
const limit = { eventsPerSecond: 10, burst: 20 };

export function tokenBucketsContract(fresh: FreshStore<TokenBuckets>): void {
  test('gives out the burst at once, then at the rate, for each bucket', async () => {
    const { store } = await fresh(NOW_MS);
    for (let i = 0; i < 4; i++) expect(await store.take('a', 5, limit, NOW_US)).toBe(0);
    expect(await store.take('a', 5, limit, NOW_US)).toBe(100_000);
    expect(await store.take('b', 5, limit, NOW_US)).toBe(0);
    expect(await store.take('a', 5, limit, NOW_US + 99_999)).toBe(1);
    expect(await store.take('a', 5, limit, NOW_US + 100_000)).toBe(0);
  });

  test('gives the last token to one of many who ask at the same time', async () => {
    const { store } = await fresh(NOW_MS);
    await store.take('a', 19, limit, NOW_US);
    const waits = await Promise.all(Array.from({ length: 8 }, () => store.take('a', 1, limit, NOW_US)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(1);
  });

  test('charges what was used even into debt, which is paid back before anyone gets more', async () => {
    const { store } = await fresh(NOW_MS);
    await store.charge('a', 120, limit, NOW_US);
    expect(await store.take('a', 1, limit, NOW_US)).toBe(10_100_000);
    expect(await store.take('a', 1, limit, NOW_US + 10_099_999)).toBe(1);
    expect(await store.take('a', 1, limit, NOW_US + 10_100_000)).toBe(0);
  });

  test('agrees with the bucket in memory, step by step', async () => {
    const { store } = await fresh(NOW_MS);
    let fullAtUs = 0;
    for (const [afterUs, tokens] of [
      [0, 3],
      [0, 30],
      [1_000_000, 1],
      [1_500_000, 2],
      [1_550_000, 1],
      [9_000_000, 25],
      [9_000_000, 1],
    ] as const) {
      const nowUs = NOW_US + afterUs;
      const then = take(fullAtUs, nowUs, tokens, limit);
      const wait = await store.take('a', tokens, limit, nowUs);
      expect(wait).toBe(then === null ? waitUs(fullAtUs, nowUs, limit) : 0);
      fullAtUs = then ?? fullAtUs;
    }
  });
}
