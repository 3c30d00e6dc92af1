import type { EpochMs } from '../model/time.ts';

/** An attribute as DynamoDB sends it, bytes in base64: numbers stay text, so that none is rounded on its way. */
export type ArchivedValue = { S: string } | { N: string } | { B: string };

/** An item of a table, as it is stored. */
export type ArchivedItem = Readonly<Record<string, ArchivedValue>>;

/** The tables of an environment, in the order in which they are read: what names something before what is named. */
export const archivedTables = ['state', 'rollups'] as const;
export type ArchivedTable = (typeof archivedTables)[number];

export interface ItemKey {
  pk: string;
  sk: string;
}

/** @throws TypeError when the item has no key */
export function keyIn(item: ArchivedItem): ItemKey {
  const [pk, sk] = [textIn(item, 'pk'), textIn(item, 'sk')];
  if (pk === null || sk === null) throw new TypeError('an item without pk or sk is of no table of Fleetpulse');
  return { pk, sk };
}

/** A key as one text, for sets of keys: no key has a line break. */
export function keyText({ pk, sk }: ItemKey): string {
  return `${pk}\n${sk}`;
}

export function textIn(item: ArchivedItem, name: string): string | null {
  const value = item[name];
  return value && 'S' in value ? value.S : null;
}

export function numberIn(item: ArchivedItem, name: string): number | null {
  const value = item[name];
  return value && 'N' in value ? Number(value.N) : null;
}

/** Whether the item is past its time to live; DynamoDB deletes such items when it gets round to it. */
export function isExpired(item: ArchivedItem, nowMs: EpochMs): boolean {
  const ttl = numberIn(item, 'ttl');
  return ttl !== null && ttl * 1_000 <= nowMs;
}
