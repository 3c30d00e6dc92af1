import { describe, expect, test } from 'vitest';
import { changeText, countText, showValue, valueText } from '../../lib/dashboard/show-value.ts';

describe('a value is shown with three digits in the unit that suits it', () => {
  test.each([
    { value: 0, unit: 'ms', shown: { figure: '0', unit: 'ms' } },
    { value: 0.4217, unit: 'ms', shown: { figure: '0.422', unit: 'ms' } },
    { value: 42, unit: 'ms', shown: { figure: '42.0', unit: 'ms' } },
    { value: 999.4, unit: 'ms', shown: { figure: '999', unit: 'ms' } },
    { value: 999.6, unit: 'ms', shown: { figure: '1.00', unit: 's' } },
    { value: 4_210, unit: 'ms', shown: { figure: '4.21', unit: 's' } },
    { value: 59_960, unit: 'ms', shown: { figure: '60.0', unit: 's' } },
    { value: 59_990, unit: 'ms', shown: { figure: '1.00', unit: 'min' } },
    { value: 90_000, unit: 'ms', shown: { figure: '1.50', unit: 'min' } },
    { value: 5_400_000, unit: 'ms', shown: { figure: '1.50', unit: 'h' } },
    { value: 89, unit: 's', shown: { figure: '1.48', unit: 'min' } },
    { value: 35, unit: '1/min', shown: { figure: '35.0', unit: '/min' } },
    { value: 1_234.5, unit: '1/min', shown: { figure: '1,235', unit: '/min' } },
    { value: 0.00241, unit: 'usd', shown: { figure: '$0.00241', unit: '' } },
    { value: -0.5, unit: 'usd', shown: { figure: '−$0.500', unit: '' } },
    { value: 3.94, unit: 'points', shown: { figure: '3.94', unit: 'points' } },
    { value: 7, unit: 'tasks', shown: { figure: '7', unit: 'tasks' } },
    { value: 0.00001, unit: 'points', shown: { figure: '1.0e-5', unit: 'points' } },
    { value: 0.00068, unit: 'usd', shown: { figure: '$0.00068', unit: '' } },
  ])('$value $unit', ({ value, unit, shown }) => {
    expect(showValue(value, unit)).toEqual(shown);
  });
});

describe('a ratio is shown in percent, and never as 0 or 100 when it is not', () => {
  test.each([
    [0, '0'],
    [0.00001, '< 0.01'],
    [0.0004, '0.04'],
    [0.0123, '1.2'],
    [0.978, '97.8'],
    [0.9999, '99.9'],
    [1, '100'],
    [1.5, '150'],
    [-0.125, '−12.5'],
  ])('%d', (ratio, figure) => {
    expect(showValue(ratio, 'ratio')).toEqual({ figure, unit: '%' });
  });
});

test('a value as text keeps figure and unit together', () => {
  expect(valueText(4_210, 'ms')).toBe('4.21\u00a0s');
  expect(valueText(0.5, 'usd')).toBe('$0.500');
});

test('a change says its sign', () => {
  expect(changeText(377, 'ms')).toBe('+377\u00a0ms');
  expect(changeText(-1_210, 'ms')).toBe('−1.21\u00a0s');
  expect(changeText(0, 'ms')).toBe('0\u00a0ms');
});

test('a count has groups of three digits', () => {
  expect(countText(33_135)).toBe('33,135');
});

test.each([
  [0.0123, '+1.23\u00a0points'],
  [-0.25, '−25.0\u00a0points'],
  [0, '0\u00a0points'],
])('%d of a share are %s', (difference, text) => {
  expect(changeText(difference, 'ratio')).toBe(text);
});
