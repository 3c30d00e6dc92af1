import { describe, expect, test } from 'vitest';
import { measureLasting } from '../../../lib/core/effect/measure-lasting.ts';
import { intervalOf, verdictOf } from '../../../lib/core/effect/step-verdict.ts';
import { emptyFigures } from '../../../lib/core/kpi/figures.ts';
import type { HistoryPoint } from '../../../lib/core/kpi/history-point.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import { createRandom } from '../../../lib/sim/random.ts';

const HOUR = 60;
const DECIDED = 1_000 * 1_440;

/** Hours before and after DECIDED, each with its mean response time. */
function hoursOf(before: number, after: number, msOf: (hour: number) => number, tasks = 6_000): HistoryPoint[] {
  return Array.from({ length: before + after }, (_, i) => {
    const hour = i - before;
    const figures = emptyFigures();
    const responseUs = Math.round(tasks * 1_000 * msOf(hour));
    Object.assign(figures.tasks.counters, { completed: tasks, responseCount: tasks, responseUs });
    return { scope: 'pool:p', at: DECIDED + hour * HOUR, figures, metric: null };
  });
}

const daily = (hour: number) => 1_000 + 400 * Math.sin((2 * Math.PI * hour) / 24);
const dayAfter = { from: DECIDED + HOUR, to: DECIDED + 25 * HOUR };

function measured(own: HistoryPoint[], peers: Record<string, HistoryPoint[]> = {}) {
  const outcome = measureLasting({
    ...{ history: { own, peers: new Map(Object.entries(peers)) }, figure: 'average_response_time', ...dayAfter },
    decidedMs: DECIDED * MINUTE_MS,
  });
  if (outcome.status !== 'measured') throw new Error(outcome.reason);
  return { ...intervalOf(outcome.steps), verdict: verdictOf(outcome.steps, 'down'), evidence: outcome.evidence };
}

describe('what lasted for a day', () => {
  const random = createRandom(21, 'lasting');
  const noise = () => 30 * Math.log(random.logNormal(1, 1));

  test('is told from a week of hours, whatever the day does by itself', () => {
    const { estimate, low, high, verdict } = measured(
      hoursOf(168, 25, (hour) => daily(hour) + noise() - (hour > 0 ? 60 : 0)),
    );
    expect(verdict).toBe('helped');
    expect(low).toBeLessThan(-60);
    expect(high).toBeGreaterThan(-60);
    expect(estimate).toBeLessThan(-30);
  });

  test('is nothing where nothing was done, but in one case of ten at most', () => {
    const trials = 200;
    const told = Array.from({ length: trials }, () => measured(hoursOf(168, 25, (hour) => daily(hour) + noise())));
    expect(told.filter(({ verdict }) => verdict !== 'no_effect').length / trials).toBeLessThanOrEqual(0.1);
  });

  test('is told beside pools that the same weather moved', () => {
    const weather = new Map(Array.from({ length: 200 }, (_, i) => [i - 170, i > 170 ? 200 + noise() : noise()]));
    const own = hoursOf(168, 25, (hour) => daily(hour) + (weather.get(hour) ?? 0) + noise() / 10);
    const peer = hoursOf(168, 25, (hour) => 2 * daily(hour) + 2 * (weather.get(hour) ?? 0) + noise() / 10);
    expect(measured(own).verdict).toBe('harmed');
    expect(measured(own, { peer })).toMatchObject({
      verdict: 'no_effect',
      evidence: [expect.stringMatching('beside peer')],
    });
  });

  test.each([
    { what: 'hours before', before: 20, after: 25, reason: 'the pool has only 20 hours of history, 24 are needed' },
    {
      ...{ what: 'hours since', before: 100, after: 10 },
      reason: 'average_response_time is known of only 9 hours of the day, 18 are needed',
    },
  ])('is unmeasurable with too few $what', ({ before, after, reason }) => {
    expect(() => measured(hoursOf(before, after, daily))).toThrow(reason);
  });

  test('is unmeasurable when the pool has half as much work again', () => {
    const own = [...hoursOf(168, 0, daily), ...hoursOf(0, 25, daily, 9_000)];
    expect(() => measured(own)).toThrow('9000 tasks an hour ended where 6000 had before');
  });
});
