import { cursorFor } from './query-parameters.ts';

export interface Page<Item> {
  items: Item[];
  /** Cursor of the next page; null on the last. */
  next: string | null;
}

const DEFAULT_LIMIT = 100;

/**
 * The page of a list that begins after a cursor.
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

interface PageRequest {
  after: string | undefined;
  limit: number | undefined;
  order?: 'ascending' | 'descending';
}
