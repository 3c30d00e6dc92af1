import {
  type ClassForecast,
  type PredictedBottleneck,
  predictBottlenecks,
} from '../lib/core/capacity/predict-bottlenecks.ts';
import { mean } from './mean.ts';
import { median } from './median.ts';
import { type MeasuredFleet, measureFleet } from './predicted-bottlenecks/measure-fleet.ts';
import {
  RAMP_MINUTES,
  type RandomFleet,
  randomFleet,
  START_MS,
  STEADY_MINUTES,
} from './predicted-bottlenecks/random-fleet.ts';
import { simulateGrowth } from './predicted-bottlenecks/simulate-growth.ts';

const STEP_MINUTES = 10;
/** Growths with other luck that must agree on the pool that is full first. */
const GROWTHS = 3;
const LEAST_NAMED = 0.9;

export interface PredictedFleet {
  fleet: RandomFleet;
  /** The pool that was full first in every growth; null where they do not agree. */
  truth: string | null;
  /** Load when it was full, as a multiple of what it was, on average. */
  loadFactor: number;
  bottlenecks: PredictedBottleneck[];
  /** The pool that is most at work now, which nobody need predict. */
  busiestNow: string | null;
}

/** Of each random fleet what is predicted from an hour of telemetry, and what came of it. */
export function predictFleets(seeds: Iterable<number>): PredictedFleet[] {
  return [...seeds].map((seed) => {
    const fleet = randomFleet(seed);
    const measured = measureFleet(fleet);
    const bottlenecks = predicted(fleet, measured);
    const busiest = measured.stations
      .filter(({ kind }) => kind === 'pool')
      .sort((a, b) => (b.measuredUtilization ?? 0) - (a.measuredUtilization ?? 0))[0];
    const growths = Array.from({ length: GROWTHS }, (_, i) => simulateGrowth(fleet, 1_000_000 + seed * GROWTHS + i)[0]);
    const [first] = growths;
    const isClear = first !== undefined && growths.every((full) => full?.pool === first.pool);
    return {
      ...{ fleet, bottlenecks, busiestNow: busiest?.id ?? null, truth: isClear ? first.pool : null },
      loadFactor: mean(growths.map((full) => growthAt(fleet, full?.minute ?? 0))),
    };
  });
}

/** The growth is known, as a plan of the future is; how much comes of each type now, what it takes and where is measured. */
function predicted(fleet: RandomFleet, { stations, visits, perMin }: MeasuredFleet): PredictedBottleneck[] {
  const steps = (STEADY_MINUTES + RAMP_MINUTES) / STEP_MINUTES;
  const classes = [...perMin].map(([id, nowPerMin]): ClassForecast => {
    const times = fleet.mix.get(id) ?? 1;
    const rates = Array.from(
      { length: steps },
      (_, i) => nowPerMin * times * growthAt(fleet, (i + 0.5) * STEP_MINUTES),
    );
    return {
      ...{ id, nowPerMin },
      forecast: { startMs: START_MS, stepMs: STEP_MINUTES * 60_000, mean: rates, quantiles: new Map() },
    };
  });
  return predictBottlenecks(stations, classes, visits);
}

function growthAt({ growth }: RandomFleet, minute: number): number {
  return 1 + (growth - 1) * Math.min(1, Math.max(0, (minute - STEADY_MINUTES) / RAMP_MINUTES));
}

/** The program behind `npm run bench -- predicted-bottlenecks [FLEETS]`. @returns whether all went well */
export function benchPredictedBottlenecks(fleets: number, print: (line: string) => void): boolean {
  const startedMs = performance.now();
  const all: PredictedFleet[] = [];
  let seed = 0;
  // So many whose truth is clear.
  while (all.filter(({ truth }) => truth !== null).length < fleets) {
    seed += 1;
    all.push(...predictFleets([seed]));
  }
  const clear = all.filter(({ truth }) => truth !== null);
  const isNamed = ({ bottlenecks, truth }: PredictedFleet) => bottlenecks[0]?.id === truth;
  for (const isMixChanged of [false, true]) {
    const its = clear.filter(({ fleet }) => fleet.isMixChanged === isMixChanged);
    print(
      `  ${isMixChanged ? 'with a changed mix' : 'with the same mix'}: ${its.filter(isNamed).length} of ${its.length}; the pool most at work now is in ${its.filter(({ busiestNow, truth }) => busiestNow === truth).length}`,
    );
  }
  for (const its of clear.filter((it) => !isNamed(it))) {
    const [first, second] = its.bottlenecks;
    print(
      `  wrong: fleet ${its.fleet.seed}: ${its.truth}, not ${first?.id} (${first?.loadFactor?.toFixed(2)} times the load; then ${second?.id}, ${second?.loadFactor?.toFixed(2)}; confidence ${first?.confidence?.toFixed(2)})`,
    );
  }
  const errors = clear
    .filter(isNamed)
    .map(({ bottlenecks, loadFactor }) => (bottlenecks[0]?.loadFactor ?? 0) / loadFactor - 1);
  for (const [low, high] of [
    [0, 0.7],
    [0.7, 0.9],
    [0.9, 0.99],
    [0.99, 1.01],
  ] as const) {
    const its = all.filter(
      ({ bottlenecks: [first] }) => (first?.confidence ?? 0) >= low && (first?.confidence ?? 0) < high,
    );
    const clearOnes = its.filter(({ truth }) => truth !== null);
    print(
      `  confidence ${low} to ${Math.min(1, high)}: ${its.length} fleets, ${clearOnes.length} of them clear, of which ${clearOnes.filter(isNamed).length} named`,
    );
  }
  const named = clear.filter(isNamed).length;
  print(
    `load at which the first is full: predicted ${percent(median(errors))} off on the median, ${percent(median(errors.map(Math.abs)))} in size`,
  );
  print(
    `first full pool named in ${named} of ${clear.length} fleets (at least ${LEAST_NAMED * 100} % wanted); ${all.length - clear.length} of ${all.length} left out, because ${GROWTHS} growths with other luck did not agree`,
  );
  print(`${((performance.now() - startedMs) / 1_000).toFixed(0)} s`);
  return named >= LEAST_NAMED * clear.length;
}

function percent(share: number): string {
  return `${share < 0 ? '−' : ''}${Math.abs(100 * share).toFixed(1)} %`;
}
