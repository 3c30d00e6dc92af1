import { describe, expect, it } from 'vitest';
import {
  believeDifferences,
  type SeenDifference,
  shareLikelihood,
  studentLikelihood,
} from '../../../lib/core/review/difference-belief.ts';
import { createRandom } from '../../../lib/sim/random.ts';

/** Agents at three types each, seen with a standard deviation. */
function seen(truths: readonly number[], deviation: number): SeenDifference[] {
  const random = createRandom(3, 'beliefs');
  return truths.flatMap((truth, agent) =>
    [0, 1, 2].map(() => ({
      agent,
      logLikelihood: studentLikelihood(truth + random.normal(0, deviation), deviation ** 2, 40),
    })),
  );
}

describe('what is believed of differences', () => {
  const usual = Array.from({ length: 30 }, () => 0);

  it('is next to nothing where all are alike, though some seem to be beyond the margin', () => {
    const beliefs = believeDifferences(seen(usual, 0.1), 0.1);
    expect(Math.max(...beliefs.map(({ above, below }) => Math.max(above, below)))).toBeLessThan(0.5);
    expect(Math.max(...beliefs.map(({ mean }) => Math.abs(mean)))).toBeLessThan(0.1);
  });

  it('is nearly what was seen of the one that is far off, though all others are alike', () => {
    const beliefs = believeDifferences(seen([...usual, 0.6], 0.08), 0.1);
    const far = beliefs.slice(-3);
    for (const { mean, low, high, above } of far) {
      expect(mean).toBeGreaterThan(0.45);
      expect(low).toBeLessThan(0.6);
      expect(high).toBeGreaterThan(0.6);
      expect(above).toBeGreaterThan(0.99);
    }
  });

  it('of an agent with hardly any tasks at a type rests on what it is at its other types', () => {
    const truths = [...usual, 0.6];
    const cells = seen(truths, 0.05);
    cells.push({ agent: truths.length - 1, logLikelihood: studentLikelihood(0, 4, 40) });
    cells.push({ agent: 0, logLikelihood: studentLikelihood(0, 4, 40) });
    const beliefs = believeDifferences(cells, 0.1);
    expect(beliefs.at(-2)?.mean).toBeGreaterThan(0.25);
    expect(Math.abs(beliefs.at(-1)?.mean ?? 1)).toBeLessThan(0.05);
  });

  it('holds the truth in nine of ten intervals, where agents differ normally', () => {
    const random = createRandom(5, 'truths');
    const truths = Array.from({ length: 150 }, () => random.normal(0, 0.2));
    const beliefs = believeDifferences(seen(truths, 0.15), 0.1);
    const held = beliefs.filter(
      ({ low, high }, i) =>
        low <= (truths[Math.floor(i / 3)] as number) && (truths[Math.floor(i / 3)] as number) <= high,
    );
    expect(held.length / beliefs.length).toBeGreaterThan(0.85);
  });

  it('of a share is likeliest at that share, and never fails outside of 0..1', () => {
    const of = shareLikelihood(0.9, 50);
    expect(of(0.9)).toBeGreaterThan(of(0.85));
    expect(of(0.9)).toBeGreaterThan(of(0.95));
    expect(Number.isFinite(of(1.3))).toBe(true);
    expect(Number.isFinite(of(-0.3))).toBe(true);
  });
});
