import type { Estimate } from '../benchmark/benchmark.ts';
import { duration, percent } from '../recommend/words.ts';
import type { PeerComparison } from './compare-peers.ts';
import { type ReviewMeasure, type ReviewMeasureId, reviewMeasures } from './review-measure.ts';

/** A strength or weakness of an agent, or of a pool. Plain JSON. */
export interface ReviewFinding {
  measure: ReviewMeasureId;
  taskType: string;
  /** Of `value` and `peers`. */
  unit: ReviewMeasure['unit'];
  /** On usual days and hours; of few tasks it is drawn towards the others. */
  value: number;
  peers: number;
  comparedBy: ReviewMeasure['comparedBy'];
  /** value ÷ peers, or value − peers, with an interval of 90 %. */
  difference: Estimate;
  /** Probability, 0..1, that it is beyond what is worth telling. */
  confidence: number;
  /** Of the tasks, grades or ratings that it rests on. */
  n: number;
  days: number;
  /** Agents, or pools, that it is compared with. */
  peerCount: number;
  words: string;
}

export type ReviewVerdict = 'strength' | 'weakness' | 'usual';

export function findingOf(
  {
    measure,
    taskType,
    n,
    days,
    value,
    beside,
  }: Pick<PeerComparison, 'measure' | 'taskType' | 'n' | 'days' | 'value'> & {
    beside: NonNullable<PeerComparison['beside']>;
  },
  others: 'peers' | 'pools',
): ReviewFinding {
  const { unit, comparedBy } = reviewMeasures[measure];
  const { peers, peerCount, difference, confidence } = beside;
  const finding = {
    ...{ measure, taskType, unit, value: value.value, peers, comparedBy, difference, confidence, n, days, peerCount },
  };
  return { ...finding, words: inWords(finding, others) };
}

/** Strengths and weaknesses, the surest first. */
export function byConfidence(findings: readonly ReviewFinding[]): ReviewFinding[] {
  return findings.toSorted((a, b) => b.confidence - a.confidence || b.n - a.n);
}

function inWords(
  { measure, taskType, value, peers, difference, n, days, peerCount }: Omit<ReviewFinding, 'words'>,
  others: 'peers' | 'pools',
): string {
  const { counts } = reviewMeasures[measure];
  const who =
    others === 'peers'
      ? `the usual of ${peerCount} peers`
      : peerCount === 1
        ? 'the other pool'
        : `the usual of ${peerCount} other pools`;
  const rest = `90 % interval ${interval(measure, difference)}; ${n} ${counts} on ${days} days`;
  switch (measure) {
    case 'service_time':
      return `takes ${duration(value)} for a ${taskType} task, ${who} ${duration(peers)}: ${difference.value.toFixed(2)} times as long (${rest})`;
    case 'completion':
      return `completes ${percent(value)} of its ${taskType} tasks, ${who} ${percent(peers)}: ${points(difference.value)} (${rest})`;
    case 'sla':
      return `completes ${percent(value)} of its ${taskType} tasks within their limit, ${who} ${percent(peers)}: ${points(difference.value)} (${rest})`;
    case 'quality':
      return `is graded ${value.toFixed(2)} at ${taskType}, ${who} ${peers.toFixed(2)}: ${apart(difference.value)} (${rest})`;
    case 'satisfaction':
      return `is rated ${value.toFixed(2)} of 5 at ${taskType}, ${who} ${peers.toFixed(2)}: ${apart(difference.value)} (${rest})`;
  }
}

function interval(measure: ReviewMeasureId, { low, high }: Estimate): string {
  return reviewMeasures[measure].isShare
    ? `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} points`
    : `${low.toFixed(2)} to ${high.toFixed(2)}`;
}

function apart(difference: number): string {
  return `${Math.abs(difference).toFixed(2)} ${difference < 0 ? 'lower' : 'higher'}`;
}

function points(difference: number): string {
  return `${Math.abs(100 * difference).toFixed(1)} points ${difference < 0 ? 'fewer' : 'more'}`;
}
