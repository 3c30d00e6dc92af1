import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deviationFrom, type Level, levelAfter, noLevel, weightAfter } from '../../../lib/core/detect/level.ts';
import { partSeries, seriesKinds } from '../../../lib/core/detect/series-kind.ts';
import { createRandom } from '../../../lib/sim/random.ts';

function levelOf(values: readonly number[], sampling = 1): Level {
  return values.reduce((level, value) => levelAfter(level, { value, sampling }), noLevel);
}

const random = createRandom(1, 'level');
const noise = (count: number, sd = 1) => Array.from({ length: count }, () => random.normal(0, sd));

test('nothing is said of a value before ten minutes are known', () => {
  expect(deviationFrom(levelOf(noise(9)), { value: 100, sampling: 1 })).toBe(0);
  expect(deviationFrom(levelOf(noise(12)), { value: 100, sampling: 1 })).toBeGreaterThan(4);
});

test('what samples make values vary by counts once', () => {
  // An hour of values that vary by 1, all of it by sampling: 6 is 6 ÷ √(1 + 10 ÷ 38) = 5.3 standard deviations away.
  const deviation = deviationFrom(levelOf(noise(60)), { value: 6, sampling: 1 });
  expect(deviation).toBeGreaterThan(4.6);
  expect(deviation).toBeLessThan(5.6);
});

test('what minutes vary by beyond their samples counts as well', () => {
  const deviation = deviationFrom(levelOf(noise(60, 5)), { value: 6, sampling: 1 });
  expect(deviation).toBeLessThan(1.6);
});

test('a fault does not become normal for two hours, and then it does', () => {
  let level = levelOf(noise(60));
  for (let i = 0; i < 120; i++) level = levelAfter(level, { value: 20, sampling: 1 });
  expect(level.mean).toBeLessThan(1);
  for (let i = 0; i < 15; i++) level = levelAfter(level, { value: 20, sampling: 1 });
  expect(level.mean).toBeCloseTo(20, 0);
});

test('the weight after an hour is that of an hour', () => {
  expect(levelOf(noise(60).map((value) => Math.max(-1, Math.min(1, value)))).weight).toBeCloseTo(weightAfter(60), 6);
});

describe('shares', () => {
  const judge = (failed: number, calls: number) => {
    const value = partSeries({ calls, failed, durationUs: 0 }).get('call_failure_ratio');
    if (!value) throw new Error('calls have a ratio');
    return value.judged;
  };

  test('come back from the scale that they are judged on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (calls, part) => {
        const failed = Math.round(part * calls);
        expect(seriesKinds.call_failure_ratio.back(judge(failed, calls).value)).toBeCloseTo(failed / calls, 1.5);
      }),
    );
  });

  test('vary by what their sampling says, whatever the share', () => {
    for (const share of [0.02, 0.1, 0.5, 0.9]) {
      const angles = Array.from({ length: 2_000 }, () => {
        let failed = 0;
        for (let i = 0; i < 200; i++) if (random.uniform() < share) failed += 1;
        return judge(failed, 200);
      });
      const mean = angles.reduce((sum, { value }) => sum + value, 0) / angles.length;
      const sd = Math.sqrt(angles.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / angles.length);
      expect(sd / (angles[0]?.sampling ?? 0)).toBeGreaterThan(0.85);
      expect(sd / (angles[0]?.sampling ?? 0)).toBeLessThan(1.15);
    }
  });
});

test('a minute of a single task that fails does not deafen a level that is made of many', () => {
  // As series-kind.ts puts shares: twice the angle, and 1 ÷ √n.
  const share = (bad: number, n: number) => ({
    value: 2 * Math.asin(Math.sqrt((bad + 3 / 8) / (n + 3 / 4))),
    sampling: 1 / Math.sqrt(n + 1 / 2),
  });
  const random = createRandom(1, 'failures');
  let level = noLevel;
  for (let i = 0; i < 90; i++) {
    const n = 40 + random.int(80);
    level = levelAfter(
      level,
      share(Array.from({ length: n }, () => random.uniform() < 0.02).filter(Boolean).length, n),
    );
  }
  const [before, after] = [level, levelAfter(level, share(1, 1))].map((it) => deviationFrom(it, share(20, 80)));
  expect(before).toBeGreaterThan(6);
  expect(after).toBeGreaterThan(0.95 * (before ?? 0));
});
