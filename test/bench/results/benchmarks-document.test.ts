import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { benchmarks } from '../../../bench/registry.ts';
import type { BenchmarkResult } from '../../../bench/results/benchmark-result.ts';
import { benchmarksDocument } from '../../../bench/results/benchmarks-document.ts';
import { storedResults } from '../../../bench/results/stored-results.ts';

const result: BenchmarkResult = {
  ...{ benchmark: 'chaos', arguments: { incidents: '500' }, date: '2026-11-27', commit: '0123456789', tookSeconds: 12 },
  isMet: false,
  machine: {
    ...{ cpu: 'a processor', cores: 2, memoryGb: 8, platform: 'linux x64', node: '24.21.0', loadBefore: 1.7 },
  },
  figures: [
    { name: 'lost | doubled', value: 3, unit: '', betterIs: 'lower', kind: 'seeded', aim: 0 },
    { name: 'wait', value: 1234.5, unit: 'ms', betterIs: 'lower', noise: 12.345, aim: 2_000 },
    { name: 'never', value: null, unit: 'min', betterIs: 'lower', aim: 10 },
    { name: 'told', value: 0.123456, unit: '', betterIs: 'higher' },
    { name: 'saved', value: 12.5, unit: '%', betterIs: 'higher', kind: 'seeded', interval: [11.23456, 14] },
  ],
};

test('docs/benchmarks.md says what is stored: npm run -s benchmarks-doc writes it anew', () => {
  const written = readFileSync(new URL('../../../docs/benchmarks.md', import.meta.url), 'utf8');
  expect(written).toBe(benchmarksDocument(benchmarks, storedResults()));
});

describe('the document', () => {
  const text = benchmarksDocument(benchmarks, [result]);

  test('has machine, day, commit and arguments of each run, and that others had a part of the processors', () => {
    expect(text).toContain(
      '`npm run bench -- chaos 500`, 2026-11-27, commit 0123456789, 12 s; a processor, 2 cores, 8 GB, linux x64, Node 24.21.0; other programs ran beside it (load 1.7).',
    );
  });

  test('has every figure with its noise and its aim, met or missed', () => {
    expect(text).toContain('| lost \\| doubled | 3 |  | at most 0 | missed |');
    expect(text).toContain('| wait | 1,235 ms | 12.35 | at most 2,000 ms | met |');
    expect(text).toContain('| never | none |  | at most 10 min | missed |');
    expect(text).toContain('| told | 0.1235 |  |  |  |');
    expect(text).toContain('| saved | 12.5 (11.23 to 14) % |  |  |  |');
  });

  test('names what is missed before anything else, and what nobody measured', () => {
    expect(text).toContain('1 of 3 aims are met in the stored runs. Missed are:');
    expect(text).toMatch(/No figures are stored of:\n\n- `/);
    for (const name of Object.keys(benchmarks)) expect(text).toContain(name);
  });
});

test('results that are stored are of benchmarks with the parameters that they have, and tell nothing of where they ran', () => {
  for (const stored of storedResults()) {
    expect(Object.keys(benchmarks[stored.benchmark]?.parameters ?? { unknown: '' })).toEqual(
      Object.keys(stored.arguments).filter((parameter) => parameter !== 'more'),
    );
    expect(JSON.stringify(stored)).not.toMatch(/\/(home|tmp|work|root|Users)\//);
  }
});
