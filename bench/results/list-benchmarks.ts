import { type Benchmark, benchmarkGroups, benchmarks } from '../registry.ts';

/** The names in their groups, each with what it shows and about how long it takes: `npm run bench -- --list`. */
export function listBenchmarks(): string[] {
  const width = Math.max(...Object.keys(benchmarks).map((name) => name.length));
  const lines = Object.entries(benchmarkGroups).flatMap(([group, about]) => [
    `${group}: ${about}`,
    ...Object.entries(benchmarks)
      .filter(([, benchmark]) => benchmark.group === group)
      .map(([name, { shows, seconds }]) => `  ${name.padEnd(width)}  ${shows} (${durationInWords(seconds)})`),
    '',
  ]);
  return [
    ...lines,
    'npm run bench -- NAME [ARGUMENTS]      runs one, prints its figures and writes those it records to bench/results/NAME.json',
    '                       --no-write      without writing',
    'npm run bench -- NAME --help           its arguments and aims',
    'npm run bench -- scorecard             aims of analysis that are met and missed, by subject, of what is stored; runs nothing',
    'npm run bench -- --compare [NAME...]   runs them again and compares with what is stored; a regression beyond noise exits 1',
  ];
}

/** What one takes and checks. */
export function describeBenchmark(
  name: string,
  { shows, parameters, options, seconds, aims = [] }: Benchmark,
): string[] {
  const words = Object.entries(parameters).map(([parameter, usual]) => `[${parameter}${usual ? `=${usual}` : ''}]`);
  return [
    `${name}: ${shows}`,
    `npm run bench -- ${[name, ...words, ...(options ? [options] : [])].join(' ')}`,
    `takes ${durationInWords(seconds)} on two cores`,
    ...aims.map((aim) => `aim: ${aim}`),
  ];
}

/** @example durationInWords(120) // 'about 2 min' */
export function durationInWords(seconds: number): string {
  if (seconds < 60) return `about ${seconds} s`;
  return seconds < 3_600 ? `about ${Math.round(seconds / 60)} min` : `about ${Math.round(seconds / 3_600)} h`;
}
