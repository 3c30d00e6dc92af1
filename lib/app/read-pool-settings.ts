import type { PoolInForce } from '../core/model/pool-settings.ts';
import { settingsOfPools } from '../core/model/settings-of-pools.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { PoolSettingsStore } from '../ports/pool-settings-store.ts';

/** The settings of pools that are in force now; none of a pool that agents declare nothing of and nobody set. */
export async function readPoolSettings(
  deps: { fleet: Pick<FleetStore, 'roster'>; poolSettings: Pick<PoolSettingsStore, 'list'> },
  system: string,
): Promise<(pool: string) => PoolInForce> {
  const [roster, set] = await Promise.all([deps.fleet.roster(system), deps.poolSettings.list(system)]);
  const inForce = settingsOfPools(roster, new Map(set.map(({ pool, settings }) => [pool, settings])));
  const origins = new Map(set.map((change) => [change.pool, change.origins]));
  return (pool) => ({ settings: inForce.get(pool) ?? {}, origins: origins.get(pool) ?? {} });
}
