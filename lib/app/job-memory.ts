import type { TaskTables } from '../core/detect/detection-context.ts';
import type { Watch } from '../core/detect/watch.ts';
import type { OpenMinutes } from '../core/kpi/open-minutes.ts';
import type { Learned } from '../core/learn/learned.ts';
import type { Forgotten } from '../core/model/forgotten-agent.ts';
import type { Roster } from '../core/model/roster.ts';
import type { Minute } from '../core/model/time.ts';

/** What a run of the minute job knows at its end, all of which is saved. */
export interface Remembered {
  /** The last minute that is complete. */
  through: Minute;
  minutes: OpenMinutes;
  roster: Roster;
  forgotten: Forgotten;
  watch: Watch;
  learned: Learned;
  /** Closed minutes that detectors and totals look back on, by the keys of their chunks. */
  tables: TaskTables;
}

/**
 * What the job of this very process knows from its last run, by system. It only saves work: a run without it reads and
 * computes the same.
 */
export class JobMemory {
  readonly #bySystem = new Map<string, { fence: number; remembered: Remembered }>();

  /**
   * Takes it out, so that a run that stops on the way leaves nothing behind.
   * @param fence of the lease just taken
   * @param doneThrough as it is stored
   * @returns null unless the holder of the lease before was the run that left it
   */
  take(system: string, fence: number, doneThrough: Minute | null): Remembered | null {
    const found = this.#bySystem.get(system);
    this.#bySystem.delete(system);
    if (found?.fence !== fence - 1 || found.remembered.through !== doneThrough) return null;
    return found.remembered;
  }

  /** To be called once everything that the run under this fence decided is saved. */
  keep(system: string, fence: number, remembered: Remembered): void {
    this.#bySystem.set(system, { fence, remembered });
  }
}
