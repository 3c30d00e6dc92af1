import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type WorkCounter, type WorkDay, workCounters } from '../../lib/core/benchmark/work-day.ts';
import { DAY_MINUTES } from '../../lib/core/model/time.ts';
import type { WorkDayStore } from '../../lib/ports/work-day-store.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const TODAY = Math.floor(NOW_MS / 60_000 / DAY_MINUTES) * DAY_MINUTES;

function workDay(day: number, rows: number, value: (row: number, counter: number) => number): WorkDay {
  const workers = Array.from({ length: Math.max(1, Math.ceil(rows / 24)) }, (_, i) => ({ agent: `ü-${i}`, pool: 'p' }));
  return {
    ...{ day, workers, taskTypes: ['a', 'b'] },
    rows: {
      worker: Uint32Array.from({ length: rows }, (_, i) => Math.floor(i / 24)),
      taskType: Uint32Array.from({ length: rows }, (_, i) => i % 2),
      hour: Uint8Array.from({ length: rows }, (_, i) => i % 24),
    },
    counters: Object.fromEntries(
      workCounters.map((name, c) => [name, Float64Array.from({ length: rows }, (_, row) => value(row, c))]),
    ) as Record<WorkCounter, Float64Array>,
  };
}

async function all(store: WorkDayStore, from: number, to: number, system = 'default'): Promise<WorkDay[]> {
  const days: WorkDay[] = [];
  for await (const day of store.read(system, from, to)) days.push(structuredClone(day));
  return days;
}

export function workDayStoreContract(fresh: FreshStore<WorkDayStore>): void {
  test('gives back what was saved of each day, oldest first', async () => {
    const { store } = await fresh(NOW_MS);
    const counts = fc.sample(fc.array(fc.nat(2 ** 40), { minLength: 16, maxLength: 16 }), { numRuns: 2, seed: 5 });
    const days = [0, 1, 3].map((ago) =>
      workDay(TODAY - ago * DAY_MINUTES, 30 * ago, (row, c) => ((row + c) % 3 === 0 ? (counts[row % 2]?.[c] ?? 0) : 0)),
    );
    for (const day of days) await store.save('default', day);
    expect(await all(store, TODAY - 3 * DAY_MINUTES, TODAY + DAY_MINUTES)).toEqual([...days].reverse());
    expect(await all(store, TODAY - 2 * DAY_MINUTES, TODAY)).toEqual([days[1]]);
    expect(await store.days('default', TODAY - 9 * DAY_MINUTES, TODAY)).toEqual([
      TODAY - 3 * DAY_MINUTES,
      TODAY - DAY_MINUTES,
    ]);
    expect(await all(store, 0, TODAY + DAY_MINUTES, 'other')).toEqual([]);
  });

  test('a day that is saved again is there once, as it was saved last, however large it was', async () => {
    const { store, setNow } = await fresh(NOW_MS);
    const large = workDay(TODAY, 24_000, (row, c) => (row * 2_654_435_761 + c * 40_503) % 1_000_003);
    for (const [i, day] of [large, workDay(TODAY, 24, () => 7), large].entries()) {
      setNow(NOW_MS + i);
      await store.save('default', day);
      expect(await all(store, TODAY, TODAY + 1)).toEqual([day]);
    }
  });
}
