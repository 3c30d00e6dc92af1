import type { Figures } from './figures.ts';
import type { Kpi } from './kpi.ts';
import type { KpiValue } from './kpi-value.ts';
import {
  fitUsl,
  peakConcurrency,
  squaresAtEfficiency,
  type Usl,
  type UslPoint,
  uslEfficiency,
  uslThroughput,
} from './usl.ts';

/** Levels of concurrency that a fit of three coefficients needs, and minutes that each of them needs. */
const MIN_LEVELS = 6;
const MIN_MINUTES = 3;
/** The highest concurrency ÷ the lowest: less than this does not tell how throughput grows with it. */
const MIN_RANGE = 2;
/** Concurrency has to vary this many times as much (in variance) as it would by chance under a load that is steady. */
const MIN_VARIATION = 1.5;
/** Root mean square of the levels' distance from the law, as a share of it, beyond which the law does not hold. */
const MAX_MISFIT = 0.25;
/** The 95 % quantile of chi-square with one degree of freedom. */
const CHI_SQUARE_95 = 3.841;

/**
 * How throughput grows with the tasks at work at once. Work that waits is not at work, so this is no measure of saturation:
 * by Little's law it tells how service slows down with what is at work besides.
 * @see docs/decisions/scalability-index.md
 */
export const scalabilityIndex: Kpi = {
  unit: 'ratio',
  better: 'higher',
  formula: `throughput ÷ (throughput of one task alone × tasks at work at once), at the window's mean concurrency N: 1 ÷ (1 + sigma (N − 1) + kappa N (N − 1)) of the Universal Scalability Law, fitted with lambda, sigma, kappa ≥ 0 to the minutes grouped by tasks at work at once; parts: lambda (1/min), sigma (contention), kappa (coherency), concurrency, peakConcurrency √((1 − sigma) ÷ kappa), shareOfPeak, low and high (95 % interval), levels; null below ${MIN_LEVELS} levels of ${MIN_MINUTES} minutes, over less than a factor of ${MIN_RANGE} in N, where N varies little more than by chance, and where the law does not fit`,
  counts: 'minutes',
  minimumSample: 60,
  drives: ['bottleneck_formation'],
  scopes: ['fleet', 'pool'],
  of: ({ loads }) => scalability(loads),
};

/** What was done in the minutes of one level, per minute. */
interface Level {
  minutes: number;
  concurrency: number;
  throughput: number;
}

function scalability(loads: Figures['loads']): KpiValue {
  const levels = levelsOf(loads);
  const n = levels.reduce((sum, { minutes }) => sum + minutes, 0);
  const unknown = (reason: string): KpiValue => ({ value: null, n, unit: 'ratio', reason });
  const refusal = whyNotFitted(levels);
  if (refusal !== null) return unknown(refusal);
  const fitted = fitCounts(levels);
  if (fitted === null) return unknown('the throughput of one task alone cannot be told from these minutes');
  const { law, misfit } = fitted;
  if (misfit > MAX_MISFIT) {
    const percent = Math.round(misfit * 100);
    return unknown(`throughput does not follow from the tasks at work: levels are ${percent} % off the fitted law`);
  }
  const concurrency = meanConcurrency(levels);
  const peak = peakConcurrency(law);
  const index = uslEfficiency(law, concurrency);
  return {
    value: index,
    n,
    unit: 'ratio',
    parts: {
      lambda: law.lambda,
      sigma: law.sigma,
      kappa: law.kappa,
      concurrency,
      peakConcurrency: peak,
      shareOfPeak: peak === null ? null : concurrency / peak,
      ...indexInterval(fitted, { index, concurrency, variation: variationOf(levels) }),
      levels: levels.length,
    },
  };
}

/** Levels with work and enough minutes, from the lowest: in one order, whatever order they were merged in. */
function levelsOf(loads: Figures['loads']): Level[] {
  return [...loads]
    .filter(([level, { minutes }]) => level >= 1 && minutes >= MIN_MINUTES)
    .sort(([a], [b]) => a - b)
    .map(([, { minutes, completed, busyMilli }]) => ({
      minutes,
      concurrency: busyMilli / 1_000 / minutes,
      throughput: completed / minutes,
    }));
}

function whyNotFitted(levels: readonly Level[]): string | null {
  if (levels.length < MIN_LEVELS) {
    return `${levels.length} levels of concurrency had ${MIN_MINUTES} minutes or more, of ${MIN_LEVELS} that are needed`;
  }
  const minutes = levels.reduce((sum, level) => sum + level.minutes, 0);
  const alone = levels.reduce((sum, level) => sum + (level.concurrency < 1.5 ? level.minutes : 0), 0);
  if (alone > minutes / 2) return `in ${alone} of ${minutes} minutes one task was at work: hardly any ran side by side`;
  const [lowest, highest] = [levels[0]?.concurrency ?? 1, levels.at(-1)?.concurrency ?? 1];
  if (highest / lowest < MIN_RANGE) {
    return `between ${lowest.toFixed(1)} and ${highest.toFixed(1)} tasks were at work: less than a factor of ${MIN_RANGE}`;
  }
  if (levels.every(({ throughput }) => throughput === 0)) return 'no task completed in the window';
  return variationOf(levels) < MIN_VARIATION
    ? 'the tasks at work varied little more than by chance under a steady load'
    : null;
}

/**
 * Variance of the concurrency over the minutes, ÷ what it would be if tasks came evenly at random and none waited: of
 * tasks that take S minutes each on average, exponentially distributed, 2 S (1 − S (1 − e^(−1 ÷ S))) N.
 */
function variationOf(levels: readonly Level[]): number {
  const minutes = levels.reduce((sum, level) => sum + level.minutes, 0);
  const completed = levels.reduce((sum, level) => sum + level.minutes * level.throughput, 0);
  const mean = meanConcurrency(levels);
  const variance = levels.reduce((sum, level) => sum + level.minutes * (level.concurrency - mean) ** 2, 0) / minutes;
  // Little's law.
  const serviceMinutes = (mean * minutes) / completed;
  const byChance = 2 * serviceMinutes * (1 - serviceMinutes * -Math.expm1(-1 / serviceMinutes)) * mean;
  return variance / byChance;
}

function meanConcurrency(levels: readonly Level[]): number {
  const minutes = levels.reduce((sum, level) => sum + level.minutes, 0);
  return levels.reduce((sum, level) => sum + level.minutes * level.concurrency, 0) / minutes;
}

/** A law fitted to levels, and how far these are off it. */
interface CountFit {
  law: Usl;
  points: UslPoint[];
  /** Weighted squares that the law leaves. */
  squares: number;
  /** Variance of the throughputs ÷ that of counts that are independent of each other; 1 or more. */
  dispersion: number;
  /** Root mean square of the distance from the law, beyond that of such counts, as a share of the throughput. */
  misfit: number;
}

/**
 * Counts vary in proportion to what is expected, so they are weighted with one over that: the fit is repeated until the
 * weights are its own.
 */
function fitCounts(levels: readonly Level[]): CountFit | null {
  const floor = 1 / levels.reduce((sum, { minutes }) => sum + minutes, 0);
  let points = weighted(levels, ({ throughput }) => Math.max(throughput, floor));
  let fitted = fitUsl(points);
  for (let round = 0; round < 3 && fitted !== null; round++) {
    const { law } = fitted;
    points = weighted(levels, ({ concurrency }) => uslThroughput(law, concurrency));
    fitted = fitUsl(points);
  }
  if (fitted === null) return null;
  const { law, squares } = fitted;
  let [excess, total] = [0, 0];
  for (const { minutes, concurrency, throughput } of levels) {
    const expected = uslThroughput(law, concurrency);
    excess += minutes * (throughput - expected) ** 2 - expected;
    total += minutes * expected ** 2;
  }
  const dispersion = Math.max(1, squares / (levels.length - 3));
  return { law, points, squares, dispersion, misfit: Math.sqrt(Math.max(0, excess) / total) };
}

function weighted(levels: readonly Level[], expected: (level: Level) => number): UslPoint[] {
  return levels.map((level) => ({ ...level, weight: level.minutes / expected(level) }));
}

/**
 * The indices that the levels bear out: those of laws that leave no more squares than the best one and what chance
 * brings (profile likelihood). Unlike a bootstrap's, it does not shift where a coefficient is at its bound.
 *
 * A minute whose tasks happen to be long has more of them at work without more getting done, which looks like contention.
 * That can hide as much as the share of the variation that is by chance: it is added above.
 */
function indexInterval(
  { points, squares, dispersion }: CountFit,
  { index, concurrency, variation }: { index: number; concurrency: number; variation: number },
) {
  const most = squares + CHI_SQUARE_95 * dispersion;
  const isBorneOut = (candidate: number) => squaresAtEfficiency(points, candidate, concurrency) <= most;
  const edge = (outermost: number) => {
    if (isBorneOut(outermost)) return outermost;
    let [inside, outside] = [index, outermost];
    for (let round = 0; round < 12; round++) {
      const middle = (inside + outside) / 2;
      if (isBorneOut(middle)) inside = middle;
      else outside = middle;
    }
    return outside;
  };
  return { low: edge(1e-6), high: Math.min(1, edge(1) / (1 - 1 / variation)) };
}
