import type { Estimate } from '../benchmark/benchmark.ts';
import type { CollectedWork } from './collected-work.ts';
import { type DayLuck, dayLuck } from './day-luck.ts';
import { believeDifferences, type DifferenceBelief, shareLikelihood, studentLikelihood } from './difference-belief.ts';
import type { EndedTasks } from './ended-tasks.ts';
import { type Cell, cellOf, middleOf, scaledMargin, usualVariance } from './peer-cells.ts';
import { type ReviewMeasure, type ReviewMeasureId, reviewMeasureIds, reviewMeasures } from './review-measure.ts';
import { type StandardWork, standardWork } from './standard-work.ts';

/** Of all strengths and weaknesses that are told, at most this part is false, on average over fleets. */
export const FALSE_SHARE = 0.1;
/** Fewer say nothing of what is usual: of two, neither is. */
const LEAST_PEERS = 3;
const LEAST_DAYS = 5;
/** What is aimed at, so that less than FALSE_SHARE is false though what is assumed of chance is only nearly so. */
const NOMINAL_SHARE = 0.08;
/** None is told that is more likely false than this, however sure others are. */
const MOST_DOUBT = 0.4;
/** A share of which nothing is known but that all tasks had it. */
const LARGEST_SHARE = 0.999;

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
    /** Probability that it is beyond the margin, to the side on which it seems to be. */
    confidence: number;
    verdict: 'strength' | 'weakness' | 'usual';
  } | null;
}

/** What agents and pools are reviewed by. */
export interface ComparedWork {
  ended: EndedTasks;
  /** How many days it is of. */
  days: number;
  works: StandardWork[];
  lucks: ReadonlyMap<ReviewMeasureId, DayLuck>;
  comparisons: PeerComparison[];
}

/**
 * Compares each agent with the others of its pool at the same task types, hours and days.
 * A difference is told where it is beyond the measure's margin by more than the luck of days explains, of all comparisons together
 * with at most FALSE_SHARE false ones; what is said of its size is drawn towards the pool.
 * @param work of four weeks, usually
 */
export function comparePeers(work: CollectedWork): ComparedWork {
  const { works, lucks } = standardised(work);
  const compared = reviewMeasureIds.flatMap((id) => {
    const ofMeasure = works.filter(({ measure }) => measure === id);
    return ofOneMeasure(ofMeasure, id, lucks.get(id) as DayLuck);
  });
  return { ended: work.ended, days: work.days, works, lucks, comparisons: withoutHaste(tell(compared)) };
}

/** Work as pools are compared by, and how much chance there is in it. */
export function standardised(work: CollectedWork): Pick<ComparedWork, 'works' | 'lucks'> {
  const works = standardWork(work);
  return {
    works,
    lucks: new Map(reviewMeasureIds.map((id) => [id, dayLuck(works.filter(({ measure }) => measure === id))])),
  };
}

/** As many as can be told so that of them, as far as is believed of each, no more than the share is false. */
function tell(compared: readonly PeerComparison[]): PeerComparison[] {
  const doubt = ({ beside }: PeerComparison) => 1 - (beside?.confidence ?? 0);
  const inOrder = compared.filter((of) => doubt(of) <= MOST_DOUBT).sort((a, b) => doubt(a) - doubt(b));
  const isTold = new Set<PeerComparison>();
  let sum = 0;
  for (const of of inOrder) {
    sum += doubt(of);
    if (sum > NOMINAL_SHARE * (isTold.size + 1)) break;
    isTold.add(of);
  }
  return compared.map((of) => (isTold.has(of) ? judged(of) : of));
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

function ofOneMeasure(works: readonly StandardWork[], id: ReviewMeasureId, luck: DayLuck): PeerComparison[] {
  const measure = reviewMeasures[id];
  const cells = works.flatMap((work) => {
    const all = work.agents.map((agent) => cellOf(agent, work, luck));
    return all.map((cell) => {
      const peers = all.filter((its) => its !== cell && its.agent.n >= measure.leastN / 2);
      return {
        cell,
        peerCount: peers.length,
        usual: middleOf(peers.length > 0 ? peers : [cell], usualVariance(measure)),
      };
    });
  });
  const agents = new Map(cells.map(({ cell }) => cell.agent.agent).map((agent, i) => [agent, i]));
  const beliefs = believeDifferences(
    cells.map(({ cell, usual }) => ({
      agent: agents.get(cell.agent.agent) as number,
      logLikelihood: likelihoodOf(cell, usual, measure),
    })),
    scaledMargin(measure),
  );
  return cells.map((of, i) => comparison(of, beliefs[i] as DifferenceBelief, measure));
}

function likelihoodOf(
  { at, variance, freedom, work, agent }: Cell,
  usual: { at: number; variance: number },
  { isShare }: ReviewMeasure,
): (difference: number) => number {
  const known = variance + usual.variance;
  if (!isShare) return studentLikelihood(at - usual.at, known, freedom);
  // Days that share luck, and peers that are not known exactly, are as if there were fewer tasks.
  const likely = Math.min(LARGEST_SHARE, Math.max(1 - LARGEST_SHARE, work.mean));
  const n = Math.min(agent.n, (likely * (1 - likely)) / known);
  const of = shareLikelihood(Math.min(1, at), n);
  return (difference) => of(usual.at + difference);
}

function comparison(
  { cell, peerCount, usual }: { cell: Cell; peerCount: number; usual: { at: number; variance: number } },
  belief: DifferenceBelief,
  measure: ReviewMeasure,
): PeerComparison {
  const { work, agent } = cell;
  const back = (at: number) => (measure.comparedBy === 'ratio' ? work.mean * Math.exp(at) : within(at, measure));
  const as = (value: number) => (measure.comparedBy === 'ratio' ? Math.exp(value) : value);
  const isComparable = peerCount >= LEAST_PEERS && agent.n >= measure.leastN && agent.days >= LEAST_DAYS;
  return {
    ...{ agent: agent.agent, pool: work.pool, taskType: work.taskType, measure: work.measure },
    ...{ n: agent.n, days: agent.days, raw: agent.sums.reduce((a, b) => a + b, 0) / agent.n },
    value: {
      value: back(usual.at + belief.mean),
      low: back(usual.at + belief.low),
      high: back(usual.at + belief.high),
    },
    beside: isComparable
      ? {
          ...{ peers: back(usual.at), peerCount },
          difference: { value: as(belief.mean), low: as(belief.low), high: as(belief.high) },
          ...{ confidence: Math.max(belief.above, belief.below), verdict: 'usual' },
        }
      : null,
  };
}

function judged(of: PeerComparison): PeerComparison {
  if (of.beside === null) return of;
  const measure = reviewMeasures[of.measure];
  const { value } = of.beside.difference;
  const isAbove = measure.comparedBy === 'ratio' ? value > 1 : value > 0;
  const verdict = isAbove === (measure.better === 'higher') ? 'strength' : 'weakness';
  return { ...of, beside: { ...of.beside, verdict } };
}

function within(value: number, { unit }: ReviewMeasure): number {
  return unit === 'stars' ? Math.min(5, Math.max(1, value)) : Math.min(1, Math.max(0, value));
}
