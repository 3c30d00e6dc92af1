import { describe, expect, test } from 'vitest';
import { scheduleTimes } from '../../lib/local/schedule-times.ts';

// 2026-11-24 is a Tuesday. Expected times read off the calendar by hand.
describe('a schedule fires next', () => {
  test.each([
    { expression: 'cron(* * * * ? *)', after: '2026-11-24T10:00:00Z', next: '2026-11-24T10:01:00Z' },
    { expression: 'cron(* * * * ? *)', after: '2026-11-24T10:00:59.999Z', next: '2026-11-24T10:01:00Z' },
    { expression: 'cron(0/15 * * * ? *)', after: '2026-11-24T10:07:00Z', next: '2026-11-24T10:15:00Z' },
    { expression: 'cron(0 * * * ? *)', after: '2026-11-24T23:59:59Z', next: '2026-11-25T00:00:00Z' },
    { expression: 'cron(10 3 * * ? *)', after: '2026-11-24T03:10:00Z', next: '2026-11-25T03:10:00Z' },
    { expression: 'cron(0 6 ? * MON *)', after: '2026-11-24T00:00:00Z', next: '2026-11-30T06:00:00Z' },
    { expression: 'cron(0 6 ? * 1 *)', after: '2026-11-24T00:00:00Z', next: '2026-11-29T06:00:00Z' },
    { expression: 'cron(0 0 L * ? *)', after: '2026-11-24T00:00:00Z', next: '2026-11-30T00:00:00Z' },
    { expression: 'cron(0 8 ? * 2#1 *)', after: '2026-11-24T00:00:00Z', next: '2026-12-07T08:00:00Z' },
    { expression: 'cron(0 0 1 1 ? *)', after: '2026-11-24T00:00:00Z', next: '2027-01-01T00:00:00Z' },
    { expression: 'rate(1 minute)', after: '2026-11-24T10:00:00Z', next: '2026-11-24T10:01:00Z' },
    { expression: 'rate(5 minutes)', after: '2026-11-24T10:03:00Z', next: '2026-11-24T10:05:00Z' },
    { expression: 'rate(1 day)', after: '2026-11-24T10:03:00Z', next: '2026-11-25T00:00:00Z' },
  ])('$expression after $after: $next', ({ expression, after, next }) => {
    expect(scheduleTimes(expression)(Date.parse(after))).toBe(Date.parse(next));
  });
});

test('a schedule of a past year never fires again', () => {
  expect(scheduleTimes('cron(0 0 1 1 ? 2020)')(Date.parse('2026-11-24T00:00:00Z'))).toBeUndefined();
});

describe('an expression is refused', () => {
  test.each([
    { expression: 'at(2026-11-24T10:00:00)', message: 'use cron(...) or rate(...)' },
    { expression: 'cron(* * * * *)', message: 'cron needs six fields' },
    { expression: 'cron(* * * * * *)', message: 'exactly one of day-of-month and day-of-week must be ?' },
    { expression: 'cron(0 0 LW * ? *)', message: 'LW is not supported' },
    { expression: 'rate(0 minutes)', message: 'a rate must be positive' },
  ])('$expression', ({ expression, message }) => {
    expect(() => scheduleTimes(expression)).toThrow(message);
  });
});
