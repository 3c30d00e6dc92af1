import type { Service } from './arrival.ts';

/** A simulated pool: agents that serve one recorded service, and what each task of it is worth. */
export interface Pool {
  pool: string;
  /** The arrivals that this pool serves; one pool per service. */
  service: Service;
  agents: readonly string[];
  /** Tasks that one agent works on at the same time, 1 or more. */
  slots: number;
  team: string;
  version: string;
  costPerHourUsd: number;
  taskType: string;
  model: string;
  /** Limit on ended - queued. */
  slaMs: number;
  /** Prices in billionths of a dollar, so that the cost of a task is exact in whole ones. */
  nanoUsdPerInputToken: number;
  nanoUsdPerOutputToken: number;
  revenuePerTaskUsd: number;
  /** Share of completed tasks whose quality is graded, 0..1. */
  gradedShare: number;
  /** Share of completed tasks that a user rates, 0..1. */
  ratedShare: number;
}
