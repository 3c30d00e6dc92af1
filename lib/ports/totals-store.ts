import type { RunningTotals } from '../core/kpi/running-totals.ts';

/** The running totals of each system. */
export interface TotalsStore {
  /** @returns null before counting began */
  read(system: string): Promise<RunningTotals | null>;
  /**
   * Writes the totals over what is there.
   * @param fence of the writer's lease
   * @returns false when a later lease holder has written
   */
  save(system: string, totals: RunningTotals, fence: number): Promise<boolean>;
}
