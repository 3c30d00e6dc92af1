import { expect, test } from 'vitest';
import { emptyRollupChunk, taskRollupIn } from '../../lib/core/kpi/rollup-chunk.ts';
import { countMinutes, noteLate, totalsFrom } from '../../lib/core/kpi/running-totals.ts';
import type { TotalsStore } from '../../lib/ports/totals-store.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const MINUTE = NOW_MS / 60_000;

function someTotals() {
  const chunk = emptyRollupChunk(MINUTE, 0, 1);
  const task = {
    type: 'task',
    task: 't',
    status: 'completed',
    endedAtMs: NOW_MS,
    attempt: 1,
    priority: 'normal',
  } as const;
  taskRollupIn(chunk, { ...task, agent: 'a', taskType: '__proto__' }).counters.costNanoUsd += 7;
  const limits = { pools: 2, taskTypes: 3 };
  const counted = countMinutes(
    totalsFrom(MINUTE, limits),
    { chunks: [chunk], through: MINUTE, pools: ['q'] },
    () => 'p',
  );
  return noteLate(counted, new Map([[MINUTE, [chunk]]]), () => 'p');
}

export function totalsStoreContract(fresh: FreshStore<TotalsStore>): void {
  test('gives back the totals of a system, late minutes included', async () => {
    const { store } = await fresh(NOW_MS);
    expect(await store.read('default')).toBeNull();
    expect(await store.save('default', someTotals(), 1)).toBe(true);
    expect(await store.read('default')).toEqual(someTotals());
    expect(await store.read('other')).toBeNull();
  });

  test('keeps the totals that a later lease holder wrote', async () => {
    const { store } = await fresh(NOW_MS);
    await store.save('default', someTotals(), 4);
    expect(await store.save('default', totalsFrom(MINUTE, { pools: 1, taskTypes: 1 }), 3)).toBe(false);
    expect(await store.read('default')).toEqual(someTotals());
  });
}
