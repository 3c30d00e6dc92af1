import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { severities } from '../../../lib/core/alert/alert.ts';
import { learn, noBeliefs } from '../../../lib/core/learn/beliefs.ts';
import { type ChoiceInput, chooseAction } from '../../../lib/core/learn/choose-action.ts';
import { noHistory } from '../../../lib/core/learn/guard.ts';
import { anyTrials, NOW, trials } from './trials.ts';

const plays = [
  { kind: 'scale', prior: 0.25 },
  { kind: 'tune', prior: 0.4 },
  { kind: 'degrade', prior: 0.35 },
] as const;
/** Earned enough, of so many actions that some may be explored. */
const rich = { actions: 1_000, explored: 10, own: 500, baseline: 480, variance: 1 };

function input(more: Partial<ChoiceInput> = {}): ChoiceInput {
  const of = { fault: 'pool-slower', pool: 'a', severity: 'high', plays, beliefs: noBeliefs } as const;
  return { ...of, guard: rich, nowMs: NOW, random: () => 0, ...more };
}

const anyGuard = fc.record({
  actions: fc.integer({ min: 0, max: 2_000 }),
  explored: fc.integer({ min: 0, max: 60 }),
  own: fc.double({ min: 0, max: 1_000, noNaN: true }),
  baseline: fc.double({ min: 0, max: 1_000, noNaN: true }),
  variance: fc.double({ min: 0, max: 100, noNaN: true }),
});
const uniform = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('a choice', () => {
  test('is the highest shipped prior before anything was learned, with the others after it', () => {
    const choice = chooseAction(input({ guard: noHistory }));
    expect(choice).toMatchObject({ action: 'tune', order: ['tune', 'degrade', 'scale'], explored: false, stake: null });
  });

  test('is what helped, and the fixed order where the guard does not let it differ', () => {
    const beliefs = learn(noBeliefs, trials(8));
    const free = chooseAction(input({ beliefs, random: () => 0.5 }));
    expect(free).toMatchObject({ action: 'scale', explored: false });
    expect(free.stake?.mean).toBeCloseTo(0.4, 12);
    const poor = { ...rich, own: 400 };
    expect(chooseAction(input({ beliefs, guard: poor })).order).toEqual(['tune', 'degrade', 'scale']);
  });

  test('goes on with what helps most where the first is the same as by the fixed order', () => {
    const beliefs = learn(noBeliefs, [...trials(8, { action: 'tune' }), ...trials(3)]);
    expect(chooseAction(input({ beliefs, random: () => 0.5 })).order).toEqual(['tune', 'scale', 'degrade']);
  });

  test('has every play once in its order, and chances that sum to 1', () => {
    fc.assert(
      fc.property(anyTrials, anyGuard, uniform, fc.constantFrom(...severities), (tried, guard, at, severity) => {
        const choice = chooseAction(input({ beliefs: learn(noBeliefs, tried), guard, severity, random: () => at }));
        expect(choice.order.toSorted()).toEqual(['degrade', 'scale', 'tune']);
        expect(choice.order[0]).toBe(choice.action);
        const chances = [...choice.propensities.values()];
        expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12);
        expect(Math.min(...chances)).toBeGreaterThanOrEqual(0);
        expect(choice.propensities.get(choice.action)).toBeGreaterThan(0);
        if (choice.explored) expect(choice.propensities.get(choice.action)).toBeLessThanOrEqual(0.05);
      }),
    );
  });

  test('is never explored in a critical incident', () => {
    fc.assert(
      fc.property(anyTrials, anyGuard, uniform, (tried, guard, at) => {
        const asked = input({ beliefs: learn(noBeliefs, tried), guard, severity: 'critical', random: () => at });
        expect(chooseAction(asked).explored).toBe(false);
      }),
    );
  });

  test('falls on each play as often as its propensity says', () => {
    const beliefs = learn(noBeliefs, trials(2, { outcome: 'noEffect', action: 'tune' }));
    const runs = 2_000;
    // Every part of 0..1 once: what is left to chance is less than one run.
    const actions = Array.from({ length: runs }, (_, i) => {
      return chooseAction(input({ beliefs, random: () => (i + 0.5) / runs })).action;
    });
    for (const [kind, chance] of chooseAction(input({ beliefs })).propensities) {
      expect(chance).toBeGreaterThan(0);
      expect(Math.abs(actions.filter((action) => action === kind).length - runs * chance)).toBeLessThanOrEqual(1);
    }
  });

  test('needs a play', () => {
    expect(() => chooseAction(input({ plays: [] }))).toThrow(RangeError);
  });

  test('is no choice where there is one play', () => {
    const only = chooseAction(input({ plays: [plays[0]], random: () => 0.999 }));
    expect(only).toMatchObject({ action: 'scale', order: ['scale'], explored: false, stake: null });
    expect(only.propensities).toEqual(new Map([['scale', 1]]));
  });
});
