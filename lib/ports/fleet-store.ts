import type { FleetChange } from '../core/model/fleet-change.ts';
import type { Forgotten, ForgottenAgent } from '../core/model/forgotten-agent.ts';
import type { Roster } from '../core/model/roster.ts';
import type { EpochMs } from '../core/model/time.ts';

export interface KnownSystem {
  system: string;
  /** When its first events were received, or a moment before; null while there are none. */
  sinceMs: EpochMs | null;
}

/** Who is in the fleet, and what changed in it. */
export interface FleetStore {
  /** Systems that have a key or have sent something. */
  systems(): Promise<KnownSystem[]>;
  /** Makes a system known before its first events are stored. The first time that was given stays. */
  knowSystem(system: string, sinceMs: EpochMs): Promise<void>;
  /** Without agents that were forgotten and have not reported since. */
  roster(system: string): Promise<Roster>;
  /** @returns false when a later lease holder has written the roster */
  saveRoster(system: string, roster: Roster, fence: number): Promise<boolean>;
  /** At once, whatever a minute job that is under way writes. */
  forget(system: string, agent: ForgottenAgent): Promise<void>;
  /** Agents that were forgotten at that moment or later; kept for 90 days. */
  forgotten(system: string, fromMs: EpochMs): Promise<Forgotten>;
  /** Saving a change again changes nothing. */
  saveChanges(system: string, changes: readonly FleetChange[]): Promise<void>;
  changes(system: string, fromMs: EpochMs, toMs: EpochMs): Promise<FleetChange[]>;
}
