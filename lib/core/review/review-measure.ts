import type { WorkCounter } from '../benchmark/work-day.ts';

/** What measures are made from. */
export const reviewedCounters = [
  ...(['completed', 'failed', 'timeout', 'serviceCount', 'serviceUs'] as const),
  ...(['slaTotal', 'slaMet', 'qualityCount', 'qualityPpm', 'csatCount', 'csatMilli'] as const),
] satisfies readonly WorkCounter[];

export type ReviewedCounter = (typeof reviewedCounters)[number];

/** What agents are compared by. */
export const reviewMeasureIds = ['service_time', 'completion', 'quality', 'satisfaction', 'sla'] as const;
export type ReviewMeasureId = (typeof reviewMeasureIds)[number];

/** Mean of what single tasks have, as a sum and what it is of. */
export interface ReviewMeasure {
  label: string;
  unit: 'ms' | 'ratio' | 'stars';
  better: 'higher' | 'lower';
  /** How two values are compared: by their quotient, or by how far they are apart in `unit`. */
  comparedBy: 'ratio' | 'points';
  /** Differences up to this are not worth telling: a factor for `ratio`, else in `unit`. */
  margin: number;
  /** Whether a task has it or has it not. */
  isShare: boolean;
  /** What `n` counts. */
  counts: 'tasks' | 'grades' | 'ratings';
  /** Fewer in four weeks say too little. */
  leastN: number;
  /** Counter that holds the sum, and how many of what it counts make one of `unit`. */
  sum: { of: ReviewedCounter; per: number };
  /** Counters that together are what the sum is of. */
  n: readonly ReviewedCounter[];
}

/**
 * Completed ÷ (completed + failed + timed out): what was rejected says nothing of an agent. Service times are those of all of these,
 * for no other are stored. First attempts have no count of their own in stored days, so first-pass yield is not compared.
 */
export const reviewMeasures: Readonly<Record<ReviewMeasureId, ReviewMeasure>> = {
  service_time: {
    ...{ label: 'service time', unit: 'ms', better: 'lower', comparedBy: 'ratio', margin: 1.1 },
    ...{ isShare: false, counts: 'tasks', leastN: 30 },
    sum: { of: 'serviceUs', per: 1_000 },
    n: ['serviceCount'],
  },
  completion: {
    ...{ label: 'share of tasks completed', unit: 'ratio', better: 'higher', comparedBy: 'points', margin: 0.02 },
    ...{ isShare: true, counts: 'tasks', leastN: 30 },
    sum: { of: 'completed', per: 1 },
    n: ['completed', 'failed', 'timeout'],
  },
  quality: {
    ...{ label: 'quality', unit: 'ratio', better: 'higher', comparedBy: 'points', margin: 0.02 },
    ...{ isShare: false, counts: 'grades', leastN: 15 },
    sum: { of: 'qualityPpm', per: 1e6 },
    n: ['qualityCount'],
  },
  satisfaction: {
    ...{ label: 'customer satisfaction', unit: 'stars', better: 'higher', comparedBy: 'points', margin: 0.15 },
    ...{ isShare: false, counts: 'ratings', leastN: 15 },
    sum: { of: 'csatMilli', per: 1_000 },
    n: ['csatCount'],
  },
  sla: {
    ...{
      label: 'share of tasks within their limit',
      unit: 'ratio',
      better: 'higher',
      comparedBy: 'points',
      margin: 0.03,
    },
    ...{ isShare: true, counts: 'tasks', leastN: 30 },
    sum: { of: 'slaMet', per: 1 },
    n: ['slaTotal'],
  },
};
