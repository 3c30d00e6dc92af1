import type { Estimate } from '../benchmark/benchmark.ts';
import type { WorkDay } from '../benchmark/work-day.ts';
import { studentTail } from '../detect/student-tail.ts';
import { betaBelow } from '../efficiency/beta-quantile.ts';
import { type Pooled, poolCells } from '../efficiency/partial-pooling.ts';
import { type DayLuck, dayLuck } from './day-luck.ts';
import { falseDiscovery } from './false-discovery.ts';
import { type Cell, cellOf, middleOf, scaledMargin, usualVariance } from './peer-cells.ts';
import { type ReviewMeasure, type ReviewMeasureId, reviewMeasureIds, reviewMeasures } from './review-measure.ts';
import { type StandardWork, standardWork } from './standard-work.ts';

/** Of all strengths and weaknesses that are told, at most this part is false, on average over fleets. */
export const FALSE_SHARE = 0.1;
/** Fewer say nothing of what is usual: of two, neither is. */
const LEAST_PEERS = 3;
const LEAST_DAYS = 5;
const Z = 1.6448536269514722;

/** How an agent does at one task type in one measure, beside its peers. */
export interface PeerComparison {
  agent: string;
  pool: string;
  taskType: string;
  measure: ReviewMeasureId;
  n: number;
  days: number;
  /** Mean of its own tasks alone. */
  raw: number;
  /** What is expected of it on usual days and hours, its few tasks drawn towards the pool, with an interval of 90 %. */
  value: Estimate;
  /** Null where it has too few peers, or tasks, to compare; then it is neither strength nor weakness. */
  beside: {
    /** Usual value of its peers at the same type, days and hours. */
    peers: number;
    peerCount: number;
    /** Quotient or difference to it, with an interval of 90 %. */
    difference: Estimate;
    /** How often chance makes it look so far beyond the margin. */
    p: number;
    verdict: 'strength' | 'weakness' | 'usual';
  } | null;
}

/** What agents and pools are reviewed by. */
export interface ComparedWork {
  days: readonly WorkDay[];
  works: StandardWork[];
  lucks: ReadonlyMap<ReviewMeasureId, DayLuck>;
  comparisons: PeerComparison[];
}

/**
 * Compares each agent with the others of its pool at the same task types, hours and days.
 * A difference is told where it is beyond the measure's margin by more than the luck of days explains, of all comparisons together
 * with at most FALSE_SHARE false ones; what is said of its size is drawn towards the pool.
 * @param days four weeks, usually
 */
export function comparePeers(days: readonly WorkDay[]): ComparedWork {
  const works = standardWork(days);
  const lucks = new Map(reviewMeasureIds.map((id) => [id, dayLuck(works.filter(({ measure }) => measure === id))]));
  const compared = reviewMeasureIds.flatMap((id) => {
    const ofMeasure = works.filter(({ measure }) => measure === id);
    const luck = lucks.get(id) as DayLuck;
    return [...Map.groupBy(ofMeasure, ({ pool }) => pool).values()].flatMap((of) => ofPool(of, luck));
  });
  const tested = compared.filter(({ beside }) => beside !== null);
  const told = falseDiscovery(
    // Each could be a strength and a weakness: the one that it does not look like is not told.
    tested.flatMap(({ beside }) => [beside?.p ?? 1, 1]),
    FALSE_SHARE,
  );
  const isTold = new Set(tested.filter((_, i) => told[2 * i]));
  const verdicts = compared.map((of) => judged(of, isTold.has(of)));
  return { days, works, lucks, comparisons: withoutHaste(verdicts) };
}

/** Tasks that fail at once are not done fast. */
function withoutHaste(comparisons: readonly PeerComparison[]): PeerComparison[] {
  const failing = new Set(
    comparisons
      .filter(
        ({ measure, beside }) => measure === 'completion' && beside !== null && beside.difference.value < -LEAST_HASTE,
      )
      .map(({ agent, taskType }) => JSON.stringify([agent, taskType])),
  );
  return comparisons.map((of) => {
    const isHaste = of.measure === 'service_time' && of.beside?.verdict === 'strength';
    if (!isHaste || !of.beside || !failing.has(JSON.stringify([of.agent, of.taskType]))) return of;
    return { ...of, beside: { ...of.beside, verdict: 'usual' } };
  });
}

const LEAST_HASTE = 0.02;

function ofPool(works: readonly StandardWork[], luck: DayLuck): PeerComparison[] {
  const agents = [...new Set(works.flatMap((of) => of.agents.map(({ agent }) => agent)))];
  const byType = works.map((work) => work.agents.map((agent) => cellOf(agent, work, luck)));
  const middles = byType.map((cells, type) => {
    const { measure } = works[type] as StandardWork;
    return cells.length === 0 ? null : middleOf(cells, usualVariance(reviewMeasures[measure]));
  });
  const pooled = poolCells(
    byType.flatMap((cells, type) =>
      cells.map(({ agent, at, variance }) => ({
        ...{ agent: agents.indexOf(agent.agent), type },
        ...{ mean: at - (middles[type]?.at ?? 0), sampling: variance },
      })),
    ),
    {
      ...{ agents: agents.length, types: works.length },
      usual: scaledMargin(reviewMeasures[(works[0] as StandardWork).measure]),
    },
  );
  return byType.flatMap((cells, type) =>
    cells.map((cell) =>
      comparison(cell, cells, {
        pooled,
        agent: agents.indexOf(cell.agent.agent),
        type,
        middle: middles[type]?.at ?? 0,
      }),
    ),
  );
}

function comparison(
  cell: Cell,
  all: readonly Cell[],
  { pooled, agent, type, middle }: { pooled: Pooled; agent: number; type: number; middle: number },
): PeerComparison {
  const { work, agent: own } = cell;
  const measure = reviewMeasures[work.measure];
  const { mean, variance } = pooled.at(agent, type);
  const [shrunken, reach] = [middle + mean, Z * Math.sqrt(variance)];
  const back = (value: number) =>
    measure.comparedBy === 'ratio' ? work.mean * Math.exp(value) : within(value, measure);
  const told = {
    ...{ agent: own.agent, pool: work.pool, taskType: work.taskType, measure: work.measure, n: own.n, days: own.days },
    raw: own.sums.reduce((a, b) => a + b, 0) / own.n,
    value: { value: back(shrunken), low: back(shrunken - reach), high: back(shrunken + reach) },
  };
  const peers = all.filter((its) => its !== cell && its.agent.n >= measure.leastN / 2);
  if (peers.length < LEAST_PEERS || own.n < measure.leastN || own.days < LEAST_DAYS) return { ...told, beside: null };
  const usual = middleOf(peers, usualVariance(measure));
  const apart = shrunken - usual.at;
  const width = Z * Math.sqrt(variance + usual.variance);
  const as = (value: number) => (measure.comparedBy === 'ratio' ? Math.exp(value) : value);
  return {
    ...told,
    beside: {
      ...{ peers: back(usual.at), peerCount: peers.length },
      difference: { value: as(apart), low: as(apart - width), high: as(apart + width) },
      ...{ p: chanceOf(cell, usual, measure), verdict: 'usual' },
    },
  };
}

/** That an agent that is at the margin looks as far from its peers as this one. */
function chanceOf(
  { at, variance, freedom, agent, work }: Cell,
  usual: { at: number; variance: number },
  measure: ReviewMeasure,
): number {
  const beyond = Math.abs(at - usual.at) - scaledMargin(measure);
  const p = studentTail(beyond / Math.sqrt(variance + usual.variance), freedom);
  if (!measure.isShare || beyond <= 0) return p;
  // Of few tasks that fail a share is not normal; days with shared luck make them fewer.
  const bound = usual.at + Math.sign(at - usual.at) * (scaledMargin(measure) + Math.sqrt(usual.variance));
  if (bound <= 0 || bound >= 1) return 1;
  const n = Math.min(agent.n, (work.mean * (1 - work.mean)) / variance);
  const [have, lack] = [n * Math.min(1, at), n * Math.max(0, 1 - at)];
  const exact = at < bound ? binomialTail(lack, n, 1 - bound) : binomialTail(have, n, bound);
  return Math.max(p, exact);
}

/** P(X ≥ k) of n trials, k and n need not be whole. */
function binomialTail(k: number, n: number, ratio: number): number {
  return k <= 0 ? 1 : betaBelow(ratio, Math.max(k, 1e-6), n - k + 1);
}

function judged(of: PeerComparison, isTold: boolean): PeerComparison {
  if (of.beside === null || !isTold) return of;
  const measure = reviewMeasures[of.measure];
  const { value } = of.beside.difference;
  const apart = measure.comparedBy === 'ratio' ? Math.log(value) : value;
  // What is left of it once it is drawn towards the pool must be worth telling too.
  if (Math.abs(apart) < scaledMargin(measure)) return of;
  const isBetter = apart > 0 === (measure.better === 'higher');
  return { ...of, beside: { ...of.beside, verdict: isBetter ? 'strength' : 'weakness' } };
}

function within(value: number, { unit }: ReviewMeasure): number {
  return unit === 'stars' ? Math.min(5, Math.max(1, value)) : Math.min(1, Math.max(0, value));
}
