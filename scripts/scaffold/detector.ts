import type { Names, Scaffold } from './scaffold.ts';

export function detector({ kebab, pascal }: Names): Scaffold {
  return {
    files: {
      [`lib/core/detect/series/${kebab}.ts`]: `import type { EpochMs } from '../../model/time.ts';
import type { Reading, SeriesDetector } from './detector.ts';

/** Values before anything is said. */
const WARM_UP = 30;
/** Standard deviations at which an episode begins, and at which it ends. */
const BEGINS = 4;
const ENDS = 2;

/**
 * Here: distance from the mean so far, in standard deviations (Welford's algorithm). Put your own method, and say what it assumes.
 * Time O(1) a point, memory five values.
 */
export class ${pascal} implements SeriesDetector {
  #n = 0;
  #mean = 0;
  #squares = 0;
  #onsetMs: EpochMs | null = null;

  /** @throws RangeError when time or value is not a finite number */
  observe(atMs: EpochMs, value: number): Reading {
    if (!Number.isFinite(value)) throw new RangeError(\`value must be a finite number; got \${value}\`);
    if (!Number.isFinite(atMs)) throw new RangeError(\`time must be a finite number; got \${atMs}\`);
    const spread = this.#n > 1 ? Math.sqrt(this.#squares / (this.#n - 1)) : 0;
    const known = this.#n >= WARM_UP && spread > 0;
    const mean = this.#mean;
    const z = known ? (value - mean) / spread : 0;
    const wasOpen = this.#onsetMs !== null;
    if (Math.abs(z) < (wasOpen ? ENDS : BEGINS)) this.#onsetMs = null;
    else this.#onsetMs ??= atMs;
    this.#learn(value);
    const score = Math.abs(z) / (Math.abs(z) + BEGINS);
    return {
      ...{ score, alarm: this.#onsetMs !== null && !wasOpen ? score : 0 },
      expected: known ? mean : null,
      low: known ? mean - BEGINS * spread : null,
      high: known ? mean + BEGINS * spread : null,
      view: this.#onsetMs === null ? null : 'level',
      onsetMs: this.#onsetMs,
      direction: this.#onsetMs === null ? null : z < 0 ? 'down' : 'up',
    };
  }

  state(): unknown {
    return { n: this.#n, mean: this.#mean, squares: this.#squares, onsetMs: this.#onsetMs };
  }

  #learn(value: number): void {
    this.#n += 1;
    const before = value - this.#mean;
    this.#mean += before / this.#n;
    this.#squares += before * (value - this.#mean);
  }
}
`,
      [`test/core/detect/series/${kebab}.test.ts`]: `import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDetector } from '../../../../lib/core/detect/series/registry.ts';

const readingsOf = (values: readonly number[]) => {
  const detector = createDetector('${kebab}');
  return values.map((value, i) => detector.observe(60_000 * i, value));
};
/** Between 9 and 11, without a pattern, and the same each time. */
const quiet = Array.from({ length: 300 }, (_, i) => 10 + Math.sin(i ** 2));

test('one value far out is one alarm, upwards, at its minute', () => {
  const readings = readingsOf([...quiet, 100, ...quiet.slice(0, 20)]);
  expect(readings.flatMap(({ alarm }, i) => (alarm >= 0.5 ? [i] : []))).toEqual([300]);
  expect(readings[300]).toMatchObject({ direction: 'up', onsetMs: 300 * 60_000 });
});

test('it says nothing of a series that never moved', () => {
  expect(Math.max(...readingsOf(Array(100).fill(7)).map(({ score }) => score))).toBe(0);
});

test('scores and alarms of any finite series lie between 0 and 1', () => {
  const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { maxLength: 80 }), (values) => {
      for (const { score, alarm } of readingsOf(values)) {
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(alarm === 0 || alarm === score).toBe(true);
      }
    }),
  );
});

test('what is no number is refused', () => {
  expect(() => createDetector('${kebab}').observe(0, Number.NaN)).toThrow(RangeError);
});
`,
    },
    lines: [
      { file: 'lib/core/detect/series/registry.ts', line: `import { ${pascal} } from './${kebab}.ts';` },
      {
        file: 'lib/core/detect/series/registry.ts',
        after: 'export const seriesDetectors = {',
        line: `  '${kebab}': () => new ${pascal}(),`,
      },
    ],
    scripts: [],
    next: [
      `the method in lib/core/detect/series/${kebab}.ts`,
      `npm run bench -- detect ${kebab} says how good it is beside those that are there`,
    ],
  };
}
