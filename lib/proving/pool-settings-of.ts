import type { PoolSettings } from '../core/model/pool-settings.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';

/** What people would set of a scenario's pools, by pool: what its agents cannot tell of themselves. */
export function poolSettingsOf({ pools, taskTypes }: Scenario): ReadonlyMap<string, PoolSettings> {
  const settings = new Map<string, PoolSettings>();
  for (const { pool, lendsTo, ladder, contention } of pools) {
    const models = taskTypes.filter((type) => type.pool === pool).flatMap((type) => type.models ?? []);
    const choices = [...new Set(models.map(({ model }) => model))];
    const tunable: NonNullable<PoolSettings['tunable']> = {
      ...(contention && { concurrency: { least: 1, most: 64 } }),
      ...(choices.length > 1 && { model: { choices } }),
    };
    const own: PoolSettings = {
      ...(lendsTo && { lendsTo }),
      ...(ladder && { ladder }),
      ...(Object.keys(tunable).length > 0 && { tunable }),
    };
    if (Object.keys(own).length > 0) settings.set(pool, own);
  }
  return settings;
}
