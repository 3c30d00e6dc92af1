import type { HistoryPoint } from '../kpi/history-point.ts';

/** Minutes of a pool to which something was done, and of others to which nothing was; each oldest first. */
export interface PoolHistory {
  own: readonly HistoryPoint[];
  /** By pool. */
  peers: ReadonlyMap<string, readonly HistoryPoint[]>;
}
