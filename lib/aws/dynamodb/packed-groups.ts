import { bytesOf, type DynamoTable, type Item, numberOf } from './dynamo-table.ts';
import { packJson, unpackJson } from './packed-json.ts';

/**
 * A collection that is always written as a whole, split into groups of an item each. While it is being written, and
 * after a writer that stopped on the way, readers find old groups beside new ones.
 */
export async function readGroups<Group>(table: DynamoTable, pk: string): Promise<Group[]> {
  return (await table.query(pk)).map((item) => unpackJson<Group>(bytesOf(item, 'body')));
}

/**
 * @param groups each at most 400 KB when packed; how many there are may change from one writing to the next
 * @param fence of the writer's lease; groups written under a higher one stay
 * @returns false when a later lease holder has written
 */
export async function saveGroups(
  table: DynamoTable,
  pk: string,
  groups: readonly unknown[],
  fence: number,
): Promise<boolean> {
  // Before the writes: a run that was overtaken stops here, and cannot take more groups than its own for stale.
  const before = await table.query(pk, undefined, ['pk', 'sk', 'items', 'fence']);
  if (before.some((item) => numberOf(item, 'fence') > fence)) return false;
  const saved = await Promise.all(
    groups.map((group, index) => {
      const sk = `${String(groups.length).padStart(6, '0')}#${index}`;
      const item: Item = { pk, sk, items: groups.length, body: packJson(group), fence };
      return table.put(item, {
        expression: 'attribute_not_exists(pk) OR #fence <= :fence',
        names: { '#fence': 'fence' },
        values: { ':fence': fence },
      });
    }),
  );
  if (saved.includes(false)) return false;
  const stale = before.filter((item) => numberOf(item, 'items') !== groups.length);
  await Promise.all(stale.map((item) => table.delete(item.pk, item.sk)));
  return true;
}

/** How many groups some entries need: a power of two, so that few entries move when they become more. */
export function groupsFor(entries: number, perGroup: number): number {
  let groups = 1;
  while (groups * perGroup < entries) groups *= 2;
  return groups;
}
