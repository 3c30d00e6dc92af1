import { expect, test } from 'vitest';
import { emptyMinute } from '../../../lib/core/detect/minute-figures.ts';
import { seriesId } from '../../../lib/core/detect/series-id.ts';
import { subjectSeries } from '../../../lib/core/detect/series-kind.ts';
import { WatchedFleet } from '../../fixtures/watched-fleet.ts';

const id = seriesId('service_ms', { kind: 'pool', id: 'writers' });
const recentOf = (fleet: WatchedFleet) =>
  (fleet.readings.get(id)?.recent ?? []).map(({ minute }) => minute - 29_000_000);

test('a reading tells of the last five minutes, and of none before a gap', () => {
  const fleet = new WatchedFleet({ writers: 2 }).pass(8, { work: () => ({}) });
  expect(recentOf(fleet)).toEqual([3, 4, 5, 6, 7]);
  fleet.pass(3, { work: () => null }).pass(1, { work: () => ({}) });
  expect(recentOf(fleet)).toEqual([7, 11]);
});

test('a minute that is judged again is taken in once', () => {
  const fleet = new WatchedFleet({ writers: 2 }).pass(12, { work: () => ({}) });
  const before = fleet.readings.get(id);
  const again = fleet.judgeAgain().judgeAgain().readings.get(id);
  expect(again?.recent).toEqual(before?.recent);
  expect(fleet.pass(1, { work: () => ({}) }).readings.get(id)?.weight).toBeCloseTo(
    (before?.weight ?? 0) * Math.exp(-1 / 60) + 1,
    9,
  );
});

test('two tasks that took as long as each other do not say that all do', () => {
  const log = Math.log(2_000_000);
  const service = subjectSeries({ ...emptyMinute(), service: { n: 2, sum: 2 * log, squares: 2 * log ** 2 } });
  // A variance of 1 that five tasks vouch for, with one degree of freedom more: √(5 ÷ 6 ÷ 2).
  expect(service.get('service_ms')?.judged.sampling).toBeCloseTo(0.6455, 3);
  expect(service.get('service_ms')?.value).toBeCloseTo(2_000, 6);
});
