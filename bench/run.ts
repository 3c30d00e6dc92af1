import { tableLines } from '../lib/cli/table.ts';
import { nearestName } from '../lib/sim/scenario/nearest-name.ts';
import { benchmarks } from './registry.ts';
import { compareResults, isRegression } from './results/compare-results.ts';
import { describeBenchmark, listBenchmarks } from './results/list-benchmarks.ts';
import { runBenchmark, writtenArguments } from './results/run-benchmark.ts';
import { scorecard, scorecardLines } from './results/scorecard.ts';
import { storedResult, storedResults, storeResult } from './results/stored-results.ts';

// The program behind `npm run bench`: registry.ts has what there is to run.

const print = (line: string) => console.log(line);
const ports = { print, tell: console.error };
/** Longer ones are compared only where they are named. */
const SHORT_S = 120;

process.exitCode = await answer(process.argv.slice(2));

async function answer([first, ...rest]: readonly string[]): Promise<number> {
  if (first === undefined || first === '--list') {
    for (const line of listBenchmarks()) print(line);
    return 0;
  }
  if (first === '--compare') return compare(rest);
  if (first === 'scorecard') return score();
  // A number alone: how fast faults are found, and whether the effects that are told are true, in so many hours each.
  if (/^\d+$/.test(first)) return Math.max(await runNamed('detection', [first]), await runNamed('effects', [first]));
  return isKnown(first) ? runNamed(first, rest) : 2;
}

async function runNamed(name: string, given: readonly string[]): Promise<number> {
  const benchmark = benchmarks[name];
  if (!benchmark) return 2;
  if (given.includes('--help')) {
    for (const line of describeBenchmark(name, benchmark)) print(line);
    return 0;
  }
  const args = given.filter((arg) => arg !== '--no-write');
  const result = await runBenchmark(name, benchmark, args, ports);
  if (result.figures.length > 0 && args.length === given.length) {
    storeResult(result);
    ports.tell(`wrote bench/results/${name}.json; npm run -s benchmarks-doc brings it into docs/benchmarks.md`);
  }
  return result.isMet ? 0 : 1;
}

/** What is stored, by subject; exit status 1 where a stored aim is missed. */
function score(): number {
  const card = scorecard(storedResults());
  for (const line of scorecardLines(card)) print(line);
  const [met, missed, unknown] = (['met', 'missed', 'unknown'] as const).map((of) =>
    card.reduce((sum, scored) => sum + scored[of], 0),
  );
  print(`${met} aims met, ${missed} missed; of ${unknown} benchmarks nothing is stored yet`);
  return missed === 0 ? 0 : 1;
}

/** Runs again, with the arguments that were stored, and shows what is worse. */
async function compare(asked: readonly string[]): Promise<number> {
  if (!asked.every(isKnown)) return 2;
  const short = storedResults().filter(({ benchmark }) => (benchmarks[benchmark]?.seconds ?? Infinity) <= SHORT_S);
  const names = asked.length > 0 ? asked : short.map(({ benchmark }) => benchmark);
  if (names.length === 0) print('no result of a short benchmark is stored: nothing to compare');
  let regressions = 0;
  for (const name of names) {
    const [benchmark, stored] = [benchmarks[name], storedResult(name)];
    if (!benchmark || !stored) {
      console.error(
        `bench/results/${name}.json is not there: npm run bench -- ${name} writes it, where it records figures`,
      );
      return 2;
    }
    const args = writtenArguments(stored.arguments);
    const now = await runBenchmark(name, benchmark, args, { print: () => {}, tell: ports.tell });
    const compared = compareResults(stored, now);
    regressions += compared.filter(isRegression).length;
    const { date, commit } = stored;
    print(`${name} ${args.join(' ')}, beside ${date}${commit === null ? '' : `, commit ${commit}`}:`);
    const rows = compared.map((figure) => [
      figure.name,
      shown(figure.before, figure.unit),
      shown(figure.now, figure.unit),
      figure.tolerance === null ? '' : `± ${Number(figure.tolerance.toPrecision(2))}`,
      `${figure.verdict}${figure.because === undefined ? '' : `: ${figure.because}`}`,
    ]);
    for (const line of tableLines(['figure', 'before', 'now', 'noise', ''], rows)) print(line);
    print('');
  }
  print(`${names.length} compared, ${regressions} figures worse than before beyond noise`);
  return regressions === 0 ? 0 : 1;
}

function shown(value: number | null, unit: string): string {
  return value === null ? '' : `${Number(value.toPrecision(4))} ${unit}`.trimEnd();
}

function isKnown(name: string): boolean {
  if (Object.hasOwn(benchmarks, name)) return true;
  const near = nearestName(name, Object.keys(benchmarks));
  const instead = near === undefined ? 'npm run bench -- --list names them' : `did you mean ${near}?`;
  console.error(`no benchmark is called ${name}: ${instead}`);
  return false;
}
