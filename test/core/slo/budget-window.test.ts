import { expect, test } from 'vitest';
import { periodMinutes, windowsOfPeriod } from '../../../lib/core/slo/budget-window.ts';

test.each([
  { period: '1h', windows: ['5m', '30m', '1h'] },
  { period: '24h', windows: ['5m', '30m', '1h', '2h', '6h', '24h'] },
  { period: '3d', windows: ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] },
  { period: '30d', windows: ['5m', '30m', '1h', '2h', '6h', '1d', '3d', '30d'] },
])('a budget of $period has windows that are shorter, and its period', ({ period, windows }) => {
  expect(windowsOfPeriod(period).map(({ name }) => name)).toEqual(windows);
});

test('a period is 1 hour to 90 days', () => {
  expect(['1h', '2160h', '90d', '7d'].map(periodMinutes)).toEqual([60, 129_600, 129_600, 10_080]);
  for (const wrong of ['0d', '91d', '2161h', '30m', '60m', '1.5d', '07d', 'd', '', '30 d', '1w']) {
    expect({ wrong, minutes: periodMinutes(wrong) }).toEqual({ wrong, minutes: null });
  }
  expect(() => windowsOfPeriod('91d')).toThrow(RangeError);
});
