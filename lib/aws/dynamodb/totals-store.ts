import type { RunningTotals, Tally, TotalsByName } from '../../core/kpi/running-totals.ts';
import type { TotalsStore } from '../../ports/totals-store.ts';
import { bytesOf, type ItemTable, notBeyond } from './item-table.ts';
import { type Pack, packJson, unpackJson } from './packed-json.ts';

type PackedByName = Record<keyof TotalsByName, [name: string, tally: Tally][]>;
type Packed = Omit<RunningTotals, keyof TotalsByName | 'late'> &
  PackedByName & { late: { minutes: readonly number[]; counted: PackedByName } };

/** Running totals in the State table: one item a system, whose size the limits of names bound. */
export function dynamoTotalsStore(table: ItemTable, packBody: Pack = packJson): TotalsStore {
  return {
    async read(system) {
      const item = await table.get(totalsKey(system), 'TASKS');
      if (!item) return null;
      const packed = unpackJson<Packed>(bytesOf(item, 'body'));
      const { late } = packed;
      return { ...packed, ...unpack(packed), late: { ...late, counted: unpack(late.counted) } };
    },

    async save(system, totals, fence) {
      const { late } = totals;
      const packed: Packed = { ...totals, ...pack(totals), late: { ...late, counted: pack(late.counted) } };
      return table.put({ pk: totalsKey(system), sk: 'TASKS', body: packBody(packed), fence }, notBeyond(fence));
    },
  };
}

function pack({ pools, taskTypes }: TotalsByName): PackedByName {
  return { pools: [...pools], taskTypes: [...taskTypes] };
}

function unpack({ pools, taskTypes }: PackedByName): TotalsByName {
  return { pools: new Map(pools), taskTypes: new Map(taskTypes) };
}

function totalsKey(system: string): string {
  return `TOTALS#${system}`;
}
