import type { Estimate } from '../benchmark/benchmark.ts';
import { studentTail } from '../detect/student-tail.ts';
import { type ComparedWork, FALSE_SHARE } from './compare-peers.ts';
import { type DayLuck, poolDayVariance } from './day-luck.ts';
import { falseDiscovery } from './false-discovery.ts';
import { cellOf, middleOf, scaledMargin, usualVariance } from './peer-cells.ts';
import type { ReviewVerdict } from './review-finding.ts';
import { type ReviewMeasureId, reviewMeasureIds, reviewMeasures } from './review-measure.ts';
import type { StandardWork } from './standard-work.ts';

/** Pools differ in more than their skill: only what is so many margins of the measure apart is told. */
export const MARGINS = 1.5;
const LEAST_AGENTS = 2;
const LEAST_DAYS = 10;
/** Degrees of freedom of what four weeks tell of the luck of days. */
const FREEDOM = 12;
const Z = 1.7823;

/** How a pool does at a task type that other pools do too. */
export interface PoolComparison {
  pool: string;
  taskType: string;
  measure: ReviewMeasureId;
  n: number;
  days: number;
  /** Of its usual agent on its usual days, with an interval of 90 %. */
  value: Estimate;
  beside: { peers: number; peerCount: number; difference: Estimate; confidence: number; verdict: ReviewVerdict };
}

interface PoolCell {
  work: StandardWork;
  at: number;
  variance: number;
  n: number;
  days: number;
}

/**
 * Compares the usual agent (the median) of each pool with that of the other pools that do the same task type, so that one weak agent
 * makes no weak pool. Tested beyond twice the margin; of all that is told at most FALSE_SHARE false (Benjamini, Hochberg).
 */
export function comparePools({ works, lucks }: Pick<ComparedWork, 'works' | 'lucks'>): PoolComparison[] {
  const tested = reviewMeasureIds.flatMap((id) => {
    const cells = works
      .filter(({ measure }) => measure === id)
      .flatMap((work) => poolCell(work, lucks.get(id) as DayLuck) ?? []);
    const byType = [...Map.groupBy(cells, ({ work }) => work.taskType).values()];
    return byType.flatMap((of) =>
      of.flatMap(
        (cell) =>
          compared(
            cell,
            of.filter((its) => its !== cell),
          ) ?? [],
      ),
    );
  });
  const told = falseDiscovery(
    tested.flatMap(({ p }) => [p, 1]),
    FALSE_SHARE,
  );
  return tested.map(({ p: _, verdict, ...of }, i) => ({
    ...of,
    beside: { ...of.beside, verdict: told[2 * i] ? verdict : 'usual' },
  }));
}

/** On the scale of the measure: logarithm of milliseconds, or its unit. */
function poolCell(work: StandardWork, luck: DayLuck): PoolCell | null {
  const measure = reviewMeasures[work.measure];
  const known = work.agents.filter(({ n }) => n >= measure.leastN);
  const days = work.dayFactors.filter((factor) => !Number.isNaN(factor)).length;
  if (known.length < LEAST_AGENTS || days < LEAST_DAYS) return null;
  const middle = middleOf(
    known.map((agent) => cellOf(agent, work, luck)),
    usualVariance(measure),
  );
  const isRatio = measure.comparedBy === 'ratio';
  return {
    ...{ work, n: known.reduce((sum, { n }) => sum + n, 0), days },
    at: isRatio ? Math.log(work.mean) + middle.at : middle.at,
    variance: middle.variance + poolDayVariance(work) * (isRatio ? 1 : work.mean ** 2),
  };
}

function compared(cell: PoolCell, others: readonly PoolCell[]) {
  if (others.length === 0) return null;
  const { pool, taskType, measure: id } = cell.work;
  const measure = reviewMeasures[id];
  const usual = usualOf(others);
  const apart = cell.at - usual.at;
  const error = Math.sqrt(cell.variance + usual.variance);
  const p = studentTail((Math.abs(apart) - MARGINS * scaledMargin(measure)) / error, FREEDOM);
  const isBetter = apart > 0 === (measure.better === 'higher');
  const as = (at: number) => (measure.comparedBy === 'ratio' ? Math.exp(at) : at);
  const reach = Z * Math.sqrt(cell.variance);
  return {
    ...{ pool, taskType, measure: id, n: cell.n, days: cell.days, p },
    value: { value: as(cell.at), low: as(cell.at - reach), high: as(cell.at + reach) },
    beside: {
      ...{ peers: as(usual.at), peerCount: others.length, confidence: 1 - p },
      difference: { value: as(apart), low: as(apart - Z * error), high: as(apart + Z * error) },
    },
    verdict: (isBetter ? 'strength' : 'weakness') as ReviewVerdict,
  };
}

/** Middle of the other pools; of two, the mean. */
function usualOf(others: readonly PoolCell[]): { at: number; variance: number } {
  const sorted = others.toSorted((a, b) => a.at - b.at);
  const [a, b] = [sorted[(sorted.length - 1) >> 1] as PoolCell, sorted[sorted.length >> 1] as PoolCell];
  return { at: (a.at + b.at) / 2, variance: a === b ? a.variance : (a.variance + b.variance) / 4 };
}
