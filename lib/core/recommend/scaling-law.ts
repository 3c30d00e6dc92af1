import type { Load } from '../kpi/figures.ts';
import { bestQuotient } from '../kpi/quotient-fit.ts';
import { fitUsl, type Usl, type UslPoint, uslThroughput } from '../kpi/usl.ts';

/** A Universal Scalability Law of a pool, with how well its coherency is known. */
export interface ScalingLaw {
  law: Usl;
  /** Tasks at work at once, mean over the minutes. */
  concurrency: number;
  minutes: number;
  levels: number;
  /** How many times more squares the best law without coherency leaves than chance would add: chi-square of one degree. */
  coherencyChiSquare: number;
  /** Root mean square of the levels' distance from the law beyond chance, as a share of it. */
  misfit: number;
}

const LEAST_LEVELS = 5;
const LEAST_MINUTES = 3;
const LEAST_RANGE = 2;

/** @returns null where too few levels of concurrency were seen, or they leave the throughput of one task unbounded */
export function scalingLaw(loads: ReadonlyMap<number, Load>): ScalingLaw | null {
  const levels = [...loads]
    .filter(([level, { minutes }]) => level >= 1 && minutes >= LEAST_MINUTES)
    .sort(([a], [b]) => a - b)
    .map(([, { minutes, completed, busyMilli }]) => ({
      ...{ minutes, concurrency: busyMilli / 1_000 / minutes, throughput: completed / minutes },
    }));
  const [lowest, highest] = [levels[0]?.concurrency ?? 1, levels.at(-1)?.concurrency ?? 1];
  if (levels.length < LEAST_LEVELS || highest / lowest < LEAST_RANGE) return null;
  const minutes = levels.reduce((sum, its) => sum + its.minutes, 0);
  let points: UslPoint[] = levels.map((level) => ({
    ...level,
    weight: level.minutes / Math.max(level.throughput, 1 / minutes),
  }));
  let fitted = fitUsl(points);
  for (let round = 0; round < 3 && fitted !== null; round++) {
    const { law } = fitted;
    points = levels.map((level) => ({ ...level, weight: level.minutes / uslThroughput(law, level.concurrency) }));
    fitted = fitUsl(points);
  }
  if (fitted === null) return null;
  const { law, squares } = fitted;
  const without = bestQuotient(
    points.map(({ concurrency, throughput, weight }) => ({
      ...{ numerator: concurrency, terms: [1, concurrency], value: throughput, weight },
    })),
  );
  const dispersion = Math.max(1, squares / Math.max(1, levels.length - 3));
  let [excess, total] = [0, 0];
  for (const level of levels) {
    const expected = uslThroughput(law, level.concurrency);
    excess += level.minutes * (level.throughput - expected) ** 2 - expected;
    total += level.minutes * expected ** 2;
  }
  return {
    ...{ law, minutes, levels: levels.length },
    concurrency: levels.reduce((sum, level) => sum + level.minutes * level.concurrency, 0) / minutes,
    coherencyChiSquare: Math.max(0, without.squares - squares) / dispersion,
    misfit: Math.sqrt(Math.max(0, excess) / total),
  };
}

/** Time of a task with n at work at once, in minutes: by Little's law n ÷ X(n). */
export function taskMinutes({ lambda, sigma, kappa }: Usl, n: number): number {
  return (1 + sigma * Math.max(0, n - 1) + kappa * n * Math.max(0, n - 1)) / lambda;
}
