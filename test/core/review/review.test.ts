import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Endpoint } from '../../../lib/api/endpoint.ts';
import { readParameters } from '../../../lib/api/query-parameters.ts';
import { queryEndpoints } from '../../../lib/api/registry.ts';
import { readSeriesRequest, seriesEndpoint } from '../../../lib/api/series-endpoint.ts';
import { composeReview } from '../../../lib/core/review/compose-review.ts';
import type { Figure } from '../../../lib/core/review/figure.ts';
import { figureText } from '../../../lib/core/review/figure.ts';
import type { Review } from '../../../lib/core/review/review.ts';
import { isoWeek, weekPeriod } from '../../../lib/core/review/week.ts';
import { emptyInput, fullInput, hostileNames, WEEK } from './review-fixture.ts';

const review = composeReview(fullInput());
const nameds = hostileNames.map((hostile) => fullInput(() => hostile));

/** 'bare' where a type has a number that is in no figure. */
type Bare<Of> = Of extends Figure
  ? never
  : Of extends number
    ? 'bare'
    : Of extends readonly (infer Item)[]
      ? Bare<Item>
      : Of extends object
        ? { [Name in keyof Of]: Bare<Of[Name]> }[keyof Of]
        : never;

/** Paths of numbers that stand in no figure with a request. */
function bareNumbers(value: unknown, path = ''): string[] {
  if (typeof value === 'number') return [path];
  if (typeof value !== 'object' || value === null) return [];
  if ('query' in value && 'unit' in value) return String(value.query).startsWith('/v1/') ? [] : [path];
  return Object.entries(value).flatMap(([name, it]) => bareNumbers(it, `${path}.${name}`));
}

function figuresIn(value: unknown): Figure[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('query' in value && 'unit' in value) return [value as Figure];
  return Object.values(value).flatMap(figuresIn);
}

describe('every number of a review', () => {
  it('is a figure by its type', () => {
    expectTypeOf<Bare<Review>>().toEqualTypeOf<never>();
    expectTypeOf<Bare<{ figure: Figure; also: { bare: number } }>>().toEqualTypeOf<'bare'>();
  });

  it('is a figure with the request that repeats it, as JSON too', () => {
    expect(bareNumbers(JSON.parse(JSON.stringify(review)))).toEqual([]);
    expect(bareNumbers(composeReview(emptyInput))).toEqual([]);
    expect(figuresIn(review).length).toBeGreaterThan(150);
  });

  it('has a request that the API takes', () => {
    const asked = new Set(figuresIn(review).map(({ query }) => query));
    expect(asked.size).toBeGreaterThan(12);
    for (const query of asked) {
      // Their endpoints are declared beside what answers them.
      if (/^\/v1\/(benchmarks|reviews)\b/.test(query)) continue;
      const url = new URL(query, 'http://localhost');
      const of: Endpoint | undefined = Object.values<Endpoint>(queryEndpoints).find(
        ({ method, path }) => method === 'GET' && new RegExp(`^${path.replace(/\{\w+\}/g, '.+')}$`).test(url.pathname),
      );
      expect(of, query).toBeDefined();
      const { parameters, requiredParameters } = of as Endpoint;
      expect(
        () => readParameters(Object.fromEntries(url.searchParams), parameters, requiredParameters),
        query,
      ).not.toThrow();
      if (url.pathname !== '/v1/series') continue;
      const given = readParameters(Object.fromEntries(url.searchParams), seriesEndpoint.parameters);
      expect(() => readSeriesRequest(given as never, WEEK.toMs), query).not.toThrow();
    }
  });
});

describe('a review', () => {
  it('is of a week, and refuses what is none', () => {
    expect([review.from, review.to]).toEqual(['2026-03-16T00:00:00Z', '2026-03-23T00:00:00Z']);
    expect(() => composeReview({ ...emptyInput, week: '2026-W54' })).toThrow(RangeError);
    expect(() => composeReview({ ...emptyInput, week: 'last week' })).toThrow('got last week');
  });

  it('counts incidents, not alerts or recommendations, and times them', () => {
    const { incidents } = review;
    expect(incidents.count).toMatchObject({ value: 3, unit: 'incidents' });
    expect(incidents.countBefore.value).toBe(2);
    expect(incidents.byDay.map(({ count }) => count.value)).toEqual([1, 0, 0, 1, 0, 0, 1]);
    // By hand: each was noticed after 3 min, two of three are over after 47 min, one was taken after 4 min.
    expect(incidents.toDetect).toMatchObject({ value: 180_000, n: 3 });
    expect(incidents.toResolve).toMatchObject({ value: 47 * 60_000, n: 2 });
    expect(incidents.toAcknowledge).toMatchObject({ value: 240_000, n: 1 });
    expect(incidents.listed.map(({ severity }) => severity)).toEqual(['critical', 'high', 'medium']);
    expect(incidents.listed[1]?.lasted).toMatchObject({ value: null, reason: 'not over' });
  });

  it('takes alerts of a pool that begin within an hour as one incident', () => {
    const input = fullInput();
    const [monday] = input.alerts.slice(3);
    const soon = {
      ...monday!,
      id: 'soon',
      onsetMs: monday!.onsetMs + 40 * 60_000,
      detectedMs: monday!.detectedMs + 40 * 60_000,
    };
    const later = {
      ...soon,
      id: 'later',
      onsetMs: soon.onsetMs + 61 * 60_000,
      detectedMs: soon.detectedMs + 61 * 60_000,
    };
    expect(composeReview({ ...input, alerts: [...input.alerts, soon] }).incidents.count.value).toBe(3);
    expect(composeReview({ ...input, alerts: [...input.alerts, soon, later] }).incidents.count.value).toBe(4);
  });

  it('tells what comes again every Monday, since when, and when next', () => {
    const [recurring, ...others] = review.recurring;
    expect(others).toEqual([]);
    expect(recurring).toMatchObject({
      ...{ title: 'Latency increase: pool writers', calendar: { kind: 'weekly', words: 'Mondays about 09:05 UTC' } },
      ...{ count: { value: 4, unit: 'times' }, nextAt: expect.stringMatching(/^2026-03-23T09:/) },
    });
  });

  it('adds up what actions saved, with an interval of independent errors', () => {
    const { tasksSaved, usdSaved, verdicts, byKind } = review.actions;
    // 120 − 14 + 310; each from −12 to +15, so √3 times as much.
    expect(tasksSaved?.estimate.value).toBe(416);
    expect(tasksSaved?.low.value).toBeCloseTo(416 - 12 * Math.sqrt(3), 9);
    expect(tasksSaved?.high.value).toBeCloseTo(416 + 15 * Math.sqrt(3), 9);
    expect(usdSaved?.estimate).toMatchObject({ value: expect.closeTo(2.8, 9), n: 2 });
    expect(Object.values(verdicts).map(({ value }) => value)).toEqual([2, 1, 1, 1]);
    expect(byKind[0]).toMatchObject({ kind: 'route', issued: { value: 2 }, tasksSaved: { value: 120 } });
  });

  it('has the share of recommendations that were adopted, and what came of them', () => {
    expect(review.recommendations.adoption).toMatchObject({ value: 1 / 3, n: 3 });
    expect(review.recommendations.results).toMatchObject([
      { verdict: 'as expected', gain: { estimate: { value: 21.5, unit: 'usd/day' } } },
    ]);
  });

  it('says where a movement came from', () => {
    const words = review.moved.map(({ why }) =>
      why.words.map((it) => (typeof it === 'string' ? it : figureText(it))).join(''),
    );
    expect(words).toEqual([
      'mainly the same work done otherwise: +17.7 %; other work did +2.00 %',
      'mainly other work: −8.10 %, most of it other task types (−7.00 %); the same work did −1.30 %',
    ]);
  });

  it('ranks what to do: what fires, budgets, what comes again, harm, what got worse, then what would help', () => {
    expect(review.next.map(({ of }) => of)).toEqual([
      ...(['incident', 'budget', 'recurrence', 'effect', 'trend', 'recommendation', 'coverage', 'coverage'] as const),
    ]);
  });

  it('asks for nothing in a week in which nothing happened', () => {
    const empty = composeReview(emptyInput);
    expect(empty.next).toEqual([]);
    expect(empty.incidents.count.value).toBe(0);
    expect(empty.incidents.toDetect).toMatchObject({ value: null, reason: 'none' });
  });

  it('has an address for whatever things are called', () => {
    for (const input of nameds) {
      for (const { query } of figuresIn(composeReview(input))) {
        expect(query).toMatch(/^\/v1\/[\w\-./:@%]+(\?[\w\-./:@%=&]*)?$/);
      }
    }
  });
});

describe('an ISO week', () => {
  it.each([
    // Python: datetime.date(...).isocalendar()
    ['2026-03-18', '2026-W12'],
    ['2026-12-31', '2026-W53'],
    ['2027-01-03', '2026-W53'],
    ['2024-12-30', '2025-W01'],
    ['2021-01-03', '2020-W53'],
    ['1969-12-31', '1970-W01'],
  ])('of %s is %s', (day, week) => {
    expect(isoWeek(Date.parse(day))).toBe(week);
  });

  it('has every moment from its Monday to the next, and no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (atMs) => {
        const period = weekPeriod(isoWeek(atMs));
        expect(period).not.toBeNull();
        expect(atMs).toBeGreaterThanOrEqual(period!.fromMs);
        expect(atMs).toBeLessThan(period!.toMs);
        expect(new Date(period!.fromMs).getUTCDay()).toBe(1);
      }),
    );
    expect(weekPeriod('2025-W53')).toBeNull();
    expect(weekPeriod('2026-W00')).toBeNull();
  });
});

describe('a figure in words', () => {
  it.each([
    [{ value: 0.0312, unit: 'ratio' }, '3.12 %'],
    [{ value: -0.0312, unit: 'ratio', isChange: true }, '−3.12 %'],
    [{ value: 0.012, unit: 'percentage points', isChange: true }, '+1.20 percentage points'],
    [{ value: 843.4, unit: 'ms' }, '843 ms'],
    [{ value: 12_345.6, unit: 'ms' }, '12.3 s'],
    [{ value: 2_820_000, unit: 'ms' }, '47 min'],
    [{ value: 1, unit: 'incidents' }, '1 incident'],
    [{ value: 1_204_311, unit: 'events' }, '1,204,311 events'],
    [{ value: 12_345.678, unit: 'usd' }, '$12,345.68'],
    [{ value: 0.01834, unit: 'usd' }, '$0.0183'],
    [{ value: 0.4, unit: 'usd' }, '$0.40'],
    [{ value: -3.2, unit: 'usd' }, '−$3.20'],
    [{ value: null, unit: 'ms', reason: 'no tasks' }, 'no tasks'],
  ] as const)('%j is %s', (figure, text) => {
    expect(figureText({ ...figure, query: '/v1/fleet' } as Figure)).toBe(text);
  });
});
