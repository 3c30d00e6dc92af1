import { describe, expect, test } from 'vitest';
import { ringUntil, type ShareRing, SLOT_MINUTES } from '../../../../lib/core/detect/share-ring.ts';
import { minutesToLimit, shareTrend } from '../../../../lib/core/detect/share-trend.ts';
import { MINUTE_MS } from '../../../../lib/core/model/time.ts';
import { leakGoesOn } from '../../../../lib/core/remediate/evidence/leak-goes-on.ts';
import { createRandom } from '../../../../lib/sim/random.ts';
import { firingAlert } from '../../../fixtures/alert.ts';

const FIRST_SLOT = 1_000;

function ringOf(shares: readonly number[]): ShareRing {
  return { slot: FIRST_SLOT + shares.length - 1, permille: shares.map((share) => Math.round(1_000 * share)) };
}

/** Told when so many readings were known. */
function toldAt(readings: number, minutesLeft: number) {
  const detectedMs = ((FIRST_SLOT + readings - 1) * SLOT_MINUTES + 1) * MINUTE_MS;
  return firingAlert({ rule: 'agent-leaking', detectedMs, impact: { minutesLeft } });
}

describe('a leak that was told with most of an hour left', () => {
  // 0.30 to 0.66, by 0.04 every five minutes: 36 minutes to 0.95.
  const told = Array.from({ length: 10 }, (_, i) => 0.3 + 0.04 * i);
  const alert = toldAt(told.length, 36);

  test('is looked at for three more readings', () => {
    expect(leakGoesOn(ringOf(told), alert)).toBe(false);
    expect(leakGoesOn(ringOf([...told, 0.69, 0.72]), alert)).toBe(false);
    expect(leakGoesOn(ringOf([...told, 0.69, 0.72, 0.75]), alert)).toBe(true);
  });

  test('goes on where memory grows by seven tenths of what was foretold, and no less', () => {
    expect(leakGoesOn(ringOf([...told, 0.69, 0.72, 0.745]), alert)).toBe(true);
    expect(leakGoesOn(ringOf([...told, 0.685, 0.71, 0.735]), alert)).toBe(false);
  });

  test('is none where memory falls back, or stays as it is', () => {
    expect(leakGoesOn(ringOf([...told, 0.5, 0.52, 0.49]), alert)).toBe(false);
    expect(leakGoesOn(ringOf([...told, 0.66, 0.66, 0.66, 0.66]), alert)).toBe(false);
  });

  test('is not waited for once twenty minutes are left', () => {
    expect(leakGoesOn(ringOf(told), toldAt(told.length, 20))).toBe(true);
  });

  test('is none while nothing more is told of its memory', () => {
    expect(leakGoesOn(null, alert)).toBe(false);
  });
});

test('of memory that follows work that comes and goes, few of the lines that look like a leak go on', () => {
  const random = createRandom(7, 'work of an agent');
  let [lines, wentOn] = [0, 0];
  for (let i = 0; i < 40_000; i++) {
    // Slots at work, five minutes apart: alike by 0.85, around half of them; memory is 0.3 and 0.08 for each of four.
    let busy = random.normal(0, 1);
    const shares = Array.from({ length: 17 }, () => {
      busy = 0.85 * busy + 0.53 * random.normal(0, 1);
      return 0.3 + 0.08 * Math.min(4, Math.max(0, 2 + 1.2 * busy)) + random.normal(0, 0.005);
    });
    const ring = ringOf(shares);
    const line = shareTrend(ringUntil(ring, FIRST_SLOT + 13) as ShareRing);
    const left = line ? minutesToLimit(line, 0.95) : 0;
    if (left <= 20) continue;
    lines += 1;
    if (leakGoesOn(ring, toldAt(14, left))) wentOn += 1;
  }
  expect(lines).toBeGreaterThan(50);
  expect(wentOn / lines).toBeLessThan(0.15);
});
