import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyFigures, type Figures, loadLevel, mergeFigures } from '../../../lib/core/kpi/figures.ts';
import { arbitraryFigures } from '../../fixtures/arbitrary-figures.ts';

/** Merges are in place: what is merged is copied first. */
function sumOf(...all: readonly Figures[]): Figures {
  const sum = emptyFigures();
  for (const figures of all) mergeFigures(sum, structuredClone(figures));
  return sum;
}

describe('merged figures', () => {
  test('are the same in either order', () => {
    fc.assert(
      fc.property(arbitraryFigures, arbitraryFigures, (a, b) => {
        expect(sumOf(b, a)).toEqual(sumOf(a, b));
      }),
    );
  });

  test('are the same in any grouping', () => {
    fc.assert(
      fc.property(arbitraryFigures, arbitraryFigures, arbitraryFigures, (a, b, c) => {
        expect(sumOf(a, sumOf(b, c))).toEqual(sumOf(sumOf(a, b), c));
      }),
    );
  });

  test('are what they were when nothing is added, on either side', () => {
    fc.assert(
      fc.property(arbitraryFigures, (figures) => {
        expect(sumOf(figures, emptyFigures())).toEqual(figures);
        expect(sumOf(emptyFigures(), figures)).toEqual(figures);
      }),
    );
  });

  test('are the same in any order and grouping of many', () => {
    const many = fc.array(arbitraryFigures, { minLength: 1, maxLength: 8 });
    const shuffled = many.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
        fc.nat(all.length),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([all, mixed, cut]) => {
        expect(sumOf(sumOf(...mixed.slice(0, cut)), sumOf(...mixed.slice(cut)))).toEqual(sumOf(...all));
      }),
    );
  });

  test('leave what is added as it was, even when more is added later', () => {
    fc.assert(
      fc.property(arbitraryFigures, arbitraryFigures, (a, b) => {
        const [into, before] = [emptyFigures(), structuredClone(b)];
        mergeFigures(into, b);
        mergeFigures(into, a);
        expect(b).toEqual(before);
      }),
    );
  });
});

test('levels of tasks at work are one apart up to ten, then a tenth, and rise without a gap or a step back', () => {
  expect([0.4, 0.5, 1.4, 9.6, 10, 10.4, 11, 12.1, 20].map(loadLevel)).toEqual([0, 1, 1, 10, 10, 10, 11, 12, 17]);
  const levels = Array.from({ length: 20_000 }, (_, i) => loadLevel(i / 50));
  for (const [i, level] of levels.entries()) if (i > 0) expect([0, 1]).toContain(level - (levels[i - 1] ?? 0));
});
