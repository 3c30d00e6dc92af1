import { bytesOf, type Item, type ItemTable, notBeyond, numberOf, textOf } from './item-table.ts';
import { unpackJson } from './packed-json.ts';

/** After all groups in the order of keys: whoever reads it has read the groups that it names, or sees that some are gone. */
const HEAD = 'HEAD';
/** A reader who meets a writer that takes its groups away looks again. */
const MAX_READS = 5;

/**
 * A collection of packed groups that is replaced as a whole or not at all: each writing makes a generation of its own, a
 * head item names the one in force, and what is older goes afterwards.
 */
export async function readGeneration<Group>(table: ItemTable, pk: string): Promise<Group[]> {
  for (let read = 0; read < MAX_READS; read++) {
    const items = await table.query(pk);
    const head = items.find(({ sk }) => sk === HEAD);
    if (!head) return [];
    const keys = new Set(groupKeys(textOf(head, 'generation'), numberOf(head, 'groups')));
    const groups = items.filter(({ sk }) => keys.has(sk));
    if (groups.length === keys.size) return groups.map((item) => unpackJson(bytesOf(item, 'body')));
  }
  throw new Error(`${pk} is replaced faster than it can be read`);
}

/**
 * @param groups packed, each at most 400 KB
 * @param fence of the writer's lease; a generation written under a higher one stays
 * @returns false when a later lease holder has written
 */
export async function saveGeneration(
  table: ItemTable,
  pk: string,
  groups: readonly Uint8Array[],
  fence: number,
): Promise<boolean> {
  const before = await table.query(pk, undefined, ['pk', 'sk', 'fence', 'number', 'groups']);
  const head = before.find(({ sk }) => sk === HEAD);
  if (head && numberOf(head, 'fence') > fence) return false;
  const isEmpty = groups.length === 0 && (!head || numberOf(head, 'groups') === 0);
  if (isEmpty && before.length <= 1) return true;
  const number = head ? numberOf(head, 'number') + 1 : 1;
  // The fence tells writers apart who take each other's number.
  const generation = `${number}-${fence}`;
  const keys = groupKeys(generation, groups.length);
  await Promise.all(keys.map((sk, index) => table.put({ pk, sk, body: groups[index] ?? new Uint8Array(), fence })));
  const named: Item = { pk, sk: HEAD, generation, number, groups: groups.length, fence };
  const isInForce = await table.put(named, notBeyond(fence));
  if (!isInForce) return false;
  const old = before.filter(({ sk }) => sk !== HEAD && !keys.includes(sk));
  await Promise.all(old.map(({ sk }) => table.delete(pk, sk)));
  return true;
}

function groupKeys(generation: string, groups: number): string[] {
  return Array.from({ length: groups }, (_, index) => `G${generation}#${index}`);
}
