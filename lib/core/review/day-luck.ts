import type { StandardAgent, StandardWork } from './standard-work.ts';

/** Days after which nothing is left of a day's luck: up to the first all of it counts, then less and less. */
const [WHOLE_LAGS, LAGS] = [4, 9];
/** Variance of the luck of a day as a part of that of one task, before anything was seen, and how many days of agents it counts like. */
const USUAL_LUCK = { day: 0.003, longRun: 0.008, days: 150 };
const ROUNDS = 8;
/** How much the days of an agent say of its own variance: what is usual counts like so many days. */
const USUAL_DAYS = 30;

/** How much tasks, and days beyond them, vary. */
export interface DayLuck {
  /** Variance of one task ÷ the square of the usual value, by pool and type. */
  task(of: StandardWork): number;
  /** Of a day, and of days together with what follows them, as parts of that of one task. */
  day: number;
  longRun: number;
}

/**
 * Tasks of one day share luck (a slow host, a bad hour of a tool), and days resemble the next: how much is told by all agents of the
 * fleet together, in the variance of single tasks, for single agents have too few days.
 * @param works all of one measure
 */
export function dayLuck(works: readonly StandardWork[]): DayLuck {
  const cells = works.flatMap((of, type) =>
    of.agents.length < 2 ? [] : of.agents.map((agent) => residuals(agent, type)),
  );
  const variances = new Float64Array(works.length).fill(1);
  let [day, longRun] = [USUAL_LUCK.day, USUAL_LUCK.longRun];
  for (let round = 0; round < ROUNDS; round++) {
    const told = works.map(() => ({ squares: 0, freedom: 0 }));
    for (const cell of cells) {
      const of = told[cell.type] as { squares: number; freedom: number };
      const own = ownVariance(cell, { day, longRun });
      for (const { q, n, kept } of cell.days) {
        of.squares += (n * q ** 2) / kept;
        of.freedom += 1 + n * day - n * own;
      }
    }
    told.forEach(({ squares, freedom }, type) => {
      variances[type] = squares > 0 && freedom > 0 ? squares / freedom : 1;
    });
    const lags = Array.from({ length: LAGS }, () => ({ products: 0, weights: 0 }));
    let agentDays = 0;
    for (const cell of cells) {
      const variance = variances[cell.type] as number;
      const own = ownVariance(cell, { day, longRun });
      // Of many tasks a day tells its luck, of few it tells nothing.
      const weight = (n: number) => n / (1 + n * USUAL_LUCK.day);
      for (const [i, its] of cell.days.entries()) {
        agentDays += Math.min(1, (its.n * USUAL_LUCK.day) / 0.3);
        for (let j = i; j < cell.days.length; j++) {
          const other = cell.days[j] as Residual;
          const lag = other.day - its.day;
          if (lag >= LAGS) break;
          const to = lags[lag] as { products: number; weights: number };
          const both = weight(its.n) * weight(other.n);
          const product = (its.q * other.q) / Math.sqrt(its.kept * other.kept) / variance;
          to.products += both * (product + own - (lag === 0 ? 1 / its.n : 0));
          to.weights += both;
        }
      }
    }
    const at = lags.map(({ products, weights }) => (weights > 0 ? products / weights : 0));
    const seenDay = Math.max(0, at[0] ?? 0);
    const later = at.slice(1).reduce((sum, its, i) => sum + its * lagWeight(i + 1), 0);
    const seenLongRun = Math.max(seenDay, seenDay + 2 * later);
    const usual = USUAL_LUCK.days / (USUAL_LUCK.days + agentDays);
    day = usual * USUAL_LUCK.day + (1 - usual) * seenDay;
    longRun = usual * USUAL_LUCK.longRun + (1 - usual) * seenLongRun;
  }
  const byWork = new Map(works.map((of, type) => [of, variances[type] as number]));
  return { task: (of) => byWork.get(of) as number, day, longRun };
}

/**
 * Variance of an agent's factor relative to it, as the luck of the fleet has it, and corrected by how much its own days vary.
 * @returns with its degrees of freedom
 */
export function factorVariance(agent: StandardAgent, task: number, luck: Pick<DayLuck, 'day' | 'longRun'>) {
  const cell = residuals(agent, 0);
  let [seen, expected] = [0, 0];
  for (const { q, n, kept, weight } of cell.days) {
    seen += (weight ** 2 * q ** 2) / kept;
    expected += weight ** 2 * task * (1 / n + luck.day);
  }
  const days = Math.max(0, cell.days.length - 1);
  const own = expected > 0 ? seen / expected : 1;
  const ratio = (USUAL_DAYS + days * own) / (USUAL_DAYS + days);
  return { variance: task * ownVariance(cell, luck) * Math.max(1, ratio), freedom: USUAL_DAYS + days };
}

/** How a day's luck of the pool at a type varies, of the mean of all its days, relative to it. */
export function poolDayVariance({ dayFactors }: StandardWork): number {
  const logs = [...dayFactors].filter((factor) => factor > 0).map(Math.log);
  if (logs.length < 2) return 0;
  const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
  const apart = logs.map((log) => log - mean);
  const at = (lag: number) =>
    apart.slice(lag).reduce((sum, its, i) => sum + its * (apart[i] as number), 0) / logs.length;
  let sum = at(0);
  for (let lag = 1; lag < Math.min(LAGS, logs.length); lag++) sum += 2 * (1 - lag / LAGS) * at(lag);
  return Math.max(at(0), sum) / logs.length;
}

interface Residual {
  day: number;
  n: number;
  /** Sum ÷ what is expected of the agent, less 1. */
  q: number;
  /** Part of a deviation that the day's own factor has not taken up. */
  kept: number;
  /** Part of the agent's factor that rests on the day. */
  weight: number;
}

function residuals({ sums, usual, counts, shares, factor }: StandardAgent, type: number) {
  const total = usual.reduce((a, b) => a + b, 0);
  const days: Residual[] = [];
  for (let day = 0; day < counts.length; day++) {
    const [n, expected] = [counts[day] as number, (usual[day] as number) * factor];
    if (!(n > 0) || !(expected > 0)) continue;
    const q = (sums[day] as number) / expected - 1;
    days.push({ day, n, q, kept: Math.max(0.3, 1 - (shares[day] as number)), weight: (usual[day] as number) / total });
  }
  return { type, days };
}

/** Of the mean over days, in the variance of one task. */
function ownVariance({ days }: { days: readonly Residual[] }, { longRun }: { longRun: number; day: number }): number {
  return days.reduce((sum, { n, weight }) => sum + weight ** 2 * (1 / n + longRun), 0);
}

function lagWeight(lag: number): number {
  return lag <= WHOLE_LAGS ? 1 : 1 - (lag - WHOLE_LAGS) / (LAGS - WHOLE_LAGS);
}
