import { expect, test } from 'vitest';
import { benchmarks } from '../../../bench/registry.ts';
import type { BenchmarkResult } from '../../../bench/results/benchmark-result.ts';
import type { Figure } from '../../../bench/results/figure.ts';
import { scorecard, scorecardLines, scorecardTable, subjects } from '../../../bench/results/scorecard.ts';

function stored(benchmark: string, figures: Figure[], more: Partial<BenchmarkResult> = {}): BenchmarkResult {
  return {
    ...{
      benchmark,
      arguments: { seeds: '50', firstSeed: '2001' },
      date: '2026-03-02',
      commit: 'abcdef0123',
      tookSeconds: 9,
    },
    ...{ isMet: true, figures },
    machine: { cpu: 'a', cores: 2, memoryGb: 4, platform: 'linux x64', node: '24.0.0', loadBefore: 0 },
    ...more,
  };
}

const results = [
  stored('learning', [
    { name: 'bad minutes below fixed rules', value: 31.25, unit: '%', betterIs: 'higher', aim: 26 },
    { name: 'cost of a wrong import', value: 12, unit: '%', betterIs: 'lower', aim: 10 },
    { name: 'incidents', value: 500, unit: '', betterIs: 'higher' },
  ]),
  stored('chaos', [{ name: 'lost', value: 1, unit: '', betterIs: 'lower', aim: 0 }]),
];

test('each subject has its aims met and missed, of what is stored alone', () => {
  const card = scorecard(results);
  expect(card.map(({ subject }) => subject)).toEqual(['detect', 'forecast', 'allocate', 'loop', 'effects', 'learning']);
  expect(card.at(-1)).toMatchObject({ subject: 'learning', met: 1, missed: 1, unknown: 0 });
  // Chaos is no subject of analysis.
  expect(card.slice(0, -1).every(({ met, missed }) => met + missed === 0)).toBe(true);
});

test('what is not stored is said to be so, and has no figure', () => {
  const lines = scorecardLines(scorecard(results));
  expect(lines).toContain(`  detect: not stored yet (${benchmarks['detect']?.shows})`);
  expect(lines).toContain('loop: no aim stored yet, 2 benchmarks not stored yet');
  expect(lines.slice(-6)).toEqual([
    'learning: 1 of 2 stored aims met',
    '  learning: npm run bench -- learning 50 2001, 2026-03-02, commit abcdef0123',
    '    bad minutes below fixed rules: 31.25 %, aim at least 26 %: met',
    '    cost of a wrong import: 12 %, aim at most 10 %: MISSED',
    '    incidents: 500',
    '',
  ]);
});

test('a run without aims says whether it went well', () => {
  const [, , , loop] = scorecard([stored('loop', [], { isMet: false, arguments: {}, commit: null })]);
  expect(scorecardLines(loop ? [loop] : [])[1]).toBe(
    '  loop: npm run bench -- loop, 2026-03-02, outside of a repository; without an aim, and it said that not all went well',
  );
});

test('the table has a row for each subject, with the seeds, date and commit of its runs', () => {
  expect(scorecardTable(scorecard(results)).split('\n').slice(-2)).toEqual([
    '| effects | 0 | 0 |  | `effects`, `effect-statistics` |',
    '| learning | 1 | 1 | `learning 50 2001` (2026-03-02, abcdef0123) |  |',
  ]);
});

test('every benchmark of a subject is one that there is', () => {
  const names = Object.values(subjects).flat();
  expect(names.filter((name) => !Object.hasOwn(benchmarks, name))).toEqual([]);
});
