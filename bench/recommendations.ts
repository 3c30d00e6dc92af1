import { parseArgs } from 'node:util';
import { tableLines } from '../lib/cli/table.ts';
import { recommend } from '../lib/core/recommend/recommend.ts';
import { type Recommendation, type StrategyName, strategyNames } from '../lib/core/recommend/recommendation.ts';
import type { RecommendationContext } from '../lib/core/recommend/recommendation-context.ts';
import { strategies } from '../lib/core/recommend/registry.ts';
import { wilsonLower } from '../lib/core/remediate/wilson-bound.ts';
import { conditions, isAbout, isSimulated, lookAt, plantedWorld } from './recommendations/conditions.ts';
import { drawCulture, drawPool, gainedByCapacity } from './recommendations/drawn-records.ts';
import { ordinaryWorld } from './recommendations/world.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

const AIMS = { recall: 0.9, wrong: 0.05, inInterval: 0.8 };
const Z_95 = 1.96;
/** Where one condition brings another with it: agents of very different speed are slower than their peers. */
const implied: Partial<Record<StrategyName, StrategyName[]>> = {
  load_balancing_adjustment: ['agent_skill_enhancement'],
};

/** What was seen of one strategy over the seeds. */
interface Tally {
  planted: number;
  found: number;
  absent: number;
  wrong: number;
  /** In fleets in which another strategy's condition was planted. */
  otherFleets: number;
  wrongInOthers: number;
  carriedOut: number;
  inInterval: number;
  /** Realised ÷ expected. */
  ratios: number[];
}

const USAGE = 'recommendations [SEEDS] [--only STRATEGY,...] [--from SEED] [--verbose]';

/**
 * Fleets with the condition of each strategy and ordinary ones, drawn by seed: how often it is found, how often something is recommended
 * where nothing is to be had, and whether what is gained by carrying it out lies in the interval that was told.
 * @param args see the usage above; 50 seeds from 1 on where nothing is said
 * @param tell how far it has come
 * @returns whether the aims are met
 */
export async function benchRecommendations(
  args: readonly string[],
  print: (line: string) => void,
  tell: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { only: { type: 'string' }, from: { type: 'string' }, verbose: { type: 'boolean' } },
  });
  const [seedCount, firstSeed] = [Number(positionals[0] ?? 50), Number(values.from ?? 1)];
  const only = (values.only ?? '').split(',').filter((name) => name !== '');
  const unknown = only.filter((name) => !(strategyNames as string[]).includes(name));
  if (!(seedCount > 0 && firstSeed > 0) || unknown.length > 0) {
    tell(USAGE);
    return false;
  }
  const isVerbose = values.verbose ?? false;
  const startedMs = performance.now();
  const names = strategyNames.filter((name) => only.length === 0 || only.includes(name));
  const tallies = new Map(names.map((name) => [name, noTally()]));
  const detail = isVerbose ? tell : () => {};
  const anySimulated = names.some(isSimulated);
  for (let seed = firstSeed; seed < firstSeed + seedCount; seed++) {
    const ordinary = anySimulated ? recommended(lookAt(ordinaryWorld(seed)).context) : [];
    for (const [name, tally] of tallies) {
      if (name === 'capacity_planning') drawnCapacity(tally, seed, detail);
      else if (name === 'performance_culture_development') drawnCulture(tally, seed, detail);
      else if (isSimulated(name)) {
        countWrong(tally, ordinary, name, (it) => detail(`${seed} ${it}`));
        simulate(name, seed, tallies, detail);
      }
    }
    tell(`seed ${seed}`);
  }
  const isMet = report(tallies, print, record);
  print(`${((performance.now() - startedMs) / 1_000).toFixed(0)} s for ${seedCount} seeds from ${firstSeed} on`);
  return isMet;
}

function recommended(context: RecommendationContext): Recommendation[] {
  const { recommendations, failed } = recommend(context, Object.values(strategies));
  for (const { error } of failed) throw error;
  return recommendations;
}

function countWrong(
  tally: Tally,
  all: readonly Recommendation[],
  name: StrategyName,
  tell: (line: string) => void,
): void {
  const wrong = all.filter(({ strategy }) => strategy === name);
  tally.absent += 1;
  tally.wrong += Number(wrong.length > 0);
  for (const it of wrong) tell(`wrong ${shown(it)}`);
}

function countGain(tally: Tally, recommendation: Recommendation, gained: number, tell: (line: string) => void): void {
  const { value, low, high } = recommendation.expectedGain;
  const isWithin = gained >= low && gained <= high;
  tally.carriedOut += 1;
  tally.inInterval += Number(isWithin);
  tally.ratios.push(gained / value);
  tell(`${shown(recommendation)}: gained ${gained.toPrecision(3)}${isWithin ? '' : ' OUTSIDE'}`);
}

function drawnCapacity(tally: Tally, seed: number, tell: (line: string) => void): void {
  countWrong(tally, recommended(drawPool(seed, false).context), 'capacity_planning', tell);
  const pool = drawPool(seed, true);
  const [found] = recommended(pool.context);
  tally.planted += 1;
  tally.found += Number(found !== undefined);
  if (found) countGain(tally, found, gainedByCapacity(pool, found, seed), (it) => tell(`${seed} ${it}`));
  else tell(`${seed} missed capacity_planning`);
}

function drawnCulture(tally: Tally, seed: number, tell: (line: string) => void): void {
  countWrong(tally, recommended(drawCulture(seed, false).context), 'performance_culture_development', tell);
  const { context, habit } = drawCulture(seed, true);
  const found = recommended(context);
  const isFound = found.some(({ scope }) => scope.habit === habit);
  tally.planted += 1;
  tally.found += Number(isFound);
  if (!isFound) tell(`${seed} missed ${habit}`);
  // The other habits are good.
  tally.otherFleets += 1;
  tally.wrongInOthers += Number(found.some(({ scope }) => scope.habit !== habit));
}

function simulate(
  name: keyof typeof conditions,
  seed: number,
  tallies: Map<StrategyName, Tally>,
  tell: (line: string) => void,
): void {
  const tally = tallies.get(name) as Tally;
  const condition = conditions[name];
  const { world, planted } = plantedWorld(name, seed);
  const before = lookAt(world);
  const recommendations = recommended(before.context);
  const found = recommendations.filter((it) => it.strategy === name && isAbout(it, planted));
  tally.planted += 1;
  tally.found += Number(found.length > 0);
  if (found.length === 0) tell(`${seed} missed ${name} ${JSON.stringify(planted)}`);
  for (const [other, its] of tallies) {
    if (other === name || !(other in conditions) || implied[name]?.includes(other)) continue;
    const wrong = recommendations.filter(({ strategy }) => strategy === other);
    its.otherFleets += 1;
    its.wrongInOthers += Number(wrong.length > 0);
    for (const it of wrong) tell(`${seed} wrong in ${name}: ${shown(it)}`);
  }
  for (const recommendation of found.slice(0, 1)) {
    const after = lookAt(condition.carryOut(world, recommendation, planted));
    countGain(tally, recommendation, condition.gained(before, after, recommendation), (it) => tell(`${seed} ${it}`));
  }
}

function shown({ strategy, scope, expectedGain: { value, unit, low, high }, confidence }: Recommendation): string {
  return `${strategy} ${Object.values(scope).join('/')} ${value.toPrecision(3)} ${unit} (${low.toPrecision(3)} to ${high.toPrecision(3)}), ${confidence.toFixed(3)}`;
}

function report(
  tallies: ReadonlyMap<StrategyName, Tally>,
  print: (line: string) => void,
  record: RecordFigure,
): boolean {
  const header = [
    'strategy',
    'found',
    'recall',
    'wrong',
    'share',
    'in others',
    'realised in interval',
    'realised ÷ expected',
  ];
  const rows = [...tallies].map(([name, tally]) => [
    name,
    `${tally.found}/${tally.planted}`,
    interval(tally.found, tally.planted),
    `${tally.wrong}/${tally.absent}`,
    interval(tally.wrong, tally.absent),
    `${tally.wrongInOthers}/${tally.otherFleets}`,
    tally.carriedOut === 0 ? '-' : `${tally.inInterval}/${tally.carriedOut}`,
    tally.ratios.length === 0 ? '-' : quartiles(tally.ratios),
  ]);
  for (const line of tableLines(header, rows)) print(line);
  for (const [name, { found, planted, wrong, absent, inInterval, carriedOut }] of tallies) {
    const percentOf = (some: number, all: number) => (all === 0 ? null : (100 * some) / all);
    const seeded = { unit: '%', kind: 'seeded' } as const;
    const [high, low] = [{ ...seeded, betterIs: 'higher' } as const, { ...seeded, betterIs: 'lower' } as const];
    record({ name: `${name}: found`, value: percentOf(found, planted), ...high, aim: 100 * AIMS.recall });
    record({ name: `${name}: wrongly`, value: percentOf(wrong, absent), ...low, aim: 100 * AIMS.wrong });
    if (carriedOut > 0) {
      const within = percentOf(inInterval, carriedOut);
      record({ name: `${name}: realised in the interval`, value: within, ...high, aim: 100 * AIMS.inInterval });
    }
  }
  const aims = [...tallies].flatMap(([name, tally]) => [
    {
      of: `${name}: recall ${AIMS.recall} or more`,
      is: tally.planted > 0 && tally.found >= AIMS.recall * tally.planted,
    },
    { of: `${name}: wrong ${AIMS.wrong} or less`, is: tally.absent > 0 && tally.wrong <= AIMS.wrong * tally.absent },
    ...(tally.carriedOut === 0
      ? []
      : [
          {
            of: `${name}: realised in ${AIMS.inInterval} of the intervals`,
            is: tally.inInterval >= AIMS.inInterval * tally.carriedOut,
          },
        ]),
  ]);
  for (const { of, is } of aims) print(`${is ? 'met' : 'not met'}: ${of}`);
  return aims.every(({ is }) => is);
}

function noTally(): Tally {
  return {
    ...{ planted: 0, found: 0, absent: 0, wrong: 0, otherFleets: 0, wrongInOthers: 0 },
    ...{ carriedOut: 0, inInterval: 0, ratios: [] },
  };
}

/** Wilson's of 95 %. */
function interval(hits: number, n: number): string {
  return `${wilsonLower(hits, n, Z_95).toFixed(2)} to ${(1 - wilsonLower(n - hits, n, Z_95)).toFixed(2)}`;
}

function quartiles(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  return [0.1, 0.5, 0.9].map((q) => (sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN).toFixed(2)).join(' ');
}
