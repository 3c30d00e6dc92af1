import type { Minute } from '../model/time.ts';
import type { PoolMinute } from './pool-minute.ts';

/** Work that was led away from some agents of a pool, and the minutes in which it shows. */
export interface Diversion {
  /** Minutes of the pool, oldest first. */
  minutes: readonly PoolMinute[];
  /** Agents that work was led away from. */
  targets: ReadonlySet<string>;
  /** When what was wrong with them began. */
  onsetMs: number;
  /** When it was decided: the minutes before are what was known. */
  decidedMs: number;
  appliedMs: number;
  /** The minutes [from, to) to measure. */
  from: Minute;
  to: Minute;
}
