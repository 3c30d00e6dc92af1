import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BenchmarkResult, Machine } from '../../../bench/results/benchmark-result.ts';
import { compareResults, isRegression, toleranceOf } from '../../../bench/results/compare-results.ts';
import type { Figure, FigureKind } from '../../../bench/results/figure.ts';

const machine: Machine = {
  ...{ cpu: 'a processor', cores: 2, memoryGb: 8, platform: 'linux x64', node: '24.21.0', loadBefore: 0.1 },
};

function resultOf(figures: readonly Figure[], of: Partial<BenchmarkResult> = {}): BenchmarkResult {
  return {
    ...{ benchmark: 'ingest', arguments: { rounds: '15' }, date: '2026-11-27', commit: 'abc', tookSeconds: 1 },
    ...{ isMet: true, machine, figures, ...of },
  };
}

const latency: Figure = { name: 'p95', value: 100, unit: 'ms', betterIs: 'lower', noise: 4 };
const speed: Figure = {
  name: 'of JSON.parse',
  value: 0.8,
  unit: 'times',
  betterIs: 'higher',
  kind: 'ratio',
  noise: 0.02,
};
const lost: Figure = { name: 'lost', value: 0, unit: '', betterIs: 'lower', kind: 'seeded' };

function verdict(before: Figure, now: number | null, of: Partial<BenchmarkResult> = {}): string | undefined {
  return compareResults(resultOf([before]), resultOf([{ ...before, value: now }], of))[0]?.verdict;
}

describe('the tolerance of a figure', () => {
  test('is three standard deviations by the median absolute deviation', () => {
    // 3 × 1.4826 × 4
    expect(toleranceOf(latency)).toBeCloseTo(17.7912, 10);
  });
  test('is at least 5 % of what is timed, however calm the rounds were', () => {
    expect(toleranceOf({ ...latency, noise: 0 })).toBe(5);
  });
  test('is not known of what was timed once', () => {
    expect(toleranceOf({ name: 'p95', value: 100, unit: 'ms', betterIs: 'lower' })).toBeNull();
  });
  test('of a count by seeds is nothing', () => {
    expect(toleranceOf(lost)).toBe(0);
  });
});

describe('a figure beside the stored one', () => {
  test.each([
    { name: 'is worse when a time is longer by more than its noise', before: latency, now: 117.8, expected: 'worse' },
    { name: 'is the same at the end of its noise', before: latency, now: 117.7, expected: 'same' },
    { name: 'is better when a time is shorter by more', before: latency, now: 82, expected: 'better' },
    { name: 'is worse when a ratio falls', before: speed, now: 0.71, expected: 'worse' },
    { name: 'is better when it rises', before: speed, now: 0.89, expected: 'better' },
    { name: 'is worse when one is lost where none was', before: lost, now: 1, expected: 'worse' },
    { name: 'is worse when it has no value any more', before: speed, now: null, expected: 'worse' },
    { name: 'is better when it has one at last', before: { ...speed, value: null }, now: 0.1, expected: 'better' },
  ])('$name', ({ before, now, expected }) => {
    expect(verdict(before, now)).toBe(expected);
  });

  test.each([
    { where: 'on another processor', other: { machine: { ...machine, cpu: 'another one' } } },
    { where: 'with another Node', other: { machine: { ...machine, node: '26.0.0' } } },
  ])('is not comparable $where when it is a time, and is when it is a ratio or follows from seeds', ({ other }) => {
    expect(verdict(latency, 1_000, other)).toBe('not comparable');
    expect(verdict(speed, 0.1, other)).toBe('worse');
    expect(verdict(lost, 1, other)).toBe('worse');
  });

  test('is never comparable with one of other arguments', () => {
    for (const figure of [latency, speed, lost]) {
      expect(verdict(figure, 1, { arguments: { rounds: '2' } })).toBe('not comparable');
    }
  });

  test('that is no longer measured is a regression, and one that is new is none', () => {
    const compared = compareResults(resultOf([latency]), resultOf([speed]));
    expect(compared.map((it) => [it.name, it.verdict, isRegression(it)])).toEqual([
      ['p95', 'gone', true],
      ['of JSON.parse', 'new', false],
    ]);
  });
});

describe('whatever was measured', () => {
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const kinds: FigureKind[] = ['seeded', 'ratio', 'absolute'];
  const figure = fc
    .record({
      value: fc.option(number),
      betterIs: fc.constantFrom<Figure['betterIs']>('lower', 'higher'),
      kind: fc.constantFrom(...kinds),
      noise: fc.option(fc.double({ min: 0, max: 1e3, noNaN: true }), { nil: undefined }),
    })
    .map(
      ({ noise, ...rest }): Figure => ({ ...rest, name: 'it', unit: '', ...(noise === undefined ? {} : { noise }) }),
    );

  test('a result beside itself has no regression', () => {
    fc.assert(
      fc.property(fc.uniqueArray(figure, { maxLength: 1 }), (figures) => {
        const result = resultOf(figures);
        expect(compareResults(result, result).filter(isRegression)).toEqual([]);
      }),
    );
  });

  test('a figure that is worse by more than its noise is a regression, and one that is within it is none', () => {
    fc.assert(
      fc.property(figure, fc.double({ min: 1.001, max: 100, noNaN: true }), (before, times) => {
        const tolerance = toleranceOf(before);
        fc.pre(before.value !== null && tolerance !== null);
        const step = Math.max(tolerance ?? 0, 1e-6);
        const worseBy = (by: number) => (before.value ?? 0) + (before.betterIs === 'lower' ? by : -by);
        expect(verdict(before, worseBy(times * step))).toBe('worse');
        expect(verdict(before, worseBy(0.999 * (tolerance ?? 0)))).toBe('same');
      }),
    );
  });

  test('one is better exactly where the other, in their place, would be worse by the same noise', () => {
    fc.assert(
      fc.property(number, number, fc.constantFrom<Figure['betterIs']>('lower', 'higher'), (a, b, betterIs) => {
        const of = (value: number): Figure => ({ name: 'it', unit: '', kind: 'seeded', noise: 1e6, value, betterIs });
        expect(verdict(of(a), b) === 'better').toBe(verdict(of(b), a) === 'worse');
      }),
    );
  });
});
