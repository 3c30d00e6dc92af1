import { expect, test } from 'vitest';
import type { BenchmarkReport } from '../../lib/core/benchmark/benchmark-report.ts';
import type { StoredReview } from '../../lib/core/review/stored-review.ts';
import type { BenchmarkStore } from '../../lib/ports/benchmark-store.ts';
import type { ReviewStore } from '../../lib/ports/review-store.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const DAY_MS = 86_400_000;

function report(scope: string, toMs = NOW_MS, madeAtMs = toMs): BenchmarkReport {
  const span = { fromMs: toMs - DAY_MS, toMs };
  return { ...{ scope, madeAtMs, window: span, reference: span }, performanceTrend: [] } as unknown as BenchmarkReport;
}

export function benchmarkStoreContract(fresh: FreshStore<BenchmarkStore>): void {
  test('has of each scope the newest by a moment, as it was saved last', async () => {
    const { store } = await fresh(NOW_MS);
    expect(await store.find('default', 'fleet', NOW_MS)).toBeNull();
    const many = Array.from({ length: 45 }, (_, i) => report(`agent:a-${i}`));
    await store.save('default', [report('fleet', NOW_MS - DAY_MS), report('pool:ü'), ...many]);
    await store.save('default', [report('fleet')]);
    await store.save('default', [report('fleet', NOW_MS, NOW_MS + 5)]);
    expect(await store.find('default', 'fleet', NOW_MS)).toEqual(report('fleet', NOW_MS, NOW_MS + 5));
    expect(await store.find('default', 'fleet', NOW_MS - 1)).toEqual(report('fleet', NOW_MS - DAY_MS));
    expect(await store.find('default', 'fleet', NOW_MS - DAY_MS - 1)).toBeNull();
    for (const one of many) expect(await store.find('default', one.scope, NOW_MS)).toEqual(one);
    expect(await store.find('other', 'fleet', NOW_MS)).toBeNull();
  });

  test('a scope whose name begins with that of another is another', async () => {
    const { store } = await fresh(NOW_MS);
    await store.save('default', [report('pool:a'), report('pool:a#b', NOW_MS - DAY_MS)]);
    expect(await store.find('default', 'pool:a', NOW_MS - 1)).toBeNull();
    expect((await store.find('default', 'pool:a#b', NOW_MS))?.scope).toBe('pool:a#b');
  });

  test('keeps what was compared for 100 days', async () => {
    const { store, setNow } = await fresh(NOW_MS);
    await store.save('default', [report('agent:gone')]);
    setNow(NOW_MS + 99 * DAY_MS);
    expect(await store.find('default', 'agent:gone', NOW_MS)).not.toBeNull();
    setNow(NOW_MS + 101 * DAY_MS);
    expect(await store.find('default', 'agent:gone', NOW_MS)).toBeNull();
  });
}

export function reviewStoreContract(fresh: FreshStore<ReviewStore>): void {
  const review = (week: string, size = 10, madeAtMs = NOW_MS): StoredReview => ({
    ...{ week, title: `Review of ${week}`, madeAtMs, markdown: `# ${'ü'.repeat(size)}`, html: '<p>' },
    review: { figures: Array.from({ length: size }, (_, i) => (i * 7_919) % 1_009) },
  });

  test('lists reviews from the newest on, and gives each back as it was saved', async () => {
    const { store } = await fresh(NOW_MS);
    const reviews = [review('2026-W09'), review('2026-W10', 400_000), review('2025-W52')];
    for (const one of reviews) await store.save('default', one);
    expect((await store.list('default')).map(({ week }) => week)).toEqual(['2026-W10', '2026-W09', '2025-W52']);
    for (const one of reviews) expect(await store.find('default', one.week)).toEqual(one);
    expect(await store.find('default', '2026-W11')).toBeNull();
    expect(await store.list('other')).toEqual([]);
  });

  test('a review that is made again replaces the one before', async () => {
    const { store } = await fresh(NOW_MS);
    await store.save('default', review('2026-W09', 200_000));
    await store.save('default', review('2026-W09', 3, NOW_MS + 1));
    expect(await store.find('default', '2026-W09')).toEqual(review('2026-W09', 3, NOW_MS + 1));
    expect(await store.list('default')).toHaveLength(1);
  });
}
