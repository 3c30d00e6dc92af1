import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { initSync, seasonalities } from '@bsull/augurs/seasons';
import { findSeasons } from '../lib/core/forecast/seasonality.ts';
import { evenSeries } from '../lib/core/forecast/seasonality-preparation.ts';
import { createRandom } from '../lib/sim/random.ts';
import { bootstrap } from './bootstrap.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';
import { drawNoise, noises, plantSeason } from './seasonality/planted-series.ts';

interface Finder {
  name: string;
  /** Periods in steps. */
  find(values: readonly number[]): number[];
}

const WANTED = 0.95;
const DAY_S = 86_400;
const PUBLIC_WORKLOADS = join(fileURLToPath(new URL('../..', import.meta.url)), 'shared/data/workload-public.json.gz');

/**
 * Whether planted cycles are found, and none in noise with a memory; beside the periodogram detector of augurs on the same series
 * (gaps filled for it in the same way, the same longest period), and on public workloads.
 * @param runs planted series, and series of each kind of noise
 * @param workloads file of the public workloads; those of the shared data where it is empty
 * @returns whether 95 % of planted periods are found within a step, and 95 % of noise of each kind shows none
 */
export function benchSeasonality(
  runs: number,
  workloads: string,
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): boolean {
  const finders = [ours, ...augurs()];
  const met = finders.map((finder) => {
    const planted = plantedFound(finder, runs, print);
    const noise = noises.map((kind) => falselyFound(finder, kind, runs));
    if (finder === ours) {
      const aimed = { unit: '%', betterIs: 'higher', kind: 'seeded', aim: 100 * WANTED } as const;
      record({ name: 'planted periods found within a step', value: 100 * planted, ...aimed });
      for (const { kind, share } of noise) record({ name: `no season in ${kind}`, value: 100 * share, ...aimed });
    }
    print(
      `  noise without any season, none found in: ${noise.map(({ kind, share }) => `${kind} ${percent(share)}`).join(', ')}`,
    );
    return planted >= WANTED && noise.every(({ share }) => share >= WANTED);
  });
  for (const finder of finders) publicFound(finder, workloads === '' ? PUBLIC_WORKLOADS : workloads, print);
  return met[0] ?? false;
}

const ours: Finder = {
  name: 'fleetpulse',
  find: (values) => findSeasons(values).map(({ period }) => period),
};

/** With its own longest period (512 steps), and with the one that ours has. It gives whole steps. */
function augurs(): Finder[] {
  // The package does not let its WebAssembly be asked for by name: it lies beside what it does.
  const folder = dirname(createRequire(import.meta.url).resolve('@bsull/augurs/seasons'));
  initSync({ module: readFileSync(join(folder, 'seasons_bg.wasm')) });
  const withLongest = (longest: (n: number) => number | undefined) => (values: readonly number[]) => {
    const even = evenSeries(values) ?? new Float64Array(values.length);
    return [...seasonalities(even, { minPeriod: undefined, maxPeriod: longest(values.length), threshold: undefined })];
  };
  return [
    { name: 'augurs seasons', find: withLongest(() => undefined) },
    { name: 'augurs seasons up to a third of the series', find: withLongest((n) => Math.ceil(n / 2.8)) },
  ];
}

/** @returns share of planted periods that were found within a step */
function plantedFound({ name, find }: Finder, runs: number, print: (line: string) => void): number {
  const outcomes = Array.from({ length: runs }, (_, seed) => {
    const planted = plantSeason(createRandom(seed, 'plant'));
    const periods = find(planted.values);
    const isHit = periods.some((period) => Math.abs(period - planted.period) <= 1);
    const isNear = periods.some((period) => Math.abs(period / planted.period - 1) <= 0.05);
    return { ...planted, isNear, isHit, isAlone: isHit && periods.length === 1, found: periods.length };
  });
  // Once more, when everything is compiled.
  const before = process.cpuUsage();
  for (const { values } of outcomes) find(values);
  const points = outcomes.reduce((sum, { values }) => sum + values.length, 0);
  const { user, system } = process.cpuUsage(before);
  const msFor2000 = ((user + system) / 1_000 / points) * 2_000;
  const share = (of: readonly boolean[]) => of.filter(Boolean).length / of.length;
  const hits = outcomes.map(({ isHit }) => isHit);
  const { estimate, low, high } = bootstrap(runs, (members) => share(members.map((i) => hits[i] ?? false)));
  print(
    `${name}: planted period found within one step in ${percent(estimate)} (${percent(low)} to ${percent(high)}) of ${runs}, within 5 % in ${percent(share(outcomes.map(({ isNear }) => isNear)))}, within one step and alone in ${percent(share(outcomes.map(({ isAlone }) => isAlone)))}; ${msFor2000.toFixed(1)} ms of processor time for 2,000 points`,
  );
  const groups = {
    ...Object.fromEntries(Map.groupBy(outcomes, ({ shape }) => shape)),
    'under 5 cycles': outcomes.filter(({ cycles }) => cycles < 5),
    'noise over 0.7': outcomes.filter(({ noise }) => noise > 0.7),
    'period under 20': outcomes.filter(({ period }) => period < 20),
  };
  const shares = Object.entries(groups).map(
    ([group, of]) => `${group} ${percent(share(of.map(({ isHit }) => isHit)))} of ${of.length}`,
  );
  print(`  ${shares.join(', ')}`);
  return estimate;
}

/** @returns share of noise in which no season was found */
function falselyFound({ find }: Finder, kind: (typeof noises)[number], runs: number): { kind: string; share: number } {
  const quiet = Array.from(
    { length: runs },
    (_, seed) => find(drawNoise(kind, createRandom(seed, `noise${kind}`))).length === 0,
  );
  const share = quiet.filter(Boolean).length / runs;
  return { kind, share };
}

interface Workload {
  groups: { name: string; step: number; series: { id: string; y: number[] }[] }[];
}

function publicFound({ name, find }: Finder, path: string, print: (line: string) => void): void {
  if (!existsSync(path)) {
    print('the public workloads are not at hand');
    return;
  }
  const { groups } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as Workload;
  for (const { name: group, step, series } of groups) {
    const day = DAY_S / step;
    const found = series.map(({ y }) => find(y));
    const count = (period: number) =>
      found.filter((periods) => periods.some((of) => Math.abs(of / period - 1) < 0.05)).length;
    const longEnough = series.filter(({ y }) => y.length >= 3 * 7 * day).length;
    const others = found.filter((periods) =>
      periods.some((of) => Math.abs(of / day - 1) >= 0.05 && Math.abs(of / day / 7 - 1) >= 0.05),
    );
    print(
      `${name}, ${group}: day in ${count(day)} of ${series.length}, week in ${count(7 * day)} of ${longEnough} that have three, another in ${others.length}`,
    );
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
