import type { PoolSettings, PoolSettingsChange } from '../../core/model/pool-settings.ts';
import type { PoolSettingsStore } from '../../ports/pool-settings-store.ts';
import { follows, type Item, type ItemTable, numberOf, textOf } from './item-table.ts';

/** Settings of pools in the State table, an item each; one from which everything was removed stays, and with it its revision. */
export function dynamoPoolSettingsStore(table: ItemTable): PoolSettingsStore {
  return {
    async list(system) {
      return (await table.query(keyOf(system))).map(changeIn);
    },

    async find(system, pool) {
      const item = await table.get(keyOf(system), pool);
      return item && changeIn(item);
    },

    save(system, { pool, revision, settings, origins }) {
      return table.put(
        {
          ...{ pk: keyOf(system), sk: pool, revision },
          ...{ settings: JSON.stringify(settings), origins: JSON.stringify(origins) },
        },
        follows(revision),
      );
    },
  };
}

function keyOf(system: string): string {
  return `POOLSETTINGS#${system}`;
}

function changeIn(item: Item): PoolSettingsChange {
  return {
    pool: item.sk,
    revision: numberOf(item, 'revision'),
    settings: JSON.parse(textOf(item, 'settings')) as PoolSettings,
    origins: JSON.parse(textOf(item, 'origins')) as PoolSettingsChange['origins'],
  };
}
