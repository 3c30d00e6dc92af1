import type { PoolOutlook, Saturation } from './forecast-answer.ts';

// What GET and POST /v1/plan answer, as far as the page shows it.

export interface Fault {
  path: string;
  message: string;
}

export interface Allocation {
  /** By pool. */
  agents: Readonly<Record<string, number>>;
  counts?: readonly { agent: string; pool: string; count: number; now: number }[];
  shares: readonly {
    taskType: string;
    agent: string | null;
    pool: string | null;
    tasksPerMin: number;
    step?: string;
  }[];
  costPerHourUsd: number | null;
  objectiveUsdPerHour?: number;
  price?: Readonly<Record<string, number>>;
  status: string | null;
  source?: string;
  gap?: number | null;
  explanation: readonly Fault[];
  unserved: readonly { taskType: string; tasksPerMin: number; share: number }[];
  pools: readonly { pool: string; agents: number; utilization: number | null; saturation: number | null }[];
}

export interface PredictedBottleneck {
  rank: number;
  kind: string;
  id: string;
  utilization: number;
  evidence: readonly string[];
  saturates?: Saturation;
  loadFactor?: number | null;
  confidence?: number | null;
}

export interface PlanRecommendation {
  strategy: string;
  horizon: string;
  pool: string | null;
  title: string;
  why: readonly string[];
  expectedGain: { tasksPerMin: number | null; usdPerHour: number | null };
  confidence: number | null;
}

export interface PlanAnswer {
  resource_allocation: Allocation;
  predicted_bottlenecks: readonly PredictedBottleneck[];
  recommendations: readonly PlanRecommendation[];
  duals: readonly { kind: string; usdPerHour: number; words: string }[];
  madeAt: string | null;
  trigger: string | null;
  for: string | null;
  pools: readonly PoolOutlook[];
  /** Why there is no plan yet. */
  reason?: string;
}

export interface WhatIfAnswer extends PlanAnswer {
  /** What it has more than the plan in force. */
  compared: {
    madeAt: string;
    agents: Readonly<Record<string, number>>;
    costPerHourUsd: number;
    unservedPerMin: number;
  } | null;
}
