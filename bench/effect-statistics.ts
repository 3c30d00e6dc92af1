import { normalQuantile } from '../lib/core/capacity/normal-quantile.ts';
import { normalTail } from '../lib/core/detect/normal-tail.ts';
import { type ControlledSeries, stepEffect } from '../lib/core/effect/step-effect.ts';
import { HARMED_LEVEL, HELPED_LEVEL, stepVerdict } from '../lib/core/effect/step-verdict.ts';
import { studentQuantile95 } from '../lib/core/effect/student-quantile.ts';
import { createRandom, type Random } from '../lib/sim/random.ts';

/** Minutes that are compared, and minutes left out after the decision while what was under way ends. */
const MINUTES = 14;
const AHEAD = 2;
/** Of what peers have in common with the series, as a share of its variance. */
const COMMON = 0.6;
interface Case {
  known: number;
  phi: number;
  peers: number;
  /** In standard deviations of the series. */
  effect: number;
  /** The last known value lies this many standard deviations out, as it does when it triggers something; null: anywhere. */
  trigger: number | null;
}

/**
 * How often steps are told that are not there, found that are, and covered by their intervals: on autoregressive series of
 * standard deviation 1 whose truth is known. Beside the power stands what nobody can beat: generalized least squares that
 * knows all but the step.
 */
export async function benchEffectStatistics(runs: number, print: (line: string) => void): Promise<boolean> {
  print(
    `steps of ${MINUTES} minutes after ${AHEAD - 1} left out, ${runs} series each; helped at ${HELPED_LEVEL * 100} %, harmed at ${HARMED_LEVEL * 100} %, intervals of 90 %`,
  );
  print('known  phi  peers  trigger | told without a step | interval covers | found: 1 sd less | the best possible');
  let isWell = true;
  for (const known of [120, 480]) {
    for (const phi of [0, 0.3, 0.5, 0.8]) {
      for (const peers of [0, 5]) {
        for (const trigger of [null, 3]) {
          const of = { known, phi, peers, trigger };
          const without = judge({ ...of, effect: 0 }, runs);
          const withStep = judge({ ...of, effect: -1 }, runs);
          const bound = bestPower(of);
          const told = without.told / runs;
          const covers = (without.covers + withStep.covers) / (2 * runs);
          const found = withStep.found / runs;
          const meets =
            told <= 0.07 &&
            covers >= 0.85 &&
            covers <= 0.95 &&
            (phi <= 0.3 || peers === 5 ? found >= 0.8 : found >= bound - 0.1);
          isWell &&= meets;
          print(
            `${pad(known, 5)}  ${phi.toFixed(1)}  ${pad(peers, 5)}  ${pad(trigger ?? '-', 7)} | ${share(told)} | ${share(covers)} | ${share(found)} | ${share(bound)}  ${meets ? 'met' : 'MISSED'}`,
          );
        }
      }
    }
  }
  return isWell;
}

function judge(of: Case, runs: number): { told: number; found: number; covers: number } {
  const counts = { told: 0, found: 0, covers: 0 };
  for (let run = 0; run < runs; run++) {
    const series = draw(of, createRandom(run, `step ${of.known} ${of.phi} ${of.peers} ${of.trigger}`));
    const step = stepEffect(series);
    const { estimate, standardError, freedom } = step;
    const verdict = stepVerdict(step, 'down');
    if (verdict !== 'no_effect') counts.told += 1;
    if (verdict === 'helped') counts.found += 1;
    if (Math.abs(estimate - of.effect) <= studentQuantile95(freedom) * standardError) counts.covers += 1;
  }
  return counts;
}

/** A series that shares a part of its movement with its peers, drawn again until its last known value triggers. */
function draw({ known, phi, peers, effect, trigger }: Case, random: Random): ControlledSeries {
  for (;;) {
    const length = known + AHEAD - 1 + MINUTES;
    const common = autoregressive(length, phi, random);
    const [own, ...others] = Array.from({ length: 1 + peers }, () => {
      const alone = autoregressive(length, phi, random);
      return common.map((value, i) => Math.sqrt(COMMON) * value + Math.sqrt(1 - COMMON) * alone[i]!);
    }) as [number[], ...number[][]];
    if (trigger !== null) {
      // Not drawn until it happens, which would take days: the last value is set, and what came before and after, and what peers share of it, follows.
      const beyond = trigger - own[known - 1]!;
      for (let i = 0; i < length; i++) {
        const moved = beyond * phi ** Math.abs(i - (known - 1));
        own[i]! += moved;
        for (const other of others) other[i]! += COMMON * moved;
      }
    }
    const cut = (values: readonly number[], step: number) => ({
      known: values.slice(0, known),
      since: values.slice(known + AHEAD - 1).map((value) => value + step),
    });
    return { ...cut(own, effect), ahead: AHEAD, peers: others.map((other) => cut(other, 0)) };
  }
}

/** Stationary, with standard deviation 1. */
function autoregressive(length: number, phi: number, random: Random): number[] {
  const values: number[] = [];
  let value = random.normal(0, 1);
  for (let i = 0; i < length; i++) {
    values.push(value);
    value = phi * value + random.normal(0, Math.sqrt(1 - phi ** 2));
  }
  return values;
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
