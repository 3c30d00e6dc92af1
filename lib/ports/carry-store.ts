import type { CarriedOver } from '../core/kpi/folded-input.ts';

/** Spans and points that the minute job carries over from batches it no longer reads. */
export interface CarryStore {
  read(system: string): Promise<CarriedOver>;
  /**
   * Replaces what was carried over before.
   * @returns false when a later lease holder has written it
   */
  save(system: string, carried: CarriedOver, fence: number): Promise<boolean>;
}
