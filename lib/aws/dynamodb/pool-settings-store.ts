import type { PoolSettings } from '../../core/model/pool-settings.ts';
import type { PoolSettingsStore } from '../../ports/pool-settings-store.ts';
import { type ItemTable, numberOf, textOf } from './item-table.ts';

/** Settings of pools in the State table, an item each. */
export function dynamoPoolSettingsStore(table: ItemTable): PoolSettingsStore {
  return {
    async list(system) {
      const items = await table.query(keyOf(system));
      return items.map((item) => ({
        pool: item.sk,
        settings: JSON.parse(textOf(item, 'settings')) as PoolSettings,
        by: textOf(item, 'by'),
        atMs: numberOf(item, 'atMs'),
      }));
    },

    async save(system, { pool, settings, by, atMs }) {
      await table.put({ pk: keyOf(system), sk: pool, settings: JSON.stringify(settings), by, atMs });
    },
  };
}

function keyOf(system: string): string {
  return `POOLSETTINGS#${system}`;
}
