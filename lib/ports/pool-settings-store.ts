import type { PoolSettingsChange } from '../core/model/pool-settings.ts';

/** What people set about the pools of each system; it overrides what agents declare. */
export interface PoolSettingsStore {
  /** In the order of their names. */
  list(system: string): Promise<PoolSettingsChange[]>;
  /** The last word counts, for all fields at once. */
  save(system: string, change: PoolSettingsChange): Promise<void>;
}
