import { expect, test } from 'vitest';
import { type AdviceRecord, afterEvaluation, dismiss } from '../../lib/core/recommend/lifecycle.ts';
import { recommendation } from '../../lib/core/recommend/recommendation.ts';
import type { RecommendationStore } from '../../lib/ports/recommendation-store.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

function proposedOf(pool: string, nowMs = NOW_MS): AdviceRecord {
  const advice = recommendation(
    'load_balancing_adjustment',
    { pool },
    {
      ...{ title: `Ü ${pool}`, evidence: ['waits'], confidence: 0.9, action: 'place', basis: { tasks: 3 } },
      expectedGain: { value: 2, unit: 'ms', low: 1, high: 3 },
      measure: { now: 10, scale: 1 },
    },
  );
  return [...afterEvaluation(new Map(), [advice], nowMs).values()][0] as AdviceRecord;
}

export function recommendationStoreContract(fresh: FreshStore<RecommendationStore>): void {
  test('gives back what was saved, for each system, in the order of ids', async () => {
    const { store } = await fresh(NOW_MS);
    const records = [proposedOf('writers'), proposedOf('editors')];
    const [writers] = records as [AdviceRecord];
    expect(await store.find('default', writers.recommendation.id)).toBeNull();
    for (const record of records) expect(await store.save('default', { revision: 1, record })).toBe(true);
    expect(await store.find('default', writers.recommendation.id)).toEqual({ revision: 1, record: writers });
    const ids = (await store.list('default')).map(({ record }) => record.recommendation.id);
    expect(ids).toEqual(records.map(({ recommendation: { id } }) => id).sort());
    expect(await store.list('other')).toEqual([]);
  });

  test('refuses a change made from a revision that is not the latest', async () => {
    const { store } = await fresh(NOW_MS);
    const record = proposedOf('writers');
    const decision = dismiss(record, { by: 'ann', nowMs: NOW_MS });
    if (decision.status === 'refused') throw new Error(decision.because);
    await store.save('default', { revision: 1, record });
    expect(await store.save('default', { revision: 1, record: decision.record })).toBe(false);
    expect(await store.save('default', { revision: 2, record: decision.record })).toBe(true);
    expect(await store.save('default', { revision: 2, record })).toBe(false);
    expect(await store.find('default', record.recommendation.id)).toEqual({ revision: 2, record: decision.record });
  });

  test('gives what is open by itself, until it is decided on', async () => {
    const { store } = await fresh(NOW_MS);
    const [writers, editors] = [proposedOf('writers'), proposedOf('editors')];
    for (const record of [writers, editors]) await store.save('default', { revision: 1, record });
    const poolsOf = async () => (await store.open('default')).map(({ scope }) => scope.pool).sort();
    expect(await poolsOf()).toEqual(['editors', 'writers']);
    const { course: _course, state: _state, recommendation: advice, ...times } = writers;
    const { horizon: _horizon, measure: _measure, ...told } = advice;
    expect((await store.open('default')).find(({ id }) => id === advice.id)).toEqual({ ...told, ...times });
    const decision = dismiss(writers, { by: 'ann', nowMs: NOW_MS });
    if (decision.status === 'refused') throw new Error(decision.because);
    await store.save('default', { revision: 2, record: decision.record });
    expect(await poolsOf()).toEqual(['editors']);
    // Refused: it changes nothing.
    await store.save('default', { revision: 2, record: writers });
    expect(await poolsOf()).toEqual(['editors']);
    await store.save('default', { revision: 3, record: writers });
    expect(await poolsOf()).toEqual(['editors', 'writers']);
    expect(await store.open('other')).toEqual([]);
  });

  test('forgets what no evaluation has come to for 90 days', async () => {
    const { store } = await fresh(NOW_MS);
    const [old, recent] = [proposedOf('old', NOW_MS - 91 * 86_400_000), proposedOf('recent', NOW_MS - 89 * 86_400_000)];
    for (const record of [old, recent]) await store.save('default', { revision: 1, record });
    expect((await store.list('default')).map(({ record }) => record.recommendation.scope.pool)).toEqual(['recent']);
    expect((await store.open('default')).map(({ scope }) => scope.pool)).toEqual(['recent']);
    expect(await store.find('default', old.recommendation.id)).toBeNull();
  });
}
