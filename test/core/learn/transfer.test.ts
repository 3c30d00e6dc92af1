import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { learn, noBeliefs } from '../../../lib/core/learn/beliefs.ts';
import { posteriorOf } from '../../../lib/core/learn/posterior.ts';
import { EVERYWHERE, exportKnowledge, importKnowledge, type KnowledgeEntry } from '../../../lib/core/learn/transfer.ts';
import { anyTrials, NOW, SLOWER, trial, trials } from './trials.ts';

const everywhere = { pool: null, nowMs: NOW };

function entry(more: Partial<KnowledgeEntry> = {}): KnowledgeEntry {
  const counts = { trials: 40, helped: 36, harmed: 0, noEffect: 4 };
  return { ...SLOWER, context: EVERYWHERE, ...counts, posterior: { mean: 0.85, low: 0.75, high: 0.93 }, ...more };
}

describe('knowledge that goes out', () => {
  test('has counts and posterior of the whole system, then of each pool', () => {
    const beliefs = learn(noBeliefs, [...trials(3), trial({ pool: 'b', outcome: 'harmed' })]);
    const [all, ...pools] = exportKnowledge(beliefs, NOW);
    expect(all).toMatchObject({ ...SLOWER, context: 'system', trials: 4, helped: 3, harmed: 1, noEffect: 0 });
    expect(all?.posterior).toEqual(posteriorOf(beliefs, SLOWER, everywhere));
    expect(pools.map(({ context, trials: n }) => [context, n])).toEqual([
      ['pool:a', 3],
      ['pool:b', 1],
    ]);
  });

  test('is not what came in', () => {
    expect(exportKnowledge(importKnowledge(noBeliefs, [entry()], NOW), NOW)).toEqual([]);
  });

  test('sums up: outcomes make trials, pools make the system', () => {
    fc.assert(
      fc.property(anyTrials, (tried) => {
        const entries = exportKnowledge(learn(noBeliefs, tried), NOW);
        for (const { trials: n, helped, harmed, noEffect } of entries) expect(helped + harmed + noEffect).toBe(n);
        const inPools = entries.filter(({ context }) => context !== EVERYWHERE);
        expect(inPools.reduce((sum, { trials: n }) => sum + n, 0)).toBe(tried.length);
      }),
    );
  });
});

describe('knowledge that comes in', () => {
  test('changes nothing where there is none, or none that holds everywhere', () => {
    fc.assert(
      fc.property(anyTrials, (tried) => {
        const beliefs = learn(noBeliefs, tried);
        expect(importKnowledge(beliefs, [], NOW)).toEqual(beliefs);
        expect(importKnowledge(beliefs, [entry({ context: 'pool:a' }), entry({ trials: 0 })], NOW)).toEqual(beliefs);
      }),
    );
  });

  test('moves what is believed towards it, but not all the way, and is no trial', () => {
    const beliefs = importKnowledge(noBeliefs, [entry()], NOW);
    const { mean } = posteriorOf(beliefs, SLOWER, everywhere);
    expect(mean).toBeGreaterThan(0.5);
    expect(mean).toBeLessThan(0.85);
    expect(beliefs.get('pool-slower/scale')?.counts).toEqual({});
  });

  test('comes round: what a system exports leads another one the same way', () => {
    fc.assert(
      fc.property(anyTrials, (tried) => {
        const entries = exportKnowledge(learn(noBeliefs, tried), NOW);
        const taught = importKnowledge(noBeliefs, JSON.parse(JSON.stringify(entries)), NOW);
        for (const { fault, action, context, posterior } of entries) {
          if (context !== EVERYWHERE) continue;
          const shipped = posteriorOf(noBeliefs, { fault, action }, everywhere).mean;
          const after = posteriorOf(taught, { fault, action }, everywhere).mean;
          expect((after - shipped) * (posterior.mean - shipped)).toBeGreaterThanOrEqual(-1e-12);
          expect(Math.abs(after - shipped)).toBeLessThanOrEqual(Math.abs(posterior.mean - shipped) + 1e-12);
        }
      }),
    );
  });

  test('replaces what came in before', () => {
    const twice = importKnowledge(importKnowledge(noBeliefs, [entry()], NOW), [entry()], NOW);
    expect(twice).toEqual(importKnowledge(noBeliefs, [entry()], NOW));
  });

  test('is unlearnt within a few trials where it is wrong, also of actions that were not tried here yet', () => {
    const tune = { fault: 'pool-slower', action: 'tune' } as const;
    const taught = importKnowledge(noBeliefs, [entry(), entry(tune)], NOW);
    const before = posteriorOf(taught, tune, everywhere).mean;
    const tried = learn(taught, trials(5, { outcome: 'noEffect' }));
    const alone = learn(noBeliefs, trials(5, { outcome: 'noEffect' }));
    const mean = (of: typeof tried) => posteriorOf(of, SLOWER, everywhere).mean;
    expect(mean(tried)).toBeLessThan(mean(alone) + 0.15);
    expect(posteriorOf(tried, tune, everywhere).mean).toBeLessThan(before - 0.1);
  });
});
