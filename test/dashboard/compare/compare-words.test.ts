import { expect, test } from 'vitest';
import type { BenchmarksAnswer, Trend } from '../../../lib/dashboard/compare/benchmark-answers.ts';
import { gainSentence } from '../../../lib/dashboard/compare/gain-words.ts';
import { madeText } from '../../../lib/dashboard/compare/made-words.ts';
import { nextMonday } from '../../../lib/dashboard/compare/next-monday.ts';
import { sumText } from '../../../lib/dashboard/compare/rating-words.ts';
import type { Figure, Review } from '../../../lib/dashboard/compare/review-answers.ts';
import { figureText, figureTitle, queriesIn } from '../../../lib/dashboard/compare/review-parts.ts';
import { standingText } from '../../../lib/dashboard/compare/standing-words.ts';
import { partsSentence, trendText } from '../../../lib/dashboard/compare/trend-words.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

const slower: Trend = {
  ...{ kpi: 'average_response_time', unit: 'ms', changeUnit: 'ratio', value: 2_310, reference: 2_500, n: 6_300 },
  ...{ change: -0.076, low: -0.08, high: -0.07, mixEffect: -0.143, mix: { taskTypes: -0.143, agents: 0, hours: 0 } },
  ...{ performance: { value: 0.078, low: 0.07, high: 0.087 }, perWeek: null, verdict: 'worse' },
};

test('a change is told with its parts, what other work hides first', () => {
  expect(plain(partsSentence(slower))).toBe(
    'It changed by −7.6 %: −14.3 % came of other work (task types −14.3 %, agents 0 %, hours 0 %), +7.8 % of doing the same work differently.',
  );
  expect(plain(trendText(slower))).toBe('+7.8 % (+7.0 % to +8.7 %)');
  expect(partsSentence({ ...slower, change: null })).toBe('The change is not known.');
});

test('shares change by points of a hundred', () => {
  const share: Trend = { ...slower, unit: 'ratio', changeUnit: 'points', performance: null, change: 0.004 };
  expect(plain(trendText(share))).toBe('+0.40 points');
});

test('the parts of a rating add up to it', () => {
  expect(sumText(40, [{ lost: 45.4 }, { lost: 14.6 }, { lost: 0 }])).toBe('100 − 45.4 − 14.6 = 40.0 points');
  expect(sumText(60, [{ lost: 45 }, { lost: -5 }])).toBe('100 − 45.0 + 5.0 = 60.0 points');
});

test.each([
  ['usd/day', '$12.4 a day ($10.0 a day to $15.0 a day)'],
  ['tasks/day', '12.4 tasks a day (10 tasks a day to 15 tasks a day)'],
  ['ms', '12.4 ms (10.0 ms to 15.0 ms)'],
])('a gain in %s has its unit and interval', (unit, text) => {
  expect(plain(gainSentence({ gain: { value: 12.4, low: 10, high: 15 }, unit }))).toBe(text);
});

test('a standing is not told twice', () => {
  expect(standingText({ standing: 'better', band: 'better than the published range' })).toBe(
    'better than the published range',
  );
  expect(standingText({ standing: 'better', band: 'reaches "good"' })).toBe('better: reaches "good"');
  expect(standingText({ standing: 'same' })).toBe('same');
});

test('before the first comparison the answer says when it is made', () => {
  const answer = { madeAt: null, reason: 'provisional, of 19 minutes' } as BenchmarksAnswer;
  expect(madeText(answer)).toBe('Provisional, of 19 minutes.');
});

test.each([
  ['2026-11-27T10:00:00Z', '30 Nov 03:17'],
  ['2026-11-30T03:00:00Z', '30 Nov 03:17'],
  ['2026-11-30T04:00:00Z', '7 Dec 03:17'],
])('after %s the next week is reviewed on %s', (now, then) => {
  expect(nextMonday(Date.parse(now))).toBe(then);
});

test('a figure of a review is told with unit and sign, and names its request', () => {
  const figure: Figure = { value: 0.05, unit: 'ratio', n: 1_200, query: '/v1/fleet?window=7d', isChange: true };
  expect(plain(figureText(figure))).toBe('+5.0 %');
  expect(figureTitle(figure)).toBe('n 1,200; GET /v1/fleet?window=7d');
  expect(figureText({ ...figure, value: null, reason: 'no task ended' })).toBe('no task ended');
  expect(plain(figureText({ value: 12, unit: 'usd/day', query: '/v1/plan' }))).toBe('$12.0 a day');
});

test('the requests of a review are each named once', () => {
  const figure = { value: 1, unit: 'ms', query: '/v1/fleet' };
  const review = { summary: [{ words: [figure, figure], query: '/v1/alerts' }] } as unknown as Review;
  expect(queriesIn(review)).toEqual(['/v1/fleet', '/v1/alerts']);
});
