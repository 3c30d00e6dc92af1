import type { LocalCloud } from '../../lib/local/local-cloud.ts';
import { allItems, type FoundItem } from '../cost/all-items.ts';
import { itemSize } from '../cost/item-size.ts';

/** Items of one kind, by the first part of their key. */
export interface StoredKind {
  items: number;
  bytes: number;
  /** Of them, those that are kept for good. */
  lasting: number;
  /** Of them, those whose end passed longer ago than the local cloud takes to look again. */
  overdue: number;
}

const [SECOND_MS, SWEPT_WITHIN_MS] = [1_000, 2 * 3_600_000];

/** Everything in both tables, by its kind. */
export async function storedItems(cloud: LocalCloud): Promise<Map<string, StoredKind>> {
  const kinds = new Map<string, StoredKind>();
  for await (const found of allItems(cloud)) add(kinds, found, cloud.nowMs());
  return kinds;
}

function add(kinds: Map<string, StoredKind>, { table, item }: FoundItem, nowMs: number): void {
  const name = `${table} ${(item['pk']?.S ?? '').split('#')[0]}`;
  const kind = kinds.get(name) ?? { items: 0, bytes: 0, lasting: 0, overdue: 0 };
  const end = item['ttl']?.N;
  kind.items += 1;
  kind.bytes += itemSize(item);
  if (end === undefined) kind.lasting += 1;
  else if (Number(end) * SECOND_MS < nowMs - SWEPT_WITHIN_MS) kind.overdue += 1;
  kinds.set(name, kind);
}
