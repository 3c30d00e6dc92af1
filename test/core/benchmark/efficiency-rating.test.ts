import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { efficiencyRating, rateScore } from '../../../lib/core/benchmark/efficiency-rating.ts';
import { emptyFigures } from '../../../lib/core/kpi/figures.ts';
import type { KpiValue } from '../../../lib/core/kpi/kpi-value.ts';
import { inWindow } from '../../../lib/core/kpi/scope-figures.ts';

function score(parts: Record<string, number | null>, n = 500): KpiValue {
  const value = 100 * Object.values(parts).reduce<number>((product, part) => product * (part ?? 1), 1);
  return { value, n, unit: 'points', parts };
}

const part = fc.oneof(fc.double({ min: 0.01, max: 2, noNaN: true }), fc.constantFrom(0, 1), fc.constant(null));
const scores = fc
  .record({ utilization: part, inSlo: part, speed: part, quality: part, cost: part })
  .map((parts) => score(parts));

describe('the efficiency rating', () => {
  it('says what each part costs: 45.4 and 14.6 of the 60 points that 0.5 and 0.8 lose', () => {
    const { value, parts, change } = rateScore(score({ utilization: 0.5, inSlo: 0.8, quality: null }), null);
    expect(value).toBeCloseTo(40);
    expect(change).toBeNull();
    // 60 × ln 0.5 ÷ ln 0.4, by hand.
    expect(parts.map((its) => [its.part, Number(its.lost.toFixed(1))])).toEqual([
      ['utilization', 45.4],
      ['inSlo', 14.6],
      ['quality', 0],
    ]);
    expect(parts.map(({ words }) => words)).toEqual([
      'work in the slots that are paid for: 0.50, costs 45.4 points',
      'work completed within its limit: 0.80, costs 14.6 points',
      'quality: unknown, counted as 1',
    ]);
  });

  it('says which part moved it since the days before', () => {
    const { reference, change, parts } = rateScore(
      score({ utilization: 0.5, inSlo: 0.8 }),
      score({ utilization: 0.5, inSlo: 0.9 }),
    );
    expect(reference).toBeCloseTo(45);
    expect(change).toBeCloseTo(-5);
    expect(Object.fromEntries(parts.map((its) => [its.part, Number(its.change?.toFixed(6))]))).toEqual({
      utilization: 0,
      inSlo: -5,
    });
    expect(parts[1]?.words).toBe(
      'work completed within its limit: 0.80, costs 14.6 points; 0.90 before, −5.0 points since',
    );
  });

  it('has parts that add up to what is lost, and to the change, whatever they are', () => {
    fc.assert(
      fc.property(scores, scores, (now, before) => {
        const { value, parts, change } = rateScore(now, before);
        const sum = (of: readonly number[]) => of.reduce((a, b) => a + b, 0);
        expect(sum(parts.map(({ lost }) => lost))).toBeCloseTo(100 - (value as number), 6);
        expect(sum(parts.map((its) => its.change as number))).toBeCloseTo(change as number, 6);
      }),
    );
  });

  it('gives the whole loss to the part that is nothing', () => {
    const { value, parts } = rateScore(score({ utilization: 0.5, inSlo: 0 }), null);
    expect(value).toBe(0);
    expect(parts.map((its) => [its.part, its.lost])).toEqual([
      ['inSlo', 100],
      ['utilization', 0],
    ]);
  });

  it('is null with the reason of the score, and says where it rests on few tasks', () => {
    const nothing = inWindow(emptyFigures(), { from: 0, to: 40_320 });
    expect(efficiencyRating(nothing, null)).toMatchObject({
      value: null,
      parts: [],
      reason: expect.any(String) as string,
    });
    expect(rateScore(score({ inSlo: 0.5 }, 3), null).reason).toBe('only 3 tasks: not to be relied on');
  });
});
