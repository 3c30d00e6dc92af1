import { type AgentRows, type CollectedWork, DAY_HOURS, type TypeWork } from './collected-work.ts';
import { type ReviewMeasureId, reviewMeasureIds } from './review-measure.ts';

/** An hour, or a day, is as if so many tasks more had shown that it is like the others. */
const USUAL_TASKS = 50;
const ROUNDS = 5;

/** What one agent of a pool did of one task type, in one measure. */
export interface StandardAgent {
  agent: string;
  /** By day: the sum, what it would be of a usual agent of the pool at the same hours of the same day, and of how many. */
  sums: Float64Array;
  usual: Float64Array;
  counts: Float64Array;
  /** Part of the pool's usual work of each day that is this agent's, 0..1. */
  shares: Float64Array;
  /** Over all days. */
  n: number;
  /** Days with any. */
  days: number;
  /** Σ sum ÷ Σ usual: 1 is usual. */
  factor: number;
}

/** One task type of one pool in one measure, like hours compared with like hours and days with days. */
export interface StandardWork {
  pool: string;
  taskType: string;
  measure: ReviewMeasureId;
  /** Mean of all. */
  mean: number;
  agents: StandardAgent[];
  /** By day: the pool's sum ÷ what hours, agents and numbers of tasks make of it; NaN on days without any. */
  dayFactors: Float64Array;
}

/**
 * Work by (pool, task type, measure), with what each agent's would be if it were a usual one: mean × hour of day × day, fitted to sums
 * together with the agents (iterative proportional fitting), so that who works at busy hours or on bad days is not taken to be worse.
 */
export function standardWork(work: CollectedWork): StandardWork[] {
  const works: StandardWork[] = [];
  for (const of of work.types()) {
    works.push(...reviewMeasureIds.flatMap((measure) => standardised(of, measure, work.days) ?? []));
  }
  return works;
}

function standardised(
  { pool, taskType, agents }: TypeWork,
  measure: ReviewMeasureId,
  days: number,
): StandardWork | null {
  const m = reviewMeasureIds.indexOf(measure);
  const all = [...agents].map(([agent, rows]) => rowsOf(agent, rows, m)).sort((a, b) => (a.agent < b.agent ? -1 : 1));
  const n = all.reduce((sum, { n }) => sum + n, 0);
  const total = all.reduce((sum, { total }) => sum + total, 0);
  if (!(total > 0)) return null;
  const mean = total / n;
  const pattern = fitPattern(all, days, mean);
  const some = all.filter(({ n }) => n > 0);
  // One memory for all agents: there are thousands, with a few numbers each.
  const memory = new Float64Array(some.length * 4 * days);
  const told = some.map(({ agent, hours, sums, counts, n, factor }, a) => {
    const column = (i: number) => memory.subarray((4 * a + i) * days, (4 * a + i + 1) * days);
    const its = { sums: column(0), usual: column(1), counts: column(2), shares: column(3) };
    for (let i = 0; i < hours.length; i++) {
      const day = Math.floor((hours[i] as number) / DAY_HOURS);
      its.sums[day] = (its.sums[day] as number) + (sums[i] as number);
      its.usual[day] =
        (its.usual[day] as number) + (counts[i] as number) * (pattern.usual[hours[i] as number] as number);
      its.counts[day] = (its.counts[day] as number) + (counts[i] as number);
    }
    return { agent, ...its, n, days: its.counts.filter((count) => count > 0).length, factor };
  });
  const whole = new Float64Array(days).fill(USUAL_TASKS * mean);
  const seen = new Float64Array(days);
  for (const { usual, counts, factor } of told) {
    for (let day = 0; day < days; day++) {
      whole[day] = (whole[day] as number) + (usual[day] as number) * factor;
      seen[day] = (seen[day] as number) + (counts[day] as number);
    }
  }
  for (const { usual, shares, factor } of told) {
    for (let day = 0; day < days; day++) shares[day] = ((usual[day] as number) * factor) / (whole[day] as number);
  }
  const dayFactors = pattern.ofDays.map((factor, day) => ((seen[day] as number) > 0 ? factor : Number.NaN));
  return { pool, taskType, measure, mean, agents: told, dayFactors };
}

/** What one agent did by hour, and how it is to a usual one. */
interface MeasuredAgent {
  agent: string;
  hours: Uint16Array;
  sums: Float64Array;
  counts: Float64Array;
  total: number;
  n: number;
  factor: number;
}

function rowsOf(agent: string, { hours, sums, counts }: AgentRows, measure: number): MeasuredAgent {
  const its = { sums: sums[measure] as Float64Array, counts: counts[measure] as Float64Array };
  let [total, n] = [0, 0];
  for (let i = 0; i < hours.length; i++) {
    total += its.sums[i] as number;
    n += its.counts[i] as number;
  }
  return { agent, hours, ...its, total, n, factor: 1 };
}

interface Pattern {
  ofDays: Float64Array;
  /** By place of the day × 24 + hour: what a task of a usual agent has. */
  usual: Float64Array;
}

/** Fits the hours of the day, the days and, in them, the factors of the agents, in turns. */
function fitPattern(agents: MeasuredAgent[], days: number, mean: number): Pattern {
  const sums = new Float64Array(days * DAY_HOURS);
  for (const of of agents)
    for (let i = 0; i < of.hours.length; i++) add(sums, of.hours[i] as number, of.sums[i] as number);
  const ofHours = new Float64Array(DAY_HOURS).fill(1);
  const ofDays = new Float64Array(days).fill(1);
  const usual = new Float64Array(sums.length);
  // Tasks by hour, each counted as many times as its agent is above a usual one: all that hours and days need to know of agents.
  const weighted = new Float64Array(sums.length);
  const refit = (factors: Float64Array, placeOf: (hour: number) => number, others: (hour: number) => number) => {
    const seen = new Float64Array(factors.length).fill(USUAL_TASKS * mean);
    const expected = new Float64Array(factors.length).fill(USUAL_TASKS * mean);
    for (let hour = 0; hour < sums.length; hour++) {
      add(seen, placeOf(hour), sums[hour] as number);
      add(expected, placeOf(hour), mean * (weighted[hour] as number) * others(hour));
    }
    for (let i = 0; i < factors.length; i++) factors[i] = (seen[i] as number) / (expected[i] as number);
  };
  const [hourOf, dayOf] = [(hour: number) => hour % DAY_HOURS, (hour: number) => Math.floor(hour / DAY_HOURS)];
  for (let round = 0; round < ROUNDS; round++) {
    weighted.fill(0);
    for (const { hours, counts, factor } of agents) {
      for (let i = 0; i < hours.length; i++) add(weighted, hours[i] as number, factor * (counts[i] as number));
    }
    refit(ofHours, hourOf, (hour) => ofDays[dayOf(hour)] as number);
    refit(ofDays, dayOf, (hour) => ofHours[hourOf(hour)] as number);
    for (let hour = 0; hour < usual.length; hour++) {
      usual[hour] = mean * (ofHours[hourOf(hour)] as number) * (ofDays[dayOf(hour)] as number);
    }
    for (const of of agents) {
      let expected = 0;
      for (let i = 0; i < of.hours.length; i++) {
        expected += (of.counts[i] as number) * (usual[of.hours[i] as number] as number);
      }
      of.factor = expected > 0 ? of.total / expected : 1;
    }
  }
  return { ofDays, usual };
}

function add(to: Float64Array, at: number, value: number): void {
  to[at] = (to[at] as number) + value;
}
