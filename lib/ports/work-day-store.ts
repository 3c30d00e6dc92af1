import type { WorkDay } from '../core/benchmark/work-day.ts';
import type { Minute } from '../core/model/time.ts';

/** Work by agent, task type and hour, a record for each UTC day of a system. */
export interface WorkDayStore {
  /**
   * Days in [from, to) that are stored, oldest first: one after the other, because a day of many agents is large. When the next is
   * asked for, the memory of the one before may be used for it.
   */
  read(system: string, from: Minute, to: Minute): AsyncIterable<WorkDay>;
  /** First minutes of the days in [from, to) that are stored, oldest first. */
  days(system: string, from: Minute, to: Minute): Promise<Minute[]>;
  /** Writes a day over what is there of it: both come from the same minutes, and the later knows more. */
  save(system: string, day: WorkDay): Promise<void>;
}
