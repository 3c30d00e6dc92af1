import { expect, test } from 'vitest';
import type { WorkloadHistory } from '../../../lib/core/plan/workload-history.ts';
import { workloadLeads } from '../../../lib/core/plan/workload-leads.ts';
import { createRandom } from '../../../lib/sim/random.ts';

const HOURS = 24 * 28;
const HOUR_MS = 3_600_000;

/** Work with a day in it, and bursts that come at their own times. */
function drafts(): number[] {
  const random = createRandom(1, 'drafts');
  return Array.from(
    { length: HOURS },
    (_, hour) => 50 + 20 * Math.sin((2 * Math.PI * hour) / 24) + 10 * random.normal(0, 1),
  );
}

const historyOf = (perMin: readonly number[]): WorkloadHistory => ({
  from: 0,
  perMin: Float64Array.from(perMin),
  imported: 0,
});

test('reviews that come two hours after drafts are led by them, and drafts by nothing', () => {
  const own = createRandom(2, 'reviews');
  const leading = drafts();
  const reviews = leading.map((_, hour) => 0.5 * (leading[hour - 2] ?? 50) + 2 * own.normal(0, 1));
  const leads = workloadLeads(
    new Map([
      ['fleet', historyOf(leading)],
      ['taskType:draft', historyOf(leading)],
      ['taskType:review', historyOf(reviews)],
    ]),
  );
  expect([...leads.keys()]).toEqual(['taskType:review']);
  expect(leads.get('taskType:review')).toMatchObject([{ scope: 'taskType:draft', lagMs: 2 * HOUR_MS }]);
  expect(leads.get('taskType:review')?.[0]?.lift).toBeGreaterThan(0.3);
});

test('a few days tell of no lead', () => {
  const week = drafts().slice(0, 24 * 7);
  const leads = workloadLeads(
    new Map([
      ['taskType:draft', historyOf(week)],
      ['taskType:review', historyOf([0, 0, ...week.slice(0, -2)])],
    ]),
  );
  expect(leads.size).toBe(0);
});
