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
    of.agents.length < 2 ? [] : of.agents.map((agent) => ({ type, ...luckSeen(residuals(agent)) })),
  );
  const variances = new Float64Array(works.length).fill(1);
  const weights = new Float64Array(LAGS);
  for (const cell of cells) addTo(weights, cell.weights);
  const agentDays = cells.reduce((sum, { told }) => sum + told, 0);
  let [day, longRun] = [USUAL_LUCK.day, USUAL_LUCK.longRun];
  for (let round = 0; round < ROUNDS; round++) {
    const told = works.map(() => ({ squares: 0, freedom: 0 }));
    for (const cell of cells) {
      const of = told[cell.type] as { squares: number; freedom: number };
      of.squares += cell.squares;
      of.freedom += cell.days + cell.tasks * (day - meanVariance(cell.mean, longRun));
    }
    told.forEach(({ squares, freedom }, type) => {
      variances[type] = squares > 0 && freedom > 0 ? squares / freedom : 1;
    });
    const products = new Float64Array(LAGS);
    for (const cell of cells) {
      addTo(products, cell.products, 1 / (variances[cell.type] as number));
      addTo(products, cell.weights, meanVariance(cell.mean, longRun));
      products[0] = (products[0] as number) - cell.ofTasks;
    }
    const at = products.map((product, lag) => ((weights[lag] as number) > 0 ? product / (weights[lag] as number) : 0));
    const seenDay = Math.max(0, at[0] as number);
    const later = at.subarray(1).reduce((sum, its, i) => sum + its * lagWeight(i + 1), 0);
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
  const its = residuals(agent);
  let [seen, expected] = [0, 0];
  for (const { q, n, kept, weight } of its) {
    seen += (weight ** 2 * q ** 2) / kept;
    expected += weight ** 2 * task * (1 / n + luck.day);
  }
  const days = Math.max(0, its.length - 1);
  const own = expected > 0 ? seen / expected : 1;
  const ratio = (USUAL_DAYS + days * own) / (USUAL_DAYS + days);
  return {
    variance: task * meanVariance(weightsIn(its), luck.longRun) * Math.max(1, ratio),
    freedom: USUAL_DAYS + days,
  };
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

function residuals({ sums, usual, counts, shares, factor }: StandardAgent): Residual[] {
  const total = usual.reduce((a, b) => a + b, 0);
  const days: Residual[] = [];
  for (let day = 0; day < counts.length; day++) {
    const [n, expected] = [counts[day] as number, (usual[day] as number) * factor];
    if (!(n > 0) || !(expected > 0)) continue;
    const q = (sums[day] as number) / expected - 1;
    days.push({ day, n, q, kept: Math.max(0.3, 1 - (shares[day] as number)), weight: (usual[day] as number) / total });
  }
  return days;
}

/** What the variance of a mean over days is made of: sums over its days of weight², alone and ÷ tasks. */
interface MeanWeights {
  ofDays: number;
  ofTasks: number;
}

/** All that the luck of the fleet needs of one agent at one type. */
interface LuckSeen {
  /** Sum of deviations² by tasks, days, and tasks of all of them. */
  squares: number;
  days: number;
  tasks: number;
  mean: MeanWeights;
  /** Over pairs of days, by how many days they are apart, from 0: deviations times each other, by what they say of luck. */
  products: number[];
  weights: number[];
  /** What single tasks add to the products of days with themselves, in their variance. */
  ofTasks: number;
  /** As so many days of agents it counts. */
  told: number;
}

function luckSeen(days: readonly Residual[]): LuckSeen {
  const products = new Array<number>(LAGS).fill(0);
  const weights = new Array<number>(LAGS).fill(0);
  let [squares, tasks, ofTasks, told] = [0, 0, 0, 0];
  // Of many tasks a day tells its luck, of few it tells nothing.
  const said = days.map(({ n }) => n / (1 + n * USUAL_LUCK.day));
  const apart = days.map(({ q, kept }, i) => ((said[i] as number) * q) / Math.sqrt(kept));
  for (const [i, { day, n, q, kept }] of days.entries()) {
    squares += (n * q ** 2) / kept;
    tasks += n;
    ofTasks += (said[i] as number) ** 2 / n;
    told += Math.min(1, (n * USUAL_LUCK.day) / 0.3);
    for (let j = i; j < days.length; j++) {
      const lag = (days[j] as Residual).day - day;
      if (lag >= LAGS) break;
      products[lag] = (products[lag] as number) + (apart[i] as number) * (apart[j] as number);
      weights[lag] = (weights[lag] as number) + (said[i] as number) * (said[j] as number);
    }
  }
  return { squares, days: days.length, tasks, mean: weightsIn(days), products, weights, ofTasks, told };
}

function weightsIn(days: readonly Residual[]): MeanWeights {
  let [ofDays, ofTasks] = [0, 0];
  for (const { n, weight } of days) {
    ofDays += weight ** 2;
    ofTasks += weight ** 2 / n;
  }
  return { ofDays, ofTasks };
}

/** Of the mean over days, in the variance of one task. */
function meanVariance({ ofDays, ofTasks }: MeanWeights, longRun: number): number {
  return ofTasks + longRun * ofDays;
}

function addTo(sums: Float64Array, of: readonly number[], times = 1): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + times * (of[i] as number);
}

function lagWeight(lag: number): number {
  return lag <= WHOLE_LAGS ? 1 : 1 - (lag - WHOLE_LAGS) / (LAGS - WHOLE_LAGS);
}
