import { chunkIndex } from '../../core/kpi/rollup-chunk.ts';
import { fingerprint } from '../../core/model/fingerprint.ts';
import { bytesOf, type Item, type ItemTable, notBeyond, numberOf } from './item-table.ts';
import { packJson, unpackJson } from './packed-json.ts';

/**
 * A collection that is always written as a whole, split into groups of an item each. While it is being written, and
 * after a writer that stopped on the way, readers find old groups beside new ones.
 * @returns the groups, those that were written under the newest lease last
 */
export async function readGroups<Group>(table: ItemTable, pk: string): Promise<Group[]> {
  const items = await table.query(pk);
  return items
    .toSorted((a, b) => numberOf(a, 'fence') - numberOf(b, 'fence') || numberOf(a, 'items') - numberOf(b, 'items'))
    .map((item) => unpackJson<Group>(bytesOf(item, 'body')));
}

/** An item may have 400 KB. */
const MAX_BODY_BYTES = 350_000;

/**
 * Distributes entries over groups that fit into an item each, however large or few of a kind the entries are.
 * @param keyOf what an entry is found by: as long as the number of groups stays, so does its group
 * @param perGroup how many entries fit as a rule
 * @returns the groups, packed; how many there are may change from one writing to the next
 */
export function packGroups<Entry, Group>(
  entries: readonly Entry[],
  keyOf: (entry: Entry) => string,
  perGroup: number,
  groupOf: (entries: Entry[]) => Group,
  pack: (group: Group) => Uint8Array = packJson,
): Uint8Array[] {
  for (let count = groupsFor(entries.length, perGroup); ; count *= 2) {
    const groups: Entry[][] = Array.from({ length: count }, () => []);
    for (const entry of entries) groups[chunkIndex(keyOf(entry), count)]?.push(entry);
    const packed = groups.map((group) => pack(groupOf(group)));
    // Dividing entries that take an item each does not make them smaller.
    if (packed.every(({ length }) => length <= MAX_BODY_BYTES) || count > entries.length) return packed;
  }
}

/**
 * Writes the groups that are not there already.
 * @param groups as packGroups makes them
 * @param fence of the writer's lease; groups written under a higher one stay
 * @returns false when a later lease holder has written
 */
export async function saveGroups(
  table: ItemTable,
  pk: string,
  groups: readonly Uint8Array[],
  fence: number,
): Promise<boolean> {
  // Before the writes: a run that was overtaken stops here, and cannot take more groups than its own for stale.
  const before = await table.query(pk, undefined, ['pk', 'sk', 'items', 'digest', 'fence']);
  if (before.some((item) => numberOf(item, 'fence') > fence)) return false;
  const digests = new Map(before.map((item) => [item.sk, item['digest']]));
  const saved = await Promise.all(
    groups.map((group, index) => {
      const sk = `${String(groups.length).padStart(6, '0')}#${index}`;
      const digest = fingerprint(Buffer.from(group).toString('latin1'));
      if (digests.get(sk) === digest) return true;
      const item: Item = { pk, sk, items: groups.length, body: group, digest, fence };
      return table.put(item, notBeyond(fence));
    }),
  );
  if (saved.includes(false)) return false;
  const stale = before.filter((item) => numberOf(item, 'items') !== groups.length);
  await Promise.all(stale.map((item) => table.delete(item.pk, item.sk)));
  return true;
}

/** How many groups some entries need: a power of two, so that few entries move when they become more. */
function groupsFor(entries: number, perGroup: number): number {
  let groups = 1;
  while (groups * perGroup < entries) groups *= 2;
  return groups;
}
