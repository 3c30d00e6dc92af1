import { describe, expect, test } from 'vitest';
import {
  clockText,
  lastedText,
  lengthText,
  periodText,
  windowMinutes,
  withClockTimes,
} from '../../lib/dashboard/show-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-11-24T10:32:00Z');

describe('a length of time is told in its two largest units', () => {
  test.each([
    [-5, '0 s'],
    [34_900, '34 s'],
    [4 * MINUTE + 59 * SECOND, '4 min'],
    [3 * HOUR + 12 * MINUTE, '3 h 12 min'],
    [6 * HOUR, '6 h'],
    [2 * DAY + 4 * HOUR, '2 d 4 h'],
  ])('%d ms', (ms, text) => {
    expect(lengthText(ms).replaceAll('\u00a0', ' ')).toBe(text);
  });
});

test('a moment of today is a time of day, another one has its date', () => {
  expect(clockText(Date.parse('2026-11-24T00:00:59Z'), NOW)).toBe('00:00');
  expect(clockText(Date.parse('2026-11-23T23:59:00Z'), NOW)).toBe('23 Nov 23:59');
});

test('instants in a sentence are told as the page tells them, and all else stays', () => {
  const sentence = 'since 2026-11-24T09:05:12.345Z a took 2 s, before 2026-11-23T23:59:00Z 1 s (run-2026-11-24, 10:00)';
  expect(withClockTimes(sentence, NOW)).toBe(
    'since 09:05:12 UTC a took 2 s, before 23 Nov 23:59 UTC 1 s (run-2026-11-24, 10:00)',
  );
  expect(withClockTimes('at 2026-99-24T09:05:12Z', NOW)).toBe('at 2026-99-24T09:05:12Z');
});

test('a period over midnight says so', () => {
  expect(periodText(NOW - 15 * MINUTE, NOW, NOW)).toBe('10:17–10:32 UTC');
  expect(periodText(NOW - 11 * HOUR, NOW, NOW)).toBe('23 Nov 23:32–10:32 UTC');
});

test('what began within the minute began just now, also when the clocks of two answers differ', () => {
  expect(lastedText(NOW - 59 * SECOND, NOW)).toBe('just now');
  expect(lastedText(NOW + SECOND, NOW)).toBe('just now');
  expect(lastedText(NOW - MINUTE, NOW)).toBe('1\u00a0min');
});

test.each([
  ['15m', 15],
  ['6h', 360],
  ['1d', 1_440],
  ['0m', undefined],
  ['15', undefined],
  ['15m&x=1', undefined],
])('the window %s has %s minutes', (window, minutes) => {
  expect(windowMinutes(window)).toBe(minutes);
});
