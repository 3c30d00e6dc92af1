import type { FleetChange } from '../core/model/fleet-change.ts';
import type { Roster } from '../core/model/roster.ts';
import type { EpochMs } from '../core/model/time.ts';

/** Who is in the fleet, and what changed in it. */
export interface FleetStore {
  /** Systems that have a key. */
  systems(): Promise<string[]>;
  roster(system: string): Promise<Roster>;
  /** @returns false when a later lease holder has written the roster */
  saveRoster(system: string, roster: Roster, fence: number): Promise<boolean>;
  /** Saving a change again changes nothing. */
  saveChanges(system: string, changes: readonly FleetChange[]): Promise<void>;
  changes(system: string, fromMs: EpochMs, toMs: EpochMs): Promise<FleetChange[]>;
}
