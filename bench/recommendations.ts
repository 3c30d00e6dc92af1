import { tableLines } from '../lib/cli/table.ts';
import { recommend } from '../lib/core/recommend/recommend.ts';
import { type Recommendation, type StrategyName, strategyNames } from '../lib/core/recommend/recommendation.ts';
import { strategies } from '../lib/core/recommend/registry.ts';
import { wilsonLower } from '../lib/core/remediate/wilson-bound.ts';
import { conditions, isAbout, lookAt, plantedWorld } from './recommendations/conditions.ts';
import { ordinaryWorld } from './recommendations/world.ts';

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

/**
 * Fleets with the condition of each strategy and ordinary ones, drawn by seed: how often it is found, how often something is recommended
 * where nothing is to be had, and whether what is gained by carrying it out lies in the interval that was told.
 * @returns whether the aims are met
 */
export async function benchRecommendations(
  {
    seedCount,
    firstSeed,
    only,
    isVerbose,
  }: { seedCount: number; firstSeed: number; only: readonly string[]; isVerbose: boolean },
  print: (line: string) => void,
  tell: (line: string) => void,
): Promise<boolean> {
  const names = strategyNames.filter((name) => only.length === 0 || only.includes(name));
  const tallies = new Map(names.map((name) => [name, noTally()]));
  for (let seed = firstSeed; seed < firstSeed + seedCount; seed++) {
    const ordinary = recommend(lookAt(ordinaryWorld(seed)).context, Object.values(strategies));
    if (ordinary.failed.length > 0) throw ordinary.failed[0]?.error;
    for (const name of names) {
      const tally = tallies.get(name) as Tally;
      if (!(name in conditions)) continue;
      const wrong = ordinary.recommendations.filter(({ strategy }) => strategy === name);
      tally.absent += 1;
      tally.wrong += Number(wrong.length > 0);
      if (isVerbose) for (const it of wrong) tell(`${seed} wrong ${shown(it)}`);
      simulate(name as keyof typeof conditions, seed, tallies, isVerbose ? tell : () => {});
    }
    tell(`seed ${seed}`);
  }
  return report(tallies, print);
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
  const { recommendations, failed } = recommend(before.context, Object.values(strategies));
  if (failed.length > 0) throw failed[0]?.error;
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
    const gained = condition.gained(before, after, recommendation);
    const { value, low, high } = recommendation.expectedGain;
    tally.carriedOut += 1;
    tally.inInterval += Number(gained >= low && gained <= high);
    tally.ratios.push(gained / value);
    tell(
      `${seed} ${shown(recommendation)}: gained ${gained.toPrecision(3)}${gained < low || gained > high ? ' OUTSIDE' : ''}`,
    );
  }
}

function shown({ strategy, scope, expectedGain: { value, unit, low, high }, confidence }: Recommendation): string {
  return `${strategy} ${Object.values(scope).join('/')} ${value.toPrecision(3)} ${unit} (${low.toPrecision(3)} to ${high.toPrecision(3)}), ${confidence.toFixed(3)}`;
}

function report(tallies: ReadonlyMap<StrategyName, Tally>, print: (line: string) => void): boolean {
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
