import { bytesOf, type Item, type ItemTable, notBeyond, numberOf, textOf } from './item-table.ts';
import { unpackJson } from './packed-json.ts';

/** What names the generation in force. */
const HEAD = 'HEAD';
/** A reader who meets a writer that writes over its groups looks again. */
const MAX_READS = 5;
/** A generation is written over the one before the one in force. */
const SLOTS = ['A', 'B'] as const;
type Slot = (typeof SLOTS)[number];

/**
 * A collection of packed groups that is replaced as a whole or not at all: each writing makes a generation, a head item
 * names the one in force. Generations take turns in two slots, because to delete an item is billed like writing it; a group says which
 * generation it is of, so a reader who meets a writer does not take the one for the other.
 */
export async function readGeneration<Group>(table: ItemTable, pk: string): Promise<Group[]> {
  for (let read = 0; read < MAX_READS; read++) {
    const head = await table.get(pk, HEAD);
    if (!head) return [];
    const [generation, count] = [textOf(head, 'generation'), numberOf(head, 'groups')];
    if (count === 0) return [];
    const slot = slotOf(head);
    const groups = slot
      ? (await table.query(pk, rangeOf(slot))).filter((item) => item['generation'] === generation)
      : await namedGroups(table, pk, generation);
    if (groups.length === count) return groups.map((item) => unpackJson(bytesOf(item, 'body')));
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
  const head = await table.get(pk, HEAD);
  if (head && numberOf(head, 'fence') > fence) return false;
  const before = head ? slotOf(head) : null;
  if (groups.length === 0 && (!head || (numberOf(head, 'groups') === 0 && before))) return true;
  const number = head ? numberOf(head, 'number') + 1 : 1;
  // The fence tells writers apart who take each other's number.
  const generation = `${number}-${fence}`;
  const slot: Slot = before === 'A' ? 'B' : 'A';
  const written = await Promise.all(
    groups.map((body, index) => table.put({ pk, sk: `${slot}#${index}`, generation, body, fence }, notBeyond(fence))),
  );
  if (written.includes(false)) return false;
  const isInForce = await table.put(
    { pk, sk: HEAD, generation, slot, groups: groups.length, number, fence },
    notBeyond(fence),
  );
  if (!isInForce) return false;
  // What is in the other slot is written over next time, group for group; what a writer who died left, when their number changes.
  if (!before || !head || numberOf(head, 'groups') !== groups.length)
    await deleteAllBut(table, pk, slot, groups.length);
  return true;
}

/** Of a head from before there were slots: null. */
function slotOf(head: Item): Slot | null {
  return SLOTS.find((slot) => slot === head['slot']) ?? null;
}

function rangeOf(slot: Slot): { from: string; to: string } {
  return { from: `${slot}#`, to: `${slot}#~` };
}

/** Groups that have a key of their generation, as they were written before there were slots. */
async function namedGroups(table: ItemTable, pk: string, generation: string): Promise<Item[]> {
  return table.query(pk, { from: `G${generation}#`, to: `G${generation}#~` });
}

/** All that is neither the head nor a group of this slot. */
async function deleteAllBut(table: ItemTable, pk: string, slot: Slot, groups: number): Promise<void> {
  const kept = new Set([HEAD, ...Array.from({ length: groups }, (_, index) => `${slot}#${index}`)]);
  const items = await table.query(pk, undefined, ['pk', 'sk']);
  await Promise.all(items.filter(({ sk }) => !kept.has(sk)).map(({ sk }) => table.delete(pk, sk)));
}
