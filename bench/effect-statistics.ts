import { normalQuantile } from '../lib/core/capacity/normal-quantile.ts';
import { normalTail } from '../lib/core/detect/normal-tail.ts';
import { stepEffect } from '../lib/core/effect/step-effect.ts';
import { HARMED_LEVEL, HELPED_LEVEL, stepVerdict } from '../lib/core/effect/step-verdict.ts';
import { studentQuantile95 } from '../lib/core/effect/student-quantile.ts';
import { POOL_MEASURED_MINUTES, POOL_SETTLING_MINUTES } from '../lib/core/remediate/measured-minutes.ts';
import { createRandom } from '../lib/sim/random.ts';
import { drawControlled, withStep } from './effect-statistics/controlled-series.ts';
import type { RecordFigure } from './results/figure.ts';

/** Minutes that are compared, and where they begin: as the minute job does it where a directive is applied at once. */
const MINUTES = POOL_MEASURED_MINUTES;
const AHEAD = POOL_SETTLING_MINUTES + 2;
/** Of what peers have in common with the series, as a share of its variance. */
const COMMON = 0.6;

interface Case {
  known: number;
  phi: number;
  peers: number;
  /** See controlled-series.ts. */
  trigger: number | null;
}

const cases: readonly Case[] = [120, 480].flatMap((known) =>
  [0, 0.3, 0.5, 0.8].flatMap((phi) =>
    [0, 5].flatMap((peers) => [null, 3].map((trigger) => ({ known, phi, peers, trigger }))),
  ),
);

/**
 * How often steps are told that are not there, found that are, and covered by their intervals: on autoregressive series of
 * standard deviation 1 whose truth is known. Beside the power stands what nobody can beat: generalized least squares that
 * knows all but the step.
 */
export async function benchEffectStatistics(
  runs: number,
  print: (line: string) => void,
  record: RecordFigure,
): Promise<boolean> {
  print(
    `steps of ${MINUTES} minutes after ${AHEAD - 1} left out, ${runs} series each; helped at ${HELPED_LEVEL * 100} %, harmed at ${HARMED_LEVEL * 100} %, intervals of 90 %`,
  );
  print('known  phi  peers  trigger | told without a step | interval covers | found: 1 sd less | the best possible');
  let isWell = true;
  const all = { told: [] as number[], covers: [] as number[], missed: 0 };
  for (const of of cases) {
    const { known, phi, peers, trigger } = of;
    const without = judge(of, 0, runs);
    const stepped = judge(of, -1, runs);
    const bound = bestPower(of);
    const told = without.told / runs;
    const covers = (without.covers + stepped.covers) / (2 * runs);
    const found = stepped.found / runs;
    const isPowerful = phi <= 0.3 || peers === 5 ? found >= 0.8 : found >= bound - 0.1;
    const meets = told <= 0.07 && covers >= 0.85 && covers <= 0.95 && isPowerful;
    isWell &&= meets;
    all.told.push(100 * told);
    all.covers.push(100 * covers);
    if (!meets) all.missed += 1;
    print(
      `${pad(known, 5)}  ${phi.toFixed(1)}  ${pad(peers, 5)}  ${pad(trigger ?? '-', 7)} | ${share(told)} | ${share(covers)} | ${share(found)} | ${share(bound)}  ${meets ? 'met' : 'MISSED'}`,
    );
  }
  const percent = { unit: '%', kind: 'seeded' } as const;
  record({
    name: 'told without a step, in the worst case',
    value: Math.max(...all.told),
    ...percent,
    betterIs: 'lower',
    aim: 7,
  });
  record({
    name: 'intervals that cover, fewest',
    value: Math.min(...all.covers),
    ...percent,
    betterIs: 'higher',
    aim: 85,
  });
  record({
    name: 'intervals that cover, most',
    value: Math.max(...all.covers),
    ...percent,
    betterIs: 'lower',
    aim: 95,
  });
  record({ name: 'cases that miss an aim', value: all.missed, unit: '', kind: 'seeded', betterIs: 'lower', aim: 0 });
  return isWell;
}

/** @param effect in standard deviations of the series */
function judge(of: Case, effect: number, runs: number): { told: number; found: number; covers: number } {
  const counts = { told: 0, found: 0, covers: 0 };
  for (let run = 0; run < runs; run++) {
    const random = createRandom(run, `step ${of.known} ${of.phi} ${of.peers} ${of.trigger}`);
    const series = drawControlled({ ...of, ahead: AHEAD, since: MINUTES, common: COMMON }, random);
    const step = stepEffect(withStep(series, effect));
    const { estimate, standardError, freedom } = step;
    const verdict = stepVerdict(step, 'down');
    if (verdict !== 'no_effect') counts.told += 1;
    if (verdict === 'helped') counts.found += 1;
    if (Math.abs(estimate - effect) <= studentQuantile95(freedom) * standardError) counts.covers += 1;
  }
  return counts;
}

/** Of one standard deviation, where level, memory, noise and weights are known: only the step is not. */
function bestPower({ phi, peers }: Pick<Case, 'phi' | 'peers'>): number {
  // The best guess at what is common from peers alone leaves this of the variance.
  const explained = peers === 0 ? 0 : (COMMON ** 2 * peers) / (COMMON * peers + 1 - COMMON);
  const variance = 1 - explained;
  const innovation = variance * (1 - phi ** 2);
  const information = 1 / (variance * (1 - phi ** (2 * AHEAD))) + ((MINUTES - 1) * (1 - phi) ** 2) / innovation;
  return normalTail(normalQuantile(1 - HELPED_LEVEL) - Math.sqrt(information));
}

function share(value: number): string {
  return `${(100 * value).toFixed(1)} %`.padStart(7);
}

function pad(value: number | string, width: number): string {
  return String(value).padStart(width);
}
