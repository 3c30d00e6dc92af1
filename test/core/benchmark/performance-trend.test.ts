import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KpiTrend } from '../../../lib/core/benchmark/benchmark.ts';
import { performanceTrends, type TrendOptions } from '../../../lib/core/benchmark/performance-trend.ts';
import type { WorkDay } from '../../../lib/core/benchmark/work-day.ts';
import type { KpiId } from '../../../lib/core/kpi/registry.ts';
import type { ChangeEvent } from '../../../lib/core/model/event.ts';
import { DAY_MINUTES, startOfMinute } from '../../../lib/core/model/time.ts';
import { createRandom } from '../../../lib/sim/random.ts';
import { answered, dayOfWork, TODAY, type Work } from '../../fixtures/work-days.ts';

/** Days of work, the oldest first; `ago` is 1 for yesterday. */
function history(work: (ago: number) => readonly Work[], days = 90): WorkDay[] {
  return Array.from({ length: days }, (_, i) => dayOfWork(days - i, work(days - i)));
}

async function trendOf(days: readonly WorkDay[], kpi: KpiId, of: Partial<TrendOptions> & { scope?: string } = {}) {
  const { scope = 'fleet', ...options } = of;
  const trends = await performanceTrends(() => days, { today: TODAY, ...options });
  return trends.get(scope)?.find((trend) => trend.kpi === kpi) as KpiTrend;
}

/** A day's luck, the same whenever it is asked for: 1 % or so, without memory. */
const luck = (ago: number, name = '') => 1 + createRandom(ago, `luck ${name}`).normal(0, 0.01);

/** Two task types, of 1 s and of 4 s; `long` of 1,000 tasks are of the latter. */
const twoTypes = (ago: number, long: number, factor = 1): Work[] => [
  { agent: 'a', taskType: 'short', counters: answered(1_000 - long, 1_000 * factor * luck(ago)) },
  { agent: 'a', taskType: 'long', counters: answered(long, 4_000 * factor * luck(ago)) },
];

describe('the performance trend', () => {
  test('tells a slowdown of 5 % though other task types make the plain mean fall', async () => {
    // 1.6 s before (500 long: 2.5 s); 400 long: 2.2 s x 1.05 = 2.31 s.
    const days = history((ago) => twoTypes(ago, ago <= 7 ? 400 : 500, ago <= 7 ? 1.05 : 1));
    const trend = await trendOf(days, 'average_response_time');
    expect(trend).toMatchObject({ verdict: 'worse', changeUnit: 'ratio', unit: 'ms', n: 7_000 });
    expect(trend.change).toBeCloseTo(2.31 / 2.5 - 1, 1);
    expect(trend.mixEffect).toBeCloseTo(2.2 / 2.5 - 1, 2);
    expect(trend.mix?.taskTypes).toBeCloseTo(2.2 / 2.5 - 1, 2);
    expect(trend.mix?.agents).toBeCloseTo(0, 4);
    expect(trend.mix?.hours).toBeCloseTo(0, 4);
    expect(trend.performanceEffect?.value).toBeCloseTo(0.05, 1);
    expect(trend.performanceEffect?.low).toBeGreaterThan(0.03);
  });

  test('tells nothing where only slow agents do more, and says that it is that', async () => {
    const days = history((ago) => [
      { agent: 'quick', counters: answered(ago <= 7 ? 300 : 700, 1_000 * luck(ago)) },
      { agent: 'slow', counters: answered(ago <= 7 ? 700 : 300, 2_000 * luck(ago)) },
    ]);
    const trend = await trendOf(days, 'average_response_time');
    expect(trend.verdict).toBe('same');
    expect(trend.change).toBeCloseTo(1.7 / 1.3 - 1, 1);
    expect(trend.mix?.agents).toBeCloseTo(1.7 / 1.3 - 1, 1);
    expect(trend.mix?.taskTypes).toBeCloseTo(0, 6);
  });

  test('holds hours with like hours: work that moves to the busy hours is slower, and no worse', async () => {
    const days = history((ago) => [
      { agent: 'a', hour: 3, counters: answered(ago <= 7 ? 200 : 800, 1_000 * luck(ago)) },
      { agent: 'a', hour: 14, counters: answered(ago <= 7 ? 800 : 200, 1_500 * luck(ago)) },
    ]);
    const trend = await trendOf(days, 'average_response_time');
    expect(trend.verdict).toBe('same');
    expect(trend.mix?.hours).toBeCloseTo(1.4 / 1.1 - 1, 1);
  });

  test('takes a new agent for other work, and not for better or worse', async () => {
    const days = history((ago) => [
      { agent: 'old', counters: answered(500, 1_000 * luck(ago)) },
      ...(ago <= 10 ? [{ agent: 'new', counters: answered(500, 3_000 * luck(ago)) }] : []),
    ]);
    const trend = await trendOf(days, 'average_response_time');
    expect(trend.verdict).toBe('same');
    expect(trend.change).toBeGreaterThan(0.5);
    expect(trend.performanceEffect?.value).toBeCloseTo(0, 1);
    expect(await trendOf(days, 'average_response_time', { scope: 'agent:new' })).toMatchObject({
      verdict: 'unknown',
      reason: 'only 3 days before the last 7 tell it; 14 are needed',
    });
  });

  test('finds a slowdown of a month ago, says since when, and names the change of about then', async () => {
    const days = history((ago) => twoTypes(ago, ago <= 30 ? 400 : 500, ago <= 30 ? 1.05 : 1));
    const at = (ago: number) => startOfMinute(TODAY - ago * DAY_MINUTES) + 3_600_000;
    const change = (ago: number, of: Partial<ChangeEvent>) => ({
      id: `${ago}`,
      event: { type: 'change' as const, kind: 'deploy' as const, atMs: at(ago), ...of },
    });
    const changes = [
      change(60, { version: 'v1' }),
      change(30, { version: 'v2', pool: 'chat' }),
      change(31, { kind: 'config', note: 'smaller batches' }),
      change(5, { version: 'v3' }),
    ];
    const trend = await trendOf(days, 'average_response_time', { changes });
    expect(trend).toMatchObject({
      verdict: 'worse',
      since: { atMs: at(30) - 3_600_000, changes: ['config, smaller batches', 'deploy of pool chat, v2'] },
    });
    expect(trend.performanceEffect?.value).toBeCloseTo(0.05, 1);
    // The reference is what was before.
    expect((trend.reference as number) / 2_500).toBeCloseTo(1, 1);
  });

  test('does not call a week worse for one day of outage, and says that it is set aside', async () => {
    const days = history((ago) => twoTypes(ago, 500, ago === 3 ? 3 : 1));
    const trend = await trendOf(days, 'average_response_time');
    expect(trend).toMatchObject({ verdict: 'same', n: 6_000, reason: 'odd days are set aside: 2026-04-03' });
    expect(Math.abs(trend.change as number)).toBeLessThan(0.03);
  });

  test('tells points for shares: a completion rate that fell by three', async () => {
    const rate = (ago: number) => (ago <= 7 ? 0.95 : 0.98) * luck(ago) ** 0.1;
    const days = history((ago) => {
      const completed = Math.min(2_000, Math.round(2_000 * rate(ago)));
      return [{ agent: 'a', counters: { completed, failed: 2_000 - completed } }];
    });
    const trend = await trendOf(days, 'task_completion_rate');
    expect(trend).toMatchObject({ verdict: 'worse', changeUnit: 'points', unit: 'ratio' });
    expect(trend.performanceEffect?.value).toBeCloseTo(-0.03, 2);
    expect((await trendOf(days, 'error_ratio')).performanceEffect?.value).toBeCloseTo(0.03, 2);
  });

  test('takes more rejections by a pool for performance, and leaves its agents alone', async () => {
    const days = history((ago) => [
      { agent: 'a', counters: { completed: 1_000 - (ago % 3), failed: ago % 3 } },
      { agent: '', counters: { rejected: (ago <= 7 ? 100 : 10) + (ago % 4) } },
    ]);
    const trend = await trendOf(days, 'error_ratio', { scope: 'pool:chat' });
    expect(trend.verdict).toBe('worse');
    expect(trend.mixEffect).toBeCloseTo(0, 6);
    expect(trend.performanceEffect?.value).toBeCloseTo(0.08, 1);
    expect(await trendOf(days, 'error_ratio', { scope: 'agent:a' })).toMatchObject({ verdict: 'same' });
  });

  test('is no worse for one failure in a week after months without any', async () => {
    const days = history((ago) => [{ agent: 'a', counters: { completed: 10, failed: ago === 2 ? 1 : 0 } }]);
    expect(await trendOf(days, 'task_completion_rate')).toMatchObject({ verdict: 'same' });
  });

  test('says what is missing: no cost, no rating, too few days; the value is still told', async () => {
    const days = history((ago) => twoTypes(ago, 500), 12);
    expect(await trendOf(days, 'cost_per_task')).toMatchObject({
      ...{ value: null, change: null, verdict: 'unknown' },
      reason: 'no completed task told its cost (costUsd) in the last 7 days',
    });
    expect(await trendOf(days, 'customer_satisfaction')).toMatchObject({
      value: null,
      n: 0,
      reason: 'no task was rated',
    });
    const trend = await trendOf(days, 'average_response_time');
    expect(trend).toMatchObject({ verdict: 'unknown', reason: 'only 5 days before the last 7 tell it; 14 are needed' });
    expect(trend.value).toBeGreaterThan(2_400);
  });

  test('draws the drift of a KPI that gets slower by 1 % a week', async () => {
    const days = history((ago) => twoTypes(ago, 500, 1.01 ** (-ago / 7)));
    const { perWeek } = await trendOf(days, 'average_response_time');
    expect(perWeek?.value).toBeCloseTo(0.01, 2);
    expect(perWeek?.low).toBeGreaterThan(0.005);
    expect(perWeek?.high).toBeLessThan(0.015);
  });

  test('is of the fleet, every pool and every agent, or of those that are asked for', async () => {
    const days = history((ago) => [...twoTypes(ago, 500), { agent: 'b', pool: 'code', counters: answered(10, 1_000) }]);
    const scopes = async (options: Partial<TrendOptions>) =>
      [...(await performanceTrends(() => days, { today: TODAY, ...options })).keys()].sort();
    expect(await scopes({})).toEqual(['agent:a', 'agent:b', 'fleet', 'pool:chat', 'pool:code']);
    expect(await scopes({ scopes: ['pool:code', 'agent:nobody'] })).toEqual(['agent:nobody', 'pool:code']);
  });

  test('passes over today and days of more than 90 days ago', async () => {
    const days = history((ago) => twoTypes(ago, 500));
    const more = [dayOfWork(0, twoTypes(0, 999, 9)), ...days, dayOfWork(91, twoTypes(91, 999, 9))];
    expect(await trendOf(more, 'average_response_time')).toEqual(await trendOf(days, 'average_response_time'));
  });
});

describe('for any work', () => {
  /** Six weeks of three agents and two task types in four hours. */
  const drawnDays = fc.integer({ min: 1, max: 1e6 }).map((seed) => {
    const random = createRandom(seed, 'work');
    return history(
      () =>
        Array.from({ length: 12 }, (_, i): Work => {
          const tasks = 1 + random.int(40);
          const failed = random.int(3);
          const counters = { ...answered(tasks, random.uniform(500, 5_000)), failed, costNanoUsd: random.int(1e9) };
          return {
            ...{ agent: `agent-${i % 3}`, pool: i % 3 === 2 ? 'code' : 'chat', taskType: `type-${i % 2}` },
            ...{ hour: 6 * Math.floor(i / 3), counters },
          };
        }),
      42,
    );
  });
  const all = (days: readonly WorkDay[]) => performanceTrends(() => days, { today: TODAY });

  test('the parts of a change add up to it', async () => {
    await fc.assert(
      fc.asyncProperty(drawnDays, async (days) => {
        for (const trend of [...(await all(days)).values()].flat()) {
          if (trend.change === null) continue;
          const { change, mixEffect, mix, performanceEffect, changeUnit } = trend;
          const plain = (part: number | undefined | null) =>
            changeUnit === 'ratio' ? Math.log1p(part as number) : (part as number);
          expect(plain(mixEffect) + plain(performanceEffect?.value)).toBeCloseTo(plain(change), 9);
          expect(plain(mix?.taskTypes) + plain(mix?.agents) + plain(mix?.hours)).toBeCloseTo(plain(mixEffect), 9);
          const { value, reference } = trend as { value: number; reference: number };
          expect(changeUnit === 'ratio' ? value / reference - 1 : value - reference).toBeCloseTo(change, 9);
        }
      }),
      { numRuns: 8 },
    );
  });

  test('other units scale values and no change', async () => {
    await fc.assert(
      fc.asyncProperty(drawnDays, fc.integer({ min: 2, max: 1_000 }), async (days, times) => {
        const scaled = days.map((day) => ({
          ...day,
          counters: { ...day.counters, responseUs: day.counters.responseUs.map((us) => us * times) },
        }));
        const [plain, longer] = await Promise.all([days, scaled].map((of) => trendOf(of, 'average_response_time')));
        expect(longer?.value).toBeCloseTo(times * (plain?.value as number), 3);
        expectAlike({ ...longer, value: 0, reference: 0 }, { ...plain, value: 0, reference: 0 });
      }),
      { numRuns: 8 },
    );
  });

  test('other names of agents, and rows in another order, change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(drawnDays, async (days) => {
        const renamed = days.map((day) => ({
          ...day,
          workers: day.workers.map(({ agent, pool }) => ({ agent: `x${9 - Number(agent.at(-1))}`, pool })),
        }));
        const plain = await all(days);
        const other = await all(renamed.map(reversed));
        expectAlike(other.get('fleet'), plain.get('fleet'));
        expectAlike(other.get('pool:chat'), plain.get('pool:chat'));
        expectAlike(other.get('agent:x8'), plain.get('agent:agent-1'));
      }),
      { numRuns: 8 },
    );
  });

  function reversed(day: WorkDay): WorkDay {
    return {
      ...day,
      rows: {
        worker: day.rows.worker.toReversed(),
        taskType: day.rows.taskType.toReversed(),
        hour: day.rows.hour.toReversed(),
      },
      counters: Object.fromEntries(
        Object.entries(day.counters).map(([name, values]) => [name, values.toReversed()]),
      ) as unknown as WorkDay['counters'],
    };
  }

  /** Equal to nine digits: sums in another order differ in the last. */
  function expectAlike(actual: unknown, expected: unknown): void {
    const rounded = (of: unknown) =>
      JSON.parse(
        JSON.stringify(of, (_, value) => (typeof value === 'number' ? Math.round(value * 1e6) / 1e6 + 0 : value)),
      );
    expect(rounded(actual)).toEqual(rounded(expected));
  }
});
