import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ALLOWED_LOSS,
  afterChoice,
  afterFallback,
  afterOutcome,
  MOST_EXPLORED,
  mayDiffer,
  mayExplore,
  noHistory,
} from '../../../lib/core/learn/guard.ts';

const known = (mean: number) => ({ mean, variance: 0 });

describe('the guard', () => {
  test('lets nothing be explored before anything was earned', () => {
    expect(mayExplore({ ...noHistory, actions: 1_000 })).toBe(false);
  });

  test('lets what is known to be better be done at once, and what is hardly known not', () => {
    expect(mayDiffer(noHistory, known(0.6), known(0.5))).toBe(true);
    expect(mayDiffer(noHistory, { mean: 0.6, variance: 0.05 }, { mean: 0.5, variance: 0.05 })).toBe(false);
    expect(mayDiffer(noHistory, known(0.4), known(0.5))).toBe(false);
  });

  test('lets more be risked the more was earned', () => {
    const own = { mean: 0.6, variance: 0.05 };
    const earned = { ...noHistory, own: 20, baseline: 20 };
    expect(mayDiffer(earned, own, { mean: 0.5, variance: 0.05 })).toBe(true);
  });

  test('keeps what exploring may cost above the bound, whatever is explored earns nothing', () => {
    const step = fc.record({ helped: fc.boolean(), wants: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        let guard = noHistory;
        for (const { helped, wants } of steps) {
          const explored = wants && mayExplore(guard);
          // The worst there is: what is explored fails, and the baseline would have helped.
          const stake = explored ? known(1) : null;
          guard = afterOutcome(afterChoice(guard, { stake, explored }), stake, explored ? false : helped);
          expect(guard.own).toBeGreaterThanOrEqual((1 - ALLOWED_LOSS) * guard.baseline - 1e-9);
          expect(guard.explored).toBeLessThanOrEqual(MOST_EXPLORED * guard.actions + 1e-9);
        }
      }),
    );
  });

  test('counts what it may not judge on neither side', () => {
    const stake = { mean: 0.7, variance: 0.02 };
    const chosen = afterChoice(noHistory, { stake, explored: true });
    expect(chosen).toEqual({ actions: 1, explored: 1, own: 0, baseline: 0.7, variance: 0.02 });
    expect(afterOutcome(chosen, stake, null)).toEqual({ actions: 1, explored: 1, own: 0, baseline: 0, variance: 0 });
    const same = afterChoice(noHistory, { stake: null, explored: false });
    expect(afterOutcome(same, null, null)).toEqual(same);
    expect(afterOutcome(same, null, true)).toMatchObject({ own: 1, baseline: 1 });
  });

  test('counts fallbacks as actions that nobody explored', () => {
    expect(afterFallback(noHistory)).toEqual({ ...noHistory, actions: 1 });
  });
});
