import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shippedPrior } from '../../../lib/core/learn/arm.ts';
import { type ArmBelief, fadedTo } from '../../../lib/core/learn/arm-belief.ts';
import { learn, noBeliefs } from '../../../lib/core/learn/beliefs.ts';
import { posteriorOf } from '../../../lib/core/learn/posterior.ts';
import { anyTrials, DAY_MS, NOW, SLOWER, trial, trials } from './trials.ts';

const everywhere = { pool: null, nowMs: NOW };
const meanOf = (...args: Parameters<typeof posteriorOf>) => posteriorOf(...args).mean;

describe('what is believed of an action', () => {
  test('is the shipped prior before it was tried, with a wide interval', () => {
    const { mean, low, high } = posteriorOf(noBeliefs, SLOWER, everywhere);
    expect(mean).toBeCloseTo(0.25, 12);
    // Beta(1, 3): P(X < x) = 1 - (1 - x)³.
    expect(low).toBeCloseTo(1 - 0.95 ** (1 / 3), 2);
    expect(high).toBeCloseTo(1 - 0.05 ** (1 / 3), 2);
  });

  test('is that it is as good as a coin where the playbook does not know the action', () => {
    expect(meanOf(noBeliefs, { fault: 'pool-slower', action: 'restart' }, everywhere)).toBeCloseTo(0.5, 12);
  });

  test('comes near what many trials in many pools showed, within an interval that narrows', () => {
    const seen = ['a', 'b', 'c', 'd'].flatMap((pool) => [
      ...trials(8, { pool }),
      ...trials(2, { pool, outcome: 'noEffect' }),
    ]);
    // Alternating, so that there is no change to be seen.
    const mixed = seen.map((of, i) => ({ ...of, atMs: NOW - ((i * 7) % 40) * 1_000 }));
    const { mean, low, high } = posteriorOf(learn(noBeliefs, mixed), SLOWER, everywhere);
    expect(mean).toBeGreaterThan(0.68);
    expect(mean).toBeLessThan(0.85);
    expect(high - low).toBeLessThan(0.3);
  });

  test('lies within its interval, in 0..1, whatever was tried', () => {
    fc.assert(
      fc.property(anyTrials, fc.constantFrom(null, 'a', 'elsewhere'), (tried, pool) => {
        const { mean, low, high } = posteriorOf(learn(noBeliefs, tried), SLOWER, { pool, nowMs: NOW });
        expect(mean).toBeGreaterThan(0);
        expect(mean).toBeLessThan(1);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThan(high);
        expect(mean).toBeGreaterThan(low);
        expect(mean).toBeLessThan(high);
      }),
    );
  });

  test('is better after one more help than after one more failure', () => {
    fc.assert(
      fc.property(anyTrials, fc.constantFrom('harmed' as const, 'noEffect' as const), (tried, failure) => {
        const beliefs = learn(noBeliefs, tried);
        const meanWith = (outcome: 'helped' | typeof failure) =>
          meanOf(learn(beliefs, [trial({ outcome })]), SLOWER, everywhere);
        expect(meanWith('helped')).toBeGreaterThan(meanWith(failure));
      }),
    );
  });

  test('shrinks a new pool to what the action did elsewhere, and less so a pool with trials of its own', () => {
    const beliefs = learn(noBeliefs, [...trials(6, { pool: 'a' }), ...trials(6, { pool: 'b' })]);
    const shipped = shippedPrior(SLOWER);
    const unseen = meanOf(beliefs, SLOWER, { pool: 'new', nowMs: NOW });
    expect(unseen).toBeGreaterThan(shipped + 0.3);
    const other = learn(beliefs, trials(5, { pool: 'new', outcome: 'noEffect' }));
    expect(meanOf(other, SLOWER, { pool: 'new', nowMs: NOW })).toBeLessThan(unseen - 0.2);
    expect(meanOf(other, SLOWER, { pool: 'new', nowMs: NOW })).toBeLessThan(
      meanOf(other, SLOWER, { pool: 'a', nowMs: NOW }),
    );
  });

  test('falls back towards the shipped prior as evidence grows old', () => {
    const beliefs = learn(noBeliefs, trials(10));
    const at = (days: number) => meanOf(beliefs, SLOWER, { pool: null, nowMs: NOW + days * DAY_MS });
    expect(at(30)).toBeLessThan(at(0));
    expect(at(400)).toBeCloseTo(0.25, 1);
  });

  test('turns round within eight trials after forty that said the contrary', () => {
    const beliefs = learn(noBeliefs, trials(40));
    expect(meanOf(beliefs, SLOWER, everywhere)).toBeGreaterThan(0.7);
    const turned = learn(beliefs, trials(8, { outcome: 'noEffect', atMs: NOW + 1 }));
    expect(meanOf(turned, SLOWER, { pool: null, nowMs: NOW + 1 })).toBeLessThan(0.4);
  });
});

describe('beliefs', () => {
  test('do not depend on how trials are handed over', () => {
    fc.assert(
      fc.property(anyTrials, (tried) => {
        expect(learn(noBeliefs, tried.toReversed())).toEqual(learn(noBeliefs, tried));
      }),
    );
  });

  test('are counts of all trials ever, by pool and outcome', () => {
    const tried = [...trials(3), trial({ outcome: 'harmed' }), trial({ outcome: 'noEffect', pool: 'b' })];
    expect(learn(noBeliefs, tried).get('pool-slower/scale')?.counts).toEqual({
      a: { trials: 4, helped: 3, harmed: 1, noEffect: 0 },
      b: { trials: 1, helped: 0, harmed: 0, noEffect: 1 },
    });
  });

  test('tell pools and faults by any name', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      const odd = { fault: name, action: 'scale' } as const;
      const beliefs = learn(noBeliefs, trials(3, { ...odd, pool: name }));
      expect(beliefs.get(`${name}/scale`)?.counts[name]?.trials).toBe(3);
      expect(meanOf(beliefs, odd, { pool: name, nowMs: NOW })).toBeGreaterThan(0.6);
    }
  });

  test('come back from JSON as they were', () => {
    fc.assert(
      fc.property(anyTrials, (tried) => {
        const beliefs = learn(noBeliefs, tried);
        const back = new Map(
          Object.entries(JSON.parse(JSON.stringify(Object.fromEntries(beliefs))) as Record<string, ArmBelief>),
        );
        expect(back).toEqual(beliefs);
        expect(posteriorOf(back, SLOWER, everywhere)).toEqual(posteriorOf(beliefs, SLOWER, everywhere));
      }),
    );
  });

  test('never have more evidence after some time than before, nor more than there were trials', () => {
    fc.assert(
      fc.property(anyTrials, fc.double({ min: 0, max: 500, noNaN: true }), (tried, days) => {
        for (const belief of learn(noBeliefs, tried).values()) {
          const then = fadedTo(belief, NOW + days * DAY_MS);
          const counted = Object.values(belief.counts).reduce((sum, of) => sum + of.trials, 0);
          for (const [i, run] of belief.runs.entries()) {
            expect(evidenceOf(run)).toBeLessThanOrEqual(counted + 1e-9);
            expect(evidenceOf(then.runs[i])).toBeLessThanOrEqual(evidenceOf(run) + 1e-12);
          }
          expect(belief.runs.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
        }
      }),
    );
  });

  test('take a trial that is told late for as little as it is worth by then', () => {
    const late = learn(learn(noBeliefs, [trial()]), [trial({ atMs: NOW - 100 * DAY_MS })]).get('pool-slower/scale');
    expect(late?.asOfMs).toBe(NOW);
    expect(evidenceOf(late?.runs[0])).toBeCloseTo(1 + 0.98 ** 100, 9);
  });
});

function evidenceOf(run: ArmBelief['runs'][number] | undefined): number {
  return Object.values(run?.pools ?? {}).reduce((sum, { helped, failed }) => sum + helped + failed, 0);
}
