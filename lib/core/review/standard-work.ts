import { type AgentRows, type CollectedWork, type TypeWork, ROW_WIDTH as WIDTH } from './collected-work.ts';
import { type ReviewMeasureId, reviewMeasureIds } from './review-measure.ts';

const HOURS = 24;
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
  const at = 2 + 2 * reviewMeasureIds.indexOf(measure);
  const all = [...agents]
    .map(([agent, rows]) => ({ agent, rows, factor: 1 }))
    .sort((a, b) => (a.agent < b.agent ? -1 : 1));
  let [total, n] = [0, 0];
  for (const { rows } of all) {
    for (let i = 0; i < rows.length; i += WIDTH) {
      total += rows[i + at] as number;
      n += rows[i + at + 1] as number;
    }
  }
  if (!(total > 0)) return null;
  const mean = total / n;
  const ofHours = new Float64Array(HOURS).fill(1);
  const ofDays = new Float64Array(days).fill(1);
  const usualOf = (rows: AgentRows, i: number) =>
    mean *
    (rows[i + at + 1] as number) *
    (ofHours[rows[i + 1] as number] as number) *
    (ofDays[rows[i] as number] as number);
  const refit = (factors: Float64Array, column: 0 | 1) => {
    const sums = new Float64Array(factors.length).fill(USUAL_TASKS * mean);
    const usual = new Float64Array(factors.length).fill(USUAL_TASKS * mean);
    for (const { rows, factor } of all) {
      for (let i = 0; i < rows.length; i += WIDTH) {
        const to = rows[i + column] as number;
        sums[to] = (sums[to] as number) + (rows[i + at] as number);
        usual[to] = (usual[to] as number) + (factor * usualOf(rows, i)) / (factors[to] as number);
      }
    }
    for (let i = 0; i < factors.length; i++) factors[i] = (sums[i] as number) / (usual[i] as number);
  };
  for (let round = 0; round < ROUNDS; round++) {
    refit(ofHours, 1);
    refit(ofDays, 0);
    for (const of of all) {
      let [sum, usual] = [0, 0];
      for (let i = 0; i < of.rows.length; i += WIDTH) {
        sum += of.rows[i + at] as number;
        usual += usualOf(of.rows, i);
      }
      of.factor = usual > 0 ? sum / usual : 1;
    }
  }
  const told = all.flatMap(({ agent, rows, factor }) => {
    const [sums, usual, counts] = [new Float64Array(days), new Float64Array(days), new Float64Array(days)];
    for (let i = 0; i < rows.length; i += WIDTH) {
      const day = rows[i] as number;
      sums[day] = (sums[day] as number) + (rows[i + at] as number);
      usual[day] = (usual[day] as number) + usualOf(rows, i);
      counts[day] = (counts[day] as number) + (rows[i + at + 1] as number);
    }
    const its = counts.reduce((a, b) => a + b, 0);
    if (its === 0) return [];
    return [{ agent, sums, usual, counts, n: its, days: counts.filter((count) => count > 0).length, factor }];
  });
  const whole = new Float64Array(days).fill(USUAL_TASKS * mean);
  const seen = new Float64Array(days);
  for (const { usual, counts, factor } of told) {
    for (let day = 0; day < days; day++) {
      whole[day] = (whole[day] as number) + (usual[day] as number) * factor;
      seen[day] = (seen[day] as number) + (counts[day] as number);
    }
  }
  return {
    ...{ pool, taskType, measure, mean },
    agents: told.map((of) => ({
      ...of,
      shares: of.usual.map((its, day) => (its * of.factor) / (whole[day] as number)),
    })),
    dayFactors: ofDays.map((factor, day) => ((seen[day] as number) > 0 ? factor : Number.NaN)),
  };
}
