import { tableLines } from '../lib/cli/table.ts';
import { collectWork } from '../lib/core/review/collected-work.ts';
import { comparePeers, type PeerComparison, standardised } from '../lib/core/review/compare-peers.ts';
import { comparePools } from '../lib/core/review/compare-pools.ts';
import { type ReviewMeasureId, reviewMeasureIds, reviewMeasures } from '../lib/core/review/review-measure.ts';
import {
  type DrawnFleet,
  type DrawnPools,
  drawFleet,
  drawPools,
  type TrueDifference,
} from './agent-reviews/drawn-fleet.ts';

const AIMS = { falseShare: 0.1, fleetsWithFalse: 0.1 };

const truthOf: Record<ReviewMeasureId, keyof TrueDifference> = {
  service_time: 'service',
  completion: 'completion',
  quality: 'quality',
  satisfaction: 'csat',
  sla: 'sla',
};

export interface ReviewTally {
  told: number;
  wrong: number;
  covered: number;
  planted: number;
  found: number;
  /** Those of the planted that have enough tasks and peers to be compared at all. */
  comparable: number;
  fleets: number;
  fleetsWithFalse: number;
  /** Sum over fleets of the share of false ones among what was told. */
  shares: number;
}

/**
 * How many of the strengths and weaknesses that reviews tell are false, and how many of those that were planted are found, in fleets
 * drawn by seed, some with nobody planted. False is what is not, in truth, beyond the margin in the direction that is told.
 * @returns whether the aims are met
 */
export async function benchAgentReviews(
  { seeds, firstSeed }: { seeds: number; firstSeed: number },
  print: (line: string) => void,
): Promise<boolean> {
  const all = Array.from({ length: seeds }, (_, i) => firstSeed + i);
  const planted = tallyReviews(all.map((seed) => () => drawFleet(seed)));
  const nobody = tallyReviews(all.map((seed) => () => drawFleet(seed, false)));
  print(
    `strengths and weaknesses of agents beside their peers, ${seeds} fleets from seed ${firstSeed} on, four weeks each:`,
  );
  const rows = [...planted].map(([name, of]) => {
    return [
      name,
      String(of.told),
      share(of.wrong, of.told),
      share(of.covered, of.told),
      `${of.found} of ${of.planted}`,
      share(of.found, of.planted),
      share(of.found, of.comparable),
    ];
  });
  for (const line of tableLines(
    ['measure', 'told', 'false', 'interval holds truth', 'planted found', 'recall', 'of comparable'],
    rows,
    (column) => column > 0,
  )) {
    print(line);
  }
  const [some, none] = [planted.get('all') as ReviewTally, nobody.get('all') as ReviewTally];
  print(`mean share of false ones in a fleet: ${(some.shares / some.fleets).toFixed(3)}`);
  print(
    `nobody planted: ${none.fleetsWithFalse} of ${none.fleets} fleets with any false one (${share(none.fleetsWithFalse, none.fleets)}), ${none.told} told, ${none.wrong} false`,
  );
  const [pools, usual] = [true, false].map((plants) =>
    tallyPools(all.map((seed) => () => drawPools(seed, plants))),
  ) as [ReviewTally, ReviewTally];
  print(
    `pools beside other pools: ${pools.told} told, ${share(pools.wrong, pools.told)} false, intervals hold ${share(pools.covered, pools.told)}, ${pools.found} of ${pools.planted} planted found (${share(pools.found, pools.planted)}); with no pool planted ${usual.fleetsWithFalse} of ${usual.fleets} fleets with any false one`,
  );
  const isMet = [some, pools].every(({ wrong, told }) => wrong <= AIMS.falseShare * told);
  const isQuiet = [none, usual].every((of) => of.fleetsWithFalse <= AIMS.fleetsWithFalse * of.fleets);
  print(
    `${isMet && isQuiet ? 'met' : 'not met'}: at most ${AIMS.falseShare * 100} % of what is told false, and any false one in at most ${AIMS.fleetsWithFalse * 100} % of fleets with nobody planted`,
  );
  return isMet && isQuiet;
}

/** Of pools beside those that do the same types. */
export function tallyPools(fleets: readonly (() => DrawnPools)[]): ReviewTally {
  const tally = noTally();
  for (const draw of fleets) {
    const { days, truth, planted } = draw();
    const comparisons = comparePools(standardised(collectWork(days)));
    const pools = [...new Set(comparisons.map(({ pool }) => pool))];
    let [told, wrong] = [0, 0];
    for (const { pool, taskType, measure: id, beside } of comparisons) {
      if (beside.verdict === 'usual') continue;
      const measure = reviewMeasures[id];
      const of = (its: string) => truth(its, taskType)[truthOf[id]];
      const there = new Set(
        comparisons.filter((its) => its.taskType === taskType && its.measure === id).map((its) => its.pool),
      );
      const others = pools
        .filter((its) => its !== pool && there.has(its))
        .map(of)
        .sort((a, b) => a - b);
      const middle = ((others[(others.length - 1) >> 1] ?? 0) + (others[others.length >> 1] ?? 0)) / 2;
      const apart = of(pool) - middle;
      const better = measure.better === 'higher' ? apart : -apart;
      const isRatio = measure.comparedBy === 'ratio';
      told += 1;
      wrong += Number(
        (beside.verdict === 'strength' ? better : -better) < (isRatio ? Math.log(measure.margin) : measure.margin),
      );
      const as = isRatio ? Math.exp(apart) : apart;
      tally.covered += Number(beside.difference.low <= as && as <= beside.difference.high);
    }
    for (const { pool, taskType, measure, isWeak } of planted) {
      const its = comparisons.find(
        (of) => of.pool === pool && of.taskType === taskType && truthOf[of.measure] === measure,
      );
      tally.planted += 1;
      tally.comparable += Number(its !== undefined);
      tally.found += Number(its?.beside.verdict === (isWeak ? 'weakness' : 'strength'));
    }
    tally.told += told;
    tally.wrong += wrong;
    tally.fleets += 1;
    tally.fleetsWithFalse += Number(wrong > 0);
    tally.shares += told > 0 ? wrong / told : 0;
  }
  return tally;
}

/** By measure, and `all`. */
export function tallyReviews(fleets: readonly (() => DrawnFleet)[]): Map<string, ReviewTally> {
  const names = ['all', ...reviewMeasureIds];
  const tallies = new Map(names.map((name) => [name, noTally()]));
  for (const draw of fleets) {
    const fleet = draw();
    const { comparisons } = comparePeers(collectWork(fleet.days));
    for (const name of names) {
      const of = comparisons.filter(({ measure }) => name === 'all' || measure === name);
      count(
        tallies.get(name) as ReviewTally,
        fleet,
        of,
        (measure) => name === 'all' || truthOf[name as ReviewMeasureId] === measure,
      );
    }
  }
  return tallies;
}

function count(
  tally: ReviewTally,
  { planted, truth }: DrawnFleet,
  comparisons: readonly PeerComparison[],
  isOf: (measure: keyof TrueDifference) => boolean,
): void {
  let [told, wrong] = [0, 0];
  for (const { agent, taskType, measure: id, beside } of comparisons) {
    if (beside === null || beside.verdict === 'usual') continue;
    const measure = reviewMeasures[id];
    const its = truth(agent, taskType)[truthOf[id]];
    const isRatio = measure.comparedBy === 'ratio';
    const better = measure.better === 'higher' ? its : -its;
    const beyond = beside.verdict === 'strength' ? better : -better;
    told += 1;
    wrong += Number(beyond < (isRatio ? Math.log(measure.margin) : measure.margin));
    const as = isRatio ? Math.exp(its) : its;
    tally.covered += Number(beside.difference.low <= as && as <= beside.difference.high);
  }
  const known = new Map(comparisons.map((of) => [`${of.agent}/${of.taskType}/${truthOf[of.measure]}`, of.beside]));
  for (const { agent, taskType, measure, isWeak } of planted) {
    if (!isOf(measure)) continue;
    const beside = known.get(`${agent}/${taskType}/${measure}`);
    tally.planted += 1;
    tally.comparable += Number(Boolean(beside));
    tally.found += Number(beside?.verdict === (isWeak ? 'weakness' : 'strength'));
  }
  tally.told += told;
  tally.wrong += wrong;
  tally.fleets += 1;
  tally.fleetsWithFalse += Number(wrong > 0);
  tally.shares += told > 0 ? wrong / told : 0;
}

function noTally(): ReviewTally {
  return {
    ...{ told: 0, wrong: 0, covered: 0, planted: 0, found: 0, comparable: 0, fleets: 0, fleetsWithFalse: 0, shares: 0 },
  };
}

function share(of: number, all: number): string {
  return all === 0 ? '' : `${((100 * of) / all).toFixed(1)} %`;
}
