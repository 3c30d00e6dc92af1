import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CommandError } from '../../lib/cli/command-error.ts';
import { increases, readPrometheus } from '../../lib/cli/import/read-prometheus.ts';

const gauge = { metric: undefined, unit: undefined, kind: 'gauge' } as const;
const counter = { ...gauge, kind: 'counter' } as const;

const matrix = (...result: unknown[]) => JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });

// As the documentation of Prometheus shows it.
const documented = matrix(
  {
    metric: { __name__: 'up', job: 'prometheus', instance: 'localhost:9090' },
    values: [
      [1435781430.781, '1'],
      [1435781445.781, '1'],
      [1435781460.781, '1'],
    ],
  },
  { metric: { __name__: 'up', job: 'node', instance: 'localhost:9091' }, values: [[1435781430.781, '0']] },
);

test('every series is a metric, named after its labels in order of their names', () => {
  const { series } = readPrometheus(documented, { ...gauge, unit: '1' });
  expect(
    series.map(({ metric, unit, points }) => [metric, unit, points.map(({ atMs, value }) => [atMs, value])]),
  ).toEqual([
    [
      'up/instance:localhost:9090/job:prometheus',
      '1',
      [
        [1435781430781, 1],
        [1435781445781, 1],
        [1435781460781, 1],
      ],
    ],
    ['up/instance:localhost:9091/job:node', '1', [[1435781430781, 0]]],
  ]);
});

test('--metric takes the place of the name, which the answer to an expression does not have', () => {
  const text = matrix({ metric: { pool: 'a b' }, values: [[1, '2']] });
  expect(readPrometheus(text, { ...gauge, metric: 'rate' }).series.map(({ metric }) => metric)).toEqual([
    'rate/pool:a-b',
  ]);
  expect(() => readPrometheus(text, gauge)).toThrow(/result\[0\] has no __name__: give --metric/);
});

test('names have the characters and the length of ids, and other labels make other names', () => {
  const label = fc.dictionary(fc.stringMatching(/^[a-z_]{1,9}$/), fc.string({ maxLength: 60, unit: 'grapheme' }), {
    maxKeys: 4,
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(label, {
        minLength: 1,
        maxLength: 5,
        selector: (it) => JSON.stringify(Object.entries(it).sort()),
      }),
      (all) => {
        const read = all.flatMap(
          (labels) => readPrometheus(matrix({ metric: { ...labels, __name__: 'm' }, values: [] }), gauge).series,
        );
        for (const { metric } of read) expect(metric).toMatch(/^m[A-Za-z0-9._:/@-]{0,127}$/);
        const names = new Map(read.map(({ metric, called }) => [metric, called]));
        // White space alone is not told apart.
        expect(names.size).toBe(new Set(read.map(({ called }) => called.replace(/\s+/g, '-'))).size);
      },
    ),
  );
});

test('NaN, stale markers and infinity are left out and counted, and so is what is no number, and native histograms', () => {
  const values = [
    [1, 'NaN'],
    [2, '1'],
    [3, '+Inf'],
    [4, '-Inf'],
    [5, '2'],
    [null, '3'],
    [6, ''],
    [7, null],
  ];
  const { series, skipped } = readPrometheus(
    matrix({ metric: { __name__: 'm' }, values, histograms: [[6, {}]] }),
    gauge,
  );
  expect(series[0]?.points.map(({ atMs, value }) => [atMs, value])).toEqual([
    [2_000, 1],
    [5_000, 2],
  ]);
  expect(Object.fromEntries(skipped)).toEqual({
    'NaN, stale or infinite value': { count: 5, first: 'm, values[0]' },
    'time that cannot be read': { count: 1, first: 'm, values[5]' },
    'native histogram': { count: 1, first: 'm' },
  });
});

describe('a counter', () => {
  const points = (...totals: number[]) =>
    totals.map((value, i) => ({ atMs: i * 15_000, value, place: `values[${i}]` }));

  test.each([
    { name: 'that only grows', totals: [10, 12, 12, 20], expected: [2, 0, 8] },
    // promql/functions_test of Prometheus: a reset counts what came after it.
    { name: 'that was reset', totals: [0, 10, 20, 5, 15], expected: [10, 10, 5, 10] },
    { name: 'that was reset to 0', totals: [7, 0, 3], expected: [0, 3] },
    { name: 'of one total', totals: [5], expected: [] },
    { name: 'of none', totals: [], expected: [] },
  ])('$name', ({ totals, expected }) => {
    expect(increases(points(...totals)).map(({ value }) => value)).toEqual(expected);
  });

  test('grew by as much as was counted, however often its process was restarted', () => {
    const runs = fc.array(fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(runs, (all) => {
        // Each process begins at 0 and counts; a reset that is hidden by growing beyond the total before cannot be seen.
        const totals: number[] = [0];
        let counted = 0;
        for (const [run, growths] of all.entries()) {
          let total = 0;
          if (run > 0) totals.push(0);
          for (const growth of growths) {
            total += growth;
            counted += growth;
            totals.push(total);
          }
        }
        const grown = increases(points(...totals)).reduce((sum, { value }) => sum + value, 0);
        expect(grown).toBe(counted);
      }),
    );
  });

  test('loses its first total, which is counted, and looks past what was left out', () => {
    const values = [
      [1, '10'],
      [2, 'NaN'],
      [3, '14'],
    ];
    const { series, skipped } = readPrometheus(matrix({ metric: { __name__: 'm_total' }, values }), counter);
    expect(series[0]?.points).toEqual([{ atMs: 3_000, value: 4, place: 'm_total, values[2]' }]);
    expect([...skipped.keys()]).toEqual([
      'NaN, stale or infinite value',
      'first total of a counter, which has nothing to be compared with',
    ]);
  });
});

test.each([
  { text: '{', says: /is not JSON/ },
  { text: 'null', says: /no successful answer/ },
  { text: '{"status":"error","error":"query timed out"}', says: /no successful answer of Prometheus: query timed out/ },
  {
    text: '{"status":"success","data":{"resultType":"vector","result":[]}}',
    says: /has a vector, and a matrix is needed/,
  },
  {
    text: '{"status":"success","data":{"resultType":"matrix","result":[{"values":[]}]}}',
    says: /data\.result must be a list/,
  },
  {
    text: '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[1]}]}}',
    says: /data\.result must be/,
  },
  {
    text: matrix(
      { metric: { __name__: 'm', a: '1/b:2' }, values: [] },
      { metric: { __name__: 'm', a: '1', b: '2' }, values: [] },
    ),
    says: /two series would both be called m\/a:1\/b:2/,
  },
])('$text says what is wrong with it', ({ text, says }) => {
  expect(() => readPrometheus(text, gauge)).toThrow(says);
  expect(() => readPrometheus(text, gauge)).toThrow(CommandError);
});
