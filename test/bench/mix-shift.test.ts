import { describe, expect, test } from 'vitest';
import { drawHistory } from '../../bench/mix-shift/history.ts';
import { judgeHistory } from '../../bench/mix-shift/judge.ts';
import { DAY_MINUTES } from '../../lib/core/model/time.ts';

const hidden = { slowdown: 1.05, mixFactor: [0.84, 0.95], isHidden: true } as const;
const mixOnly = { slowdown: 1, mixFactor: [1.05, 1.19] } as const;

describe('histories with a shift of mix', () => {
  test('are ninety whole days up to today, the same for the same seed', () => {
    const { days, today, onset } = drawHistory(3, hidden);
    expect(days.map(({ day }) => (today - day) / DAY_MINUTES)).toEqual(Array.from({ length: 90 }, (_, i) => 90 - i));
    expect((today - onset) / DAY_MINUTES).toBeGreaterThanOrEqual(7);
    expect((today - onset) / DAY_MINUTES).toBeLessThanOrEqual(45);
    expect(days.every(({ rows }) => rows.worker.length === rows.hour.length && rows.worker.length > 300)).toBe(true);
    expect(drawHistory(3, hidden)).toEqual(drawHistory(3, hidden));
  });

  test('that hide a slowdown have a plain mean that does not rise', async () => {
    for (let seed = 1; seed <= 3; seed++) expect((await judgeHistory(seed, hidden)).plainChange).toBeLessThanOrEqual(0);
  });

  test('are judged by performance: a hidden slowdown is told, and other work alone is not', async () => {
    const slower = await Promise.all([1, 2, 3, 4].map((seed) => judgeHistory(seed, hidden)));
    expect(slower.filter(({ trend }) => trend.verdict === 'worse').length).toBeGreaterThanOrEqual(3);
    expect(slower.filter(({ plainVerdict }) => plainVerdict === 'worse')).toEqual([]);
    const same = await Promise.all([1, 2, 3, 4].map((seed) => judgeHistory(seed, mixOnly)));
    expect(same.filter(({ trend }) => trend.verdict === 'same').length).toBeGreaterThanOrEqual(3);
  });
});
