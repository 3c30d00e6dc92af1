import type { EpochMs } from '../model/time.ts';
import { normalQuantile } from './normal-quantile.ts';

/** How long it takes from the order of an agent until it works: log-normal. */
export interface LeadTime {
  /** 0 or more. */
  medianMs: number;
  /** Of its logarithm, 0 or more. */
  sigma: number;
}

/** Agents are to be there this long before they are needed, as predictive scaling of AWS has it by default. */
export const BUFFER_MS = 300_000;
const SURE = 0.95;

/** @param level quantile, above 0 and below 1 @example leadTimeMs({ medianMs: 90_000, sigma: 0.3 }, 0.95) // 147_400 */
export function leadTimeMs({ medianMs, sigma }: LeadTime, level: number): number {
  if (!(medianMs >= 0 && sigma >= 0)) {
    throw new RangeError(`a lead time must have a median and sigma of 0 or more; got ${medianMs} and ${sigma}`);
  }
  return medianMs * Math.exp(sigma * normalQuantile(level));
}

const LEAST_ORDERS = 5;

/** What orders of the past took. @returns null from fewer than five */
export function leadTimeOf(tookMs: readonly number[]): LeadTime | null {
  const logs = tookMs.filter((ms) => ms > 0).map(Math.log);
  if (logs.length < LEAST_ORDERS) return null;
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1);
  return { medianMs: Math.exp(mean), sigma: Math.sqrt(variance) };
}

export interface AgentOrder {
  /** That the pool then has, those there already included. */
  agents: number;
  neededAtMs: EpochMs;
  /** By when to order them so that they are there in time, nineteen times in twenty. */
  orderByMs: EpochMs;
  /** That was before now: they come too late. */
  isLate: boolean;
}

/**
 * When to order agents so that they are there when they are needed. Each order is for the most that is needed until the next.
 * @param needed agents by time, in order
 * @param agents there now or on their way
 */
export function ordersFor(
  needed: readonly { at: EpochMs; agents: number }[],
  { agents, lead, nowMs }: { agents: number; lead: LeadTime; nowMs: EpochMs },
): AgentOrder[] {
  const aheadMs = leadTimeMs(lead, SURE) + BUFFER_MS;
  const orders: AgentOrder[] = [];
  let ordered = agents;
  for (const step of needed) {
    if (step.agents <= ordered) continue;
    ordered = step.agents;
    const orderByMs = step.at - aheadMs;
    orders.push({ agents: ordered, neededAtMs: step.at, orderByMs, isLate: orderByMs < nowMs });
  }
  return orders;
}
