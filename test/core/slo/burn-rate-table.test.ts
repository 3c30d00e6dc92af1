import { describe, expect, test } from 'vitest';
import { falseAlerts, minutesToPage, ours, workbookAlone } from '../../../bench/burn-rate.ts';
import { median } from '../../../bench/median.ts';

// A part of the table that `npm run bench -- burn-rate` measures, from the same seeds; all of it is in docs/decisions/burn-rates.md.

const independent = { name: 'independent', sd: 0, phi: 0.9 };
const varying = { name: 'AR(1) sd 0.8', sd: 0.8, phi: 0.9 };
const seeds = Array.from({ length: 101 }, (_, run) => 1_000 + run);

describe('somebody is woken', () => {
  test.each(
    [0.999, 0.99, 0.95, 0.9].flatMap((objective) =>
      [2, 20, 200].flatMap((perMinute) =>
        [independent, varying].map((noise) => ({ objective, perMinute, noise, name: noise.name })),
      ),
    ),
  )('within 10 min at $objective, $perMinute tasks/min, $name, in the median', (setting) => {
    expect(median(seeds.map((seed) => minutesToPage(setting, ours, 1, seed)))).toBeLessThanOrEqual(6);
    expect(median(seeds.map((seed) => minutesToPage(setting, ours, 0.5, seed)))).toBeLessThanOrEqual(10);
  });

  test('by the workbook alone as late as the formula of detection time says, and never of half at 90 %', () => {
    const wait = (objective: number, failing: number) =>
      median(
        seeds
          .slice(0, 5)
          .map((seed) =>
            minutesToPage({ objective, perMinute: 200, noise: independent }, workbookAlone, failing, seed),
          ),
      );
    // (1 − objective) ÷ error ratio × 60 × 14.4 is 8.6 and 43.2, × 360 × 6 at 90 % 216; less the errors that were there before.
    expect(wait(0.99, 1)).toBe(9);
    expect(wait(0.95, 1)).toBe(43);
    expect(wait(0.9, 1)).toBe(210);
    expect(wait(0.9, 0.5)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('nobody is woken for nothing more than once in 30 days', () => {
  test.each([
    { objective: 0.99, perMinute: 2, noise: varying },
    { objective: 0.95, perMinute: 20, noise: varying },
    { objective: 0.9, perMinute: 20, noise: varying },
    { objective: 0.9, perMinute: 2, noise: independent },
  ])('at $objective, $perMinute tasks/min, $noise.name', (setting) => {
    const months = [1, 2, 3].map((seed) => falseAlerts(setting, [ours], seed)[0]?.pages ?? Number.NaN);
    expect(months.reduce((sum, pages) => sum + pages, 0)).toBeLessThanOrEqual(3);
  });

  test('where the workbook alone wakes somebody for single failures', () => {
    const setting = { objective: 0.999, perMinute: 2, noise: independent };
    const [workbook, its] = falseAlerts(setting, [workbookAlone, ours], 1);
    expect(workbook?.pages).toBeGreaterThan(1);
    expect(its?.pages).toBe(0);
  });
});
