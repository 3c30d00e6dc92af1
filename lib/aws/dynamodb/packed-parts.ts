import { bytesOf, type Item, type ItemTable } from './item-table.ts';

/** An item may have 400 KB; this leaves room for its other attributes. */
export const MAX_BODY_BYTES = 300_000;

/**
 * Writes a body that is too large for an item in parts, to be named by an item that is written afterwards.
 * @returns how many
 */
export async function putParts(table: ItemTable, pk: string, body: Uint8Array, ttl: number): Promise<number> {
  const parts = Math.ceil(body.length / MAX_BODY_BYTES);
  for (let part = 0; part < parts; part++) {
    const bytes = body.subarray(part * MAX_BODY_BYTES, (part + 1) * MAX_BODY_BYTES);
    const item: Item = { pk, sk: String(part).padStart(4, '0'), body: bytes, ttl };
    await table.put(item);
  }
  return parts;
}

/** @param count how many there are; all that are found unless said */
export async function readParts(table: ItemTable, pk: string, count?: number): Promise<Uint8Array> {
  const parts = await table.query(pk);
  return Buffer.concat(parts.slice(0, count).map((part) => bytesOf(part, 'body')));
}
