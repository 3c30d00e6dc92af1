import { describe, expect, test } from 'vitest';
import type { SeriesPoint } from '../../../lib/dashboard/answers.ts';
import { axisText, axisTop, linePath, readings, seriesInWords } from '../../../lib/dashboard/charts/series-shape.ts';

const MINUTE = 60_000;
const FROM = Date.parse('2026-11-24T10:00:00Z');
const points = (values: readonly (number | null)[]): SeriesPoint[] =>
  values.map((value, index) => ({ at: FROM + index * MINUTE, value, n: value === null ? 0 : 1 }));
const frame = { width: 50, height: 10, fromMs: FROM, toMs: FROM + 5 * MINUTE, top: 20 };
const path = (values: readonly (number | null)[]) => linePath(readings(points(values), MINUTE), MINUTE, frame);

describe('a line', () => {
  test('goes through the middles of the steps, from 0 at the bottom', () => {
    expect(path([0, 20, 10, 10, 10])).toBe('M5 10L15 0L25 5L35 5L45 5');
  });

  test('breaks where there is no data, and a lonely value is a dot', () => {
    expect(path([10, 10, null, 10, null])).toBe('M5 5L15 5M35 5h0.01');
  });

  test('of nothing is nothing', () => {
    expect(path([null, null])).toBe('');
  });
});

describe('a line in words', () => {
  const words = (values: readonly (number | null)[]) =>
    seriesInWords('Mean response', points(values), {
      unit: 'ms',
      stepMs: MINUTE,
      fromMs: FROM,
      toMs: FROM + 5 * MINUTE,
    }).replaceAll('\u00a0', ' ');

  test('tells where it began, where it is and how far it went', () => {
    expect(words([300, 4_000, null, 100, 400])).toBe(
      'Mean response, 5 min to 10:05 UTC: 300 ms at 10:00, 400 ms at 10:04; lowest 100 ms, highest 4.00 s',
    );
  });

  test('says that there is no data', () => {
    expect(words([null])).toBe('Mean response, 5 min to 10:05 UTC: no data');
  });
});

test.each([
  { highest: 0, unit: 'ms', top: 1, text: '1 ms' },
  { highest: 37, unit: 'ms', top: 40, text: '40 ms' },
  { highest: 7_350, unit: 'ms', top: 8_000, text: '8 s' },
  { highest: 58_000, unit: 'ms', top: 60_000, text: '1 min' },
  { highest: 65_000, unit: 'ms', top: 120_000, text: '2 min' },
  { highest: 5 * 3_600_000, unit: 'ms', top: 5 * 3_600_000, text: '5 h' },
  { highest: 0.31, unit: 'ratio', top: 0.4, text: '40 %' },
])('an axis for up to $highest $unit ends at $text', ({ highest, unit, top, text }) => {
  expect(axisTop(highest, unit)).toBeCloseTo(top, 9);
  expect(axisText(axisTop(highest, unit), unit).replaceAll('\u00a0', ' ')).toBe(text);
});
