import type { EpochMs } from '../core/model/time.ts';
import { type JsonSchema, nullable, textSchema } from './json-schema.ts';
import { cursorField, cursorFor, limitField } from './query-parameters.ts';

export interface Page<Item> {
  items: Item[];
  /** Cursor of the next page; null on the last. */
  next: string | null;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** What a list takes that is read page by page, and what it answers beside the page. */
export const pageParameters = { limit: limitField(MAX_LIMIT), cursor: cursorField };
export const nextSchema: JsonSchema = {
  ...nullable(textSchema),
  description: 'cursor of the next page; null on the last',
};

/**
 * The page of a list that begins after a cursor. What is added or removed between two pages moves nothing from one to the
 * other: whoever reads all pages meets everything once that was there throughout.
 * @param items in order of their keys
 * @param keyOf different for each item
 * @param request `after`: the last key of the page before; the order says on which side of it the rest lies
 */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { after, limit = DEFAULT_LIMIT, order = 'ascending' }: PageRequest,
): Page<Item> {
  const isLeft = (key: string) => after === undefined || (order === 'ascending' ? key > after : key < after);
  const left = items.filter((item) => isLeft(keyOf(item)));
  const page = left.slice(0, limit);
  const last = page.at(-1);
  return { items: page, next: last !== undefined && left.length > page.length ? cursorFor(keyOf(last)) : null };
}

/** A key in the order of time, for lists that go by it; several of one moment are told apart by their ids. */
export function momentKey(atMs: EpochMs, id: string): string {
  return `${String(Math.floor(atMs)).padStart(15, '0')}#${id}`;
}

interface PageRequest {
  after: string | undefined;
  limit: number | undefined;
  order?: 'ascending' | 'descending';
}
