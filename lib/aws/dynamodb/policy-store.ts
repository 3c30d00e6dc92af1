import type { PolicyChanges } from '../../core/remediate/policy.ts';
import type { PolicyStore } from '../../ports/policy-store.ts';
import { type ItemTable, textOf } from './item-table.ts';

/** What people changed about the policy, one item a system in the State table. */
export function dynamoPolicyStore(table: ItemTable): PolicyStore {
  return {
    async read(system) {
      const item = await table.get(`POLICY#${system}`, 'POLICY');
      return item && (JSON.parse(textOf(item, 'changes')) as PolicyChanges);
    },

    save(system, changes) {
      return table.put(
        {
          pk: `POLICY#${system}`,
          sk: 'POLICY',
          revision: changes.revision,
          changes: JSON.stringify(changes),
        },
        {
          expression: 'attribute_not_exists(pk) OR #revision = :before',
          names: { '#revision': 'revision' },
          values: { ':before': changes.revision - 1 },
        },
      );
    },
  };
}
