export type Scalar = string | number | Uint8Array;
/** One item: its key and flat attributes. An attribute that is undefined is not stored. */
export type Item = { pk: string; sk: string } & Record<string, Scalar>;

/** A condition on the item that is there, with its own names (#x) and values (:x). */
export interface Condition {
  expression: string;
  names?: Record<string, string>;
  values?: Record<string, Scalar>;
}

export interface Change {
  set?: Record<string, Scalar>;
  add?: Record<string, number>;
  condition?: Condition;
  /** Fail rather than repeat what may have been carried out: an addition made twice is a wrong count. */
  once?: true;
}

/** A table of flat items with string keys pk and sk. Reads are strongly consistent. */
export interface ItemTable {
  get(pk: string, sk: string): Promise<Item | null>;
  /** @returns false when the condition does not hold; then nothing is written */
  put(item: Item, condition?: Condition): Promise<boolean>;
  /**
   * Sets attributes of an item, which is created where absent, without reading it.
   * @returns false when the condition does not hold; then nothing is written
   */
  set(pk: string, sk: string, attributes: Record<string, Scalar>, condition?: Condition): Promise<boolean>;
  /** Changes attributes of an item, which is created where absent. @returns the item after it; null when refused */
  update(pk: string, sk: string, change: Change): Promise<Item | null>;
  /** @returns false when the condition does not hold; then the item stays */
  delete(pk: string, sk: string, condition?: Condition): Promise<boolean>;
  /**
   * Every item of a partition in the order of sk.
   * @param range sort keys from..to, both included; nothing lies in one that ends before it begins
   * @param only attributes to read; all without it
   */
  query(pk: string, range?: { from: string; to: string }, only?: readonly string[]): Promise<Item[]>;
}

/** Nothing is there, or what was written under no higher fence: not by a later lease holder. */
export function notBeyond(fence: number): Condition {
  return {
    expression: 'attribute_not_exists(#fence) OR #fence <= :fence',
    names: { '#fence': 'fence' },
    values: { ':fence': fence },
  };
}

/** Nobody has saved since the revision before this one was read; 1 is the first. */
export function follows(revision: number): Condition {
  if (revision === 1) return ABSENT;
  return {
    expression: '#revision = :before',
    names: { '#revision': 'revision' },
    values: { ':before': revision - 1 },
  };
}

export const ABSENT: Condition = { expression: 'attribute_not_exists(pk)' };

/** Items past their time stay readable until DynamoDB gets round to deleting them. */
export function isLive(item: Item, nowMs: number): boolean {
  return typeof item['ttl'] !== 'number' || item['ttl'] * 1_000 > nowMs;
}

/** Expiry as DynamoDB wants it: whole epoch seconds. */
export function ttlSeconds(atMs: number): number {
  return Math.ceil(atMs / 1_000);
}

/** The newest format of items that this version reads. One without the attribute `format` is of the first. */
const NEWEST_FORMAT = 1;

/**
 * What reads an item whose meaning has changed takes it for something else, so whoever changes what an item means writes the
 * next number into its attribute `format`, and reads both: docs/operations/upgrade.md.
 * @throws Error when a later version of Fleetpulse wrote the item
 */
function refuseNewer({ format, pk, sk }: Item): void {
  if (typeof format !== 'number' || format <= NEWEST_FORMAT) return;
  throw new Error(
    `${pk}/${sk} is of format ${format}, and this version reads ${NEWEST_FORMAT}: deploy the version that wrote it, or a later one`,
  );
}

export function textOf(item: Item, name: string): string {
  refuseNewer(item);
  const value = item[name];
  if (typeof value !== 'string') throw new TypeError(`attribute ${name} of ${item.pk}/${item.sk} is not text`);
  return value;
}

export function numberOf(item: Item, name: string): number {
  refuseNewer(item);
  const value = item[name];
  if (typeof value !== 'number') throw new TypeError(`attribute ${name} of ${item.pk}/${item.sk} is not a number`);
  return value;
}

export function bytesOf(item: Item, name: string): Uint8Array {
  refuseNewer(item);
  const value = item[name];
  if (!(value instanceof Uint8Array)) throw new TypeError(`attribute ${name} of ${item.pk}/${item.sk} is not binary`);
  return value;
}
