import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Priority, priorities } from '../../../lib/core/model/event.ts';
import { admittedShares, isAdmitted } from '../../../lib/core/remediate/admission.ts';
import { rejectedShares } from '../../../lib/sim/engine/visits.ts';
import { readScenario } from '../../../lib/sim/scenario/read-scenario.ts';

const counts = fc.record(Object.fromEntries(priorities.map((name) => [name, fc.nat({ max: 1_000 })])));
const fraction = fc.double({ min: 0, max: 1, noNaN: true });

describe('what is admitted', () => {
  test('is everything while nothing is said', () => {
    expect(admittedShares({}, { low: 5 })).toEqual({ critical: 1, high: 1, normal: 1, low: 1 });
  });

  test('is of the least important less first, as in the example by hand', () => {
    const shares = admittedShares({ admitFraction: 0.7 }, { high: 50, normal: 40, low: 10 });
    expect(shares).toEqual({ critical: 1, high: 1, normal: expect.closeTo(0.5, 12), low: 0 });
  });

  test.each([
    { shedBelow: 'low' as const, away: [] },
    { shedBelow: 'normal' as const, away: ['low'] },
    { shedBelow: 'high' as const, away: ['low', 'normal'] },
    { shedBelow: 'critical' as const, away: ['low', 'normal', 'high'] },
  ])('is nothing below $shedBelow', ({ shedBelow, away }) => {
    const shares = admittedShares({ shedBelow }, {});
    expect(priorities.filter((name) => shares[name] === 0).reverse()).toEqual(away);
  });

  test('always has critical tasks, also where they alone are too many', () => {
    fc.assert(
      fc.property(fraction, counts, (admitFraction, mix) => admittedShares({ admitFraction }, mix).critical === 1),
    );
  });

  test('is the fraction of all that comes, where that is not less than the critical tasks', () => {
    fc.assert(
      fc.property(fraction, counts, (admitFraction, mix) => {
        const total = priorities.reduce((sum, name) => sum + (mix[name] ?? 0), 0);
        fc.pre(total > 0 && admitFraction * total >= (mix['critical'] ?? 0));
        const shares = admittedShares({ admitFraction }, mix);
        const admitted = priorities.reduce((sum, name) => sum + shares[name] * (mix[name] ?? 0), 0);
        expect(admitted / total).toBeCloseTo(admitFraction, 9);
      }),
    );
  });

  test('never has a part of one priority and any of a less important one', () => {
    fc.assert(
      fc.property(fraction, counts, (admitFraction, mix) => {
        const shares = admittedShares({ admitFraction }, mix);
        for (const [index, more] of priorities.entries()) {
          for (const less of priorities.slice(index + 1)) expect(shares[more] === 1 || shares[less] === 0).toBe(true);
        }
      }),
    );
  });

  test('of a task is decided by its own chance', () => {
    const shares: Record<Priority, number> = { critical: 1, high: 1, normal: 0.5, low: 0 };
    expect([0, 0.49, 0.5, 0.99].map((chance) => isAdmitted('normal', shares, chance))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(isAdmitted('low', shares, 0)).toBe(false);
    expect(isAdmitted('high', shares, 0.999999)).toBe(true);
  });

  test.each([-0.1, 1.1, Number.NaN])('has no fraction of %d', (admitFraction) => {
    expect(() => admittedShares({ admitFraction }, {})).toThrow(RangeError);
  });

  test('is the same in the simulator', () => {
    const type = (priority: Priority, taskType: string) => ({ taskType, pool: 'p', priority, service: { meanS: 1 } });
    const { scenario } = readScenario({
      ...{ name: 'mix', minutes: 30, pools: [{ pool: 'p', agents: 1 }], arrivals: { perMinute: 1 } },
      taskTypes: [type('high', 'a'), type('normal', 'b'), type('low', 'c')],
      workflows: [
        { workflowType: 'a', weight: 5, steps: [{ taskType: 'a' }] },
        { workflowType: 'b', weight: 4, steps: [{ taskType: 'b' }] },
        { workflowType: 'c', weight: 1, steps: [{ taskType: 'c' }] },
      ],
    });
    for (let admitFraction = 0; admitFraction <= 1; admitFraction += 0.05) {
      const shares = admittedShares({ admitFraction }, { high: 5, normal: 4, low: 1 });
      const rejected = rejectedShares(scenario, 'p', 1 - admitFraction);
      for (const name of ['high', 'normal', 'low'] as const)
        expect(rejected.get(name)).toBeCloseTo(1 - shares[name], 9);
    }
  });
});
