import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Benchmark, benchmarkGroups, benchmarks } from '../../../bench/registry.ts';
import { describeBenchmark, listBenchmarks } from '../../../bench/results/list-benchmarks.ts';
import {
  completeArguments,
  namedArguments,
  runBenchmark,
  writtenArguments,
} from '../../../bench/results/run-benchmark.ts';

const program = fileURLToPath(new URL('../../../bench/run.ts', import.meta.url));

function bench(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

function benchmarkThat(run: Benchmark['run']): Benchmark {
  return { group: 'speed', shows: 'what is made up', parameters: { rounds: '15', seed: '1' }, seconds: 1, run };
}

const quiet = { print: () => {}, tell: () => {} };

describe('npm run bench', () => {
  test('without a name, and with --list, names every benchmark in its group with what it shows', () => {
    const { status, stdout } = bench();
    expect(status).toBe(0);
    expect(stdout).toBe(`${listBenchmarks().join('\n')}\n`);
    expect(bench('--list').stdout).toBe(stdout);
    for (const [name, { shows }] of Object.entries(benchmarks)) {
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
      expect(stdout).toContain(shows);
    }
    for (const group of Object.keys(benchmarkGroups)) expect(stdout).toContain(`${group}: `);
  });

  test('with a name that is not there suggests the nearest, and exits 2', () => {
    expect(bench('ingset')).toMatchObject({
      status: 2,
      stderr: 'no benchmark is called ingset: did you mean ingest?\n',
    });
    expect(bench('toString')).toMatchObject({ status: 2 });
    expect(bench('--compare', 'ingset')).toMatchObject({ status: 2 });
  });

  test('NAME --help says what it takes and checks without running it', () => {
    expect(bench('chaos', '--help')).toMatchObject({
      status: 0,
      stdout: `${describeBenchmark('chaos', benchmarks['chaos'] as Benchmark).join('\n')}\n`,
    });
    expect(describeBenchmark('chaos', benchmarks['chaos'] as Benchmark)).toContain(
      'npm run bench -- chaos [incidents=10000]',
    );
  });
});

describe('arguments', () => {
  const { parameters } = benchmarkThat(() => true);
  test.each([
    { given: [], complete: ['15', '1'], named: { rounds: '15', seed: '1' } },
    { given: ['3'], complete: ['3', '1'], named: { rounds: '3', seed: '1' } },
    {
      given: ['3', '9', '--x', 'y'],
      complete: ['3', '9', '--x', 'y'],
      named: { rounds: '3', seed: '9', more: '--x y' },
    },
  ])('$given are $complete, and are written down so that the run can be repeated', ({ given, complete, named }) => {
    expect(completeArguments({ parameters }, given)).toEqual(complete);
    expect(namedArguments({ parameters }, complete)).toEqual(named);
    expect(writtenArguments(namedArguments({ parameters }, complete))).toEqual(complete);
  });
});

describe('a run', () => {
  test('keeps what was recorded in that order, with six digits and null for what is no number', async () => {
    const { figures, isMet, benchmark } = await runBenchmark(
      'made up',
      benchmarkThat((_, { record }) => {
        record({ name: 'a', value: 1 / 3, unit: 's', betterIs: 'lower', noise: 2 / 3 });
        record({
          name: 'b',
          value: Number.POSITIVE_INFINITY,
          unit: 'min',
          betterIs: 'lower',
          noise: Number.NaN,
          aim: 10,
        });
        return false;
      }),
      [],
      quiet,
    );
    expect({ benchmark, isMet }).toEqual({ benchmark: 'made up', isMet: false });
    expect(figures).toEqual([
      { name: 'a', value: 0.333333, unit: 's', betterIs: 'lower', noise: 0.666667 },
      { name: 'b', value: null, unit: 'min', betterIs: 'lower', aim: 10 },
    ]);
  });

  test('with two figures of one name is a mistake', async () => {
    const twice = benchmarkThat((_, { record }) => {
      for (const value of [1, 2]) record({ name: 'a', value, unit: 's', betterIs: 'lower' });
      return true;
    });
    await expect(runBenchmark('made up', twice, [], quiet)).rejects.toThrow('two figures of made up are called a');
  });
});
