import fc from 'fast-check';
import { expect, test } from 'vitest';
import { greatestLagMs, lagAfter, type ReportLag } from '../../../lib/core/model/report-lag.ts';

const HOUR_MS = 3_600_000;

test('the lag is the greatest of the hour and the one before, and three minutes at most', () => {
  const one = lagAfter(undefined, 0, 20_000);
  expect(greatestLagMs(one)).toBe(20_000);
  const later = lagAfter(one, HOUR_MS, HOUR_MS + 5_000);
  expect(greatestLagMs(later)).toBe(20_000);
  expect(greatestLagMs(lagAfter(later, 2 * HOUR_MS, 2 * HOUR_MS + 1_000))).toBe(5_000);
  expect(greatestLagMs(lagAfter(one, 0, 10 * HOUR_MS))).toBe(180_000);
  expect(greatestLagMs(undefined)).toBe(0);
});

test('it is the same in any order of arrival within two hours, and however often each is entered', () => {
  const arrival = fc.record({ atMs: fc.nat(2 * HOUR_MS - 1), lateMs: fc.nat(400_000) });
  const enter = (all: readonly { atMs: number; lateMs: number }[]) =>
    all.reduce<ReportLag | undefined>((lag, { atMs, lateMs }) => {
      const receivedAtMs = Math.min(2 * HOUR_MS - 1, atMs + lateMs);
      return lagAfter(lag, receivedAtMs - lateMs, receivedAtMs);
    }, undefined);
  fc.assert(
    fc.property(fc.array(arrival, { minLength: 1 }), (all) => {
      expect(greatestLagMs(enter(all.toReversed()))).toBe(greatestLagMs(enter([...all, ...all])));
    }),
  );
});
