import { expect, it } from 'vitest';
import { tickText, timeTicks } from '../../../lib/dashboard/charts/time-ticks.ts';

const HOUR_MS = 3_600_000;
const MIDNIGHT_MS = Date.parse('2026-11-24T00:00:00Z');
const texts = (hours: number, most: number) => {
  const period = { fromMs: MIDNIGHT_MS, toMs: MIDNIGHT_MS + hours * HOUR_MS };
  return timeTicks(period, most).map((atMs) => tickText(atMs, period));
};

it('names midnights by their date, and other moments by their time, so that no two ticks read the same', () => {
  expect(texts(96, 8)).toEqual([
    ...['24 Nov', '12:00', '25 Nov', '12:00', '26 Nov', '12:00', '27 Nov', '12:00', '28 Nov'],
  ]);
  expect(texts(24 * 8, 8)).toEqual([...Array.from({ length: 7 }, (_, i) => `${24 + i} Nov`), '1 Dec', '2 Dec']);
  expect(texts(2, 4)).toEqual(['00:00', '00:30', '01:00', '01:30', '02:00']);
});
