import type { PoolSettingsChange } from '../core/model/pool-settings.ts';

/** What people set about the pools of each system; it overrides what agents declare. */
export interface PoolSettingsStore {
  /** In the order of their names. */
  list(system: string): Promise<PoolSettingsChange[]>;
  /** Null where nobody set anything. */
  find(system: string, pool: string): Promise<PoolSettingsChange | null>;
  /** @returns false when somebody else saved since the revision before was read; then nothing is written */
  save(system: string, change: PoolSettingsChange): Promise<boolean>;
}
